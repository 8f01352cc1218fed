import type { ActionKind, ActionTarget } from '../../../domain/plan.js';
import type { MicrosoftLicences } from '../../../platforms/microsoft/settings.js';
import type { ContainmentAct } from '../../../platforms/ports.js';
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
];

export async function targets(tenant: Tenant): Promise<Readonly<Record<Kind, ActionTarget>>> {
  const evidence = evidenceOf(tenant);
  const rule = (await readAll(evidence, 'microsoft.notices', tenant.query('dana'))).events.find(
    (e) => e.kind === 'mail_rule',
  )?.target?.id;
  const file = (await readAll(evidence, 'microsoft.files', tenant.query('dana'))).events.find(
    (e) => e.kind === 'share' && e.target?.name === 'passwords.txt',
  )?.target?.id;
  const device = (await readAll(evidence, 'microsoft.alerts', tenant.query('dana'))).events[0]?.deviceId;
  const account: ActionTarget = { type: 'account', id: tenant.id('dana') };
  return {
    disable_account: account,
    reset_credentials: account,
    end_sessions: account,
    revoke_tokens: { type: 'app', id: tenant.world.appId('thief'), accountId: tenant.id('dana') },
    remove_app: { type: 'app', id: tenant.world.appId('thief') },
    revoke_share: { type: 'link', id: file ?? '', accountId: tenant.id('dana') },
    remove_mail_rule: { type: 'mail_rule', id: rule ?? '', accountId: tenant.id('dana') },
    block_ip: { type: 'ip', id: tenant.world.ip('attacker') },
    quarantine_device: { type: 'device', id: device ?? '' },
    confirm_compromised: account,
    remove_file: { type: 'link', id: file ?? '', accountId: tenant.id('dana') },
    retire_device: { type: 'device', id: device ?? '' },
  };
}

export function act(tenant: Tenant, kind: Kind, licences: MicrosoftLicences = {}): ContainmentAct {
  const found = containmentOf(tenant, licences).acts[kind];
  if (!found) throw new Error(`no act ${kind}`);
  return found;
}

export const context = { since: new Date().toISOString(), idempotencyKey: 'plan-1/step-1' };
export const KINDS = [
  'disable_account',
  'reset_credentials',
  'end_sessions',
  'revoke_tokens',
  'remove_app',
  'revoke_share',
  'remove_mail_rule',
  'block_ip',
  'quarantine_device',
  'confirm_compromised',
  'remove_file',
  'retire_device',
] as const satisfies readonly ActionKind[];
export type Kind = (typeof KINDS)[number];

/** The write whose answer is lost in the tests below. */
export const WRITES: Readonly<Record<Kind, string>> = {
  disable_account: 'PATCH /users/{id} accountEnabled',
  reset_credentials: 'PATCH /users/{id} passwordProfile',
  end_sessions: 'POST /users/{id}/revokeSignInSessions',
  revoke_tokens: 'DELETE /oauth2PermissionGrants/{id}',
  remove_app: 'PATCH /servicePrincipals/{id}',
  revoke_share: 'DELETE /drives/*',
  remove_mail_rule: 'PATCH /users/{id}/mailFolders/*',
  block_ip: 'PATCH /identity/conditionalAccess/namedLocations/{id}',
  quarantine_device: 'POST /api/machines/{id}/isolate',
  confirm_compromised: 'POST /identityProtection/riskyUsers/confirmCompromised',
  remove_file: 'DELETE /drives/{driveId}/items/{itemId}',
  retire_device: 'POST /deviceManagement/managedDevices/{id}/retire',
};

/** Reads until the vendor shows the effect; Defender takes a few looks. */
export async function holds(tenant: Tenant, kind: Kind, target: ActionTarget, looks = 4): Promise<boolean> {
  for (let n = 0; n < looks; n++) {
    if ((await act(tenant, kind).verify(target, context)).holds) return true;
  }
  return false;
}
