import type { ActionKind, TargetOfKind } from '../../../domain/acts/index.js';
import type { Instant } from '../../../domain/platform.js';
import type { MicrosoftLicences } from '../../../platforms/microsoft/settings.js';
import type { ContainmentAct, VendorState } from '../../../platforms/ports.js';
import { resolveTarget } from '../../../platforms/resolve.js';
import type { VendorWrite } from '../../../domain/plan.js';
import { containmentOf, evidenceOf, readAll, type RowInput, type Tenant } from './fixture.js';

export const ROWS: readonly RowInput[] = [
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['Chat.Read', 'offline_access'] },
  { type: 'grant', at: '-PT1H', user: '@max', app: 'app:thief', scopes: ['Chat.Read'] },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['security alert'], action: 'delete' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'passwords.txt', shared: 'anonymous' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'sent-out.txt', shared: 'external' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'inside.txt', shared: 'organization' },
  { type: 'named_location', at: '-P1D', name: 'Offices', ranges: ['198.51.100.0/24'], trusted: true },
  { type: 'device', at: '-P1D', device: 'laptop', user: '@dana' },
  { type: 'alert', at: '-PT1H', user: '@dana', title: 'Token theft', device: 'laptop' },
  { type: 'auth_method', at: '-PT1H', user: '@dana', method: 'phone' },
];

type Targets = { readonly [K in Kind]: TargetOfKind<K> };

/** What the acts below are tried on, as a plan has it: by the ids that evidence names. */
export async function targets(tenant: Tenant): Promise<Targets> {
  const evidence = evidenceOf(tenant);
  const rule = (await readAll(evidence, 'microsoft.notices', tenant.query('dana'))).events.find(
    (e) => e.kind === 'mail_rule',
  )?.target?.id;
  const file = (await readAll(evidence, 'microsoft.files', tenant.query('dana'))).events.find(
    (e) => e.kind === 'share' && e.target?.name === 'passwords.txt',
  )?.target?.id;
  const device = (await readAll(evidence, 'microsoft.alerts', tenant.query('dana'))).events[0]?.deviceId;
  const accountId = tenant.id('dana');
  const appId = tenant.world.appId('thief');
  const account = { type: 'account', accountId } as const;
  const link = { type: 'link', fileId: file ?? '', accountId } as const;
  const laptop = { type: 'device', deviceId: device ?? '', sessionIds: [] } as const;
  return {
    disable_account: account,
    reset_credentials: account,
    end_sessions: { type: 'sessions', accountId, sessionIds: [] },
    revoke_tokens: { type: 'grant', appId, accountId },
    remove_auth_method: {
      type: 'auth_method',
      methodId: 'phoneMethods/3179e48a-750b-4051-897c-87b9720928f7', // of every mobile number
      accountId,
    },
    remove_app: { type: 'app', appId, accountId },
    revoke_share: link,
    remove_mail_rule: { type: 'mail_rule', ruleId: rule ?? '', accountId },
    block_ip: { type: 'address', address: tenant.world.ip('attacker') },
    quarantine_device: laptop,
    confirm_compromised: account,
    remove_file: link,
    disable_device: laptop,
    retire_device: laptop,
  };
}

type Proof = Awaited<ReturnType<ContainmentAct['verify']>>;

/** An act with the target that it was resolved for. */
export interface Step {
  readonly reversible: boolean;
  capture(): Promise<VendorState>;
  apply(context: { readonly since: Instant; readonly idempotencyKey: string }): Promise<readonly VendorWrite[]>;
  verify(context: { readonly since: Instant }): Promise<Proof>;
  readonly revert?: (before: VendorState) => Promise<readonly VendorWrite[]>;
}

/** As the worker comes to an act: by the resolved target alone. */
export async function stepOn<K extends ActionKind>(
  tenant: Tenant,
  kind: K,
  target: TargetOfKind<K>,
  licences: MicrosoftLicences = {},
): Promise<Step> {
  const port = containmentOf(tenant, licences);
  // The catalogue ties the kind to its targets; a union of kinds cannot say so.
  const act = port.acts[kind] as ContainmentAct | undefined;
  if (!act) throw new Error(`no act ${kind}`);
  const resolved = (await resolveTarget(port, target as TargetOfKind<ActionKind>)) as never;
  const { revert } = act;
  return {
    reversible: act.reversible,
    capture: () => act.capture(resolved),
    apply: (context) => act.apply(resolved, context),
    verify: (context) => act.verify(resolved, context),
    ...(revert ? { revert: (before: VendorState) => revert(resolved, before) } : {}),
  };
}

/** The same for the target that is tried here. */
export const step = async (tenant: Tenant, kind: Kind, licences: MicrosoftLicences = {}): Promise<Step> =>
  stepOn(tenant, kind, (await targets(tenant))[kind], licences);

export const context = { since: new Date().toISOString(), idempotencyKey: 'plan-1/step-1' };
export const KINDS = [
  'disable_account',
  'reset_credentials',
  'remove_auth_method',
  'end_sessions',
  'revoke_tokens',
  'remove_app',
  'revoke_share',
  'remove_mail_rule',
  'block_ip',
  'quarantine_device',
  'confirm_compromised',
  'remove_file',
  'disable_device',
  'retire_device',
] as const satisfies readonly ActionKind[];
export type Kind = (typeof KINDS)[number];

/** The write whose answer is lost in the tests below. */
export const WRITES: Readonly<Record<Kind, string>> = {
  disable_account: 'PATCH /users/{id} accountEnabled',
  reset_credentials: 'PATCH /users/{id} passwordProfile',
  end_sessions: 'POST /users/{id}/revokeSignInSessions',
  revoke_tokens: 'DELETE /oauth2PermissionGrants/{id}',
  remove_auth_method: 'DELETE /users/{id}/authentication/phoneMethods/{factorId}',
  remove_app: 'PATCH /servicePrincipals/{id}',
  revoke_share: 'DELETE /drives/*',
  remove_mail_rule: 'PATCH /users/{id}/mailFolders/*',
  block_ip: 'PATCH /identity/conditionalAccess/namedLocations/{id}',
  quarantine_device: 'POST /api/machines/{id}/isolate',
  confirm_compromised: 'POST /identityProtection/riskyUsers/confirmCompromised',
  remove_file: 'DELETE /drives/{driveId}/items/{itemId}',
  disable_device: 'PATCH /devices/{id} accountEnabled',
  retire_device: 'POST /deviceManagement/managedDevices/{id}/retire',
};

/** Reads until the vendor shows the effect; Defender takes a few looks. */
export async function holds(found: Step, looks = 4): Promise<boolean> {
  for (let n = 0; n < looks; n++) {
    if ((await found.verify(context)).holds) return true;
  }
  return false;
}
