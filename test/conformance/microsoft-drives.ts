import type {
  AccountTarget,
  ActTarget,
  AddressTarget,
  AppTarget,
  DeviceTarget,
  GrantTarget,
  LinkTarget,
  MailRuleTarget,
  SessionsTarget,
  TargetOf as TargetOfType,
  TargetType,
} from '../../domain/act-target.js';
import type { ActionKind, TargetOfKind } from '../../domain/acts/index.js';
import { authMethodsOf } from '../../platforms/microsoft/auth-methods.js';
import { createMicrosoftClient } from '../../platforms/microsoft/client.js';
import { createMicrosoftTalk } from '../../platforms/microsoft/talk.js';
import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import type { MicrosoftLicences } from '../../platforms/microsoft/settings.js';
import type { EvidencePort, Talk } from '../../platforms/ports.js';
import { resolveTarget } from '../../platforms/resolve.js';
import { microsoftCredentials } from '../../simulator/microsoft/auth.js';
import { stepOn } from '../platforms/microsoft/acting.js';
import { containmentOf, evidenceOf, readAll, type RowInput, type Tenant } from '../platforms/microsoft/fixture.js';
import type { Drive, Drives } from './drives.js';
import { FACTORS } from './microsoft-tenant.js';

const thief = { user: '@dana', ip: 'ip:attacker', session: 's-thief' };

/** What the drives need to be in the tenant. */
export const DRIVEN_ROWS: readonly RowInput[] = [
  { type: 'sign_in', at: '-PT5H', ...thief, device: 'tablet' },
  { type: 'sign_in', at: '-PT4H', ...thief, interactive: false },
  { type: 'app_sign_in', at: '-PT4H', app: 'app:thief', ip: 'ip:attacker' },
  {
    type: 'directory_audit',
    at: '-PT5H',
    user: '@dana',
    activity: 'Consent to application',
    category: 'ApplicationManagement',
    app: 'app:thief',
    scopes: ['Chat.Read'],
  },
  { type: 'risk', at: '-PT5H', user: '@dana', riskType: 'anomalousToken', ip: 'ip:attacker' },
  { type: 'alert', at: '-PT5H', user: '@dana', title: 'Mass download', device: 'laptop', app: 'app:thief' },
  { type: 'audit', at: '-PT5H', ...thief, operation: 'MessagesListed', chat: 'board', messages: 4 },
  { type: 'audit', at: '-PT4H', ...thief, operation: 'FileDownloaded', file: 'plan.docx', bytes: 9000 },
  { type: 'audit', at: '-PT4H', ...thief, operation: 'SharingSet', file: 'plan.docx', external: 'rival@example.net' },
  { type: 'message', at: '-PT5H', chat: 'deal', from: '@dana', to: ['@max'], text: 'offer' },
  { type: 'message', at: '-PT4H', team: 'sales', from: '@dana', text: 'in a channel' },
  { type: 'file', at: '-PT3H', user: '@dana', name: 'passwords.txt', shared: 'anonymous' },
  { type: 'file', at: '-PT3H', user: '@dana', name: 'plan.docx', shared: 'external' },
  { type: 'grant', at: '-PT3H', user: '@dana', app: 'app:thief', scopes: ['Chat.Read', 'offline_access'] },
  { type: 'mail', at: '-PT3H', mailbox: '@dana', vendor: 'microsoft', kind: 'new_sign_in', deleted: 'purged' },
  { type: 'mail_rule', at: '-PT2H', mailbox: '@dana', words: ['security alert'], action: 'delete' },
  {
    type: 'directory_audit',
    at: '-PT2H',
    user: '@dana',
    activity: 'User registered security info',
    target: '@dana',
    ip: 'ip:attacker',
  },
  ...FACTORS.map((method) => ({ type: 'auth_method', at: '-PT2H', user: '@dana', method })),
  { type: 'named_location', at: '-P1D', name: 'Offices', ranges: ['198.51.100.0/24'], trusted: true },
  { type: 'device', at: '-P1D', device: 'laptop', user: '@dana' },
  { type: 'device', at: '-P1D', device: 'tablet', user: '@dana', defender: false },
];

const reading =
  (sourceId: string): Drive<Tenant> =>
  (tenant) =>
    readAll(evidenceOf(tenant), sourceId, tenant.query('dana', { readContent: true }));

const directory =
  (look: (port: EvidencePort['directory'], tenant: Tenant) => Promise<unknown>): Drive<Tenant> =>
  (tenant) =>
    look(evidenceOf(tenant).directory, tenant);

type TargetOf<T extends ActTarget> = (tenant: Tenant) => T | Promise<T>;
const dana = (tenant: Tenant) => ({ accountId: tenant.id('dana') });
const account: TargetOf<AccountTarget> = (tenant) => ({ type: 'account', ...dana(tenant) });
const sessions: TargetOf<SessionsTarget> = (tenant) => ({ type: 'sessions', sessionIds: [], ...dana(tenant) });
const grant: TargetOf<GrantTarget> = (tenant) => ({
  type: 'grant',
  appId: tenant.world.appId('thief'),
  ...dana(tenant),
});
const app: TargetOf<AppTarget> = (tenant) => ({ ...dana(tenant), type: 'app', appId: tenant.world.appId('thief') });
const address: TargetOf<AddressTarget> = (tenant) => ({ type: 'address', address: tenant.world.ip('attacker') });
/** As the plan makes it: by what the evidence names. */
const seen = async (tenant: Tenant, sourceId: string, kind: string): Promise<string> => {
  const { events } = await readAll(evidenceOf(tenant), sourceId, tenant.query('dana'));
  return events.find((e) => e.kind === kind && e.target?.type !== 'message')?.target?.id ?? '';
};
const linkIn =
  (sourceId: string): TargetOf<LinkTarget> =>
  async (tenant) => ({ type: 'link', fileId: await seen(tenant, sourceId, 'share'), ...dana(tenant) });
const deviceIn =
  (sourceId: string): TargetOf<DeviceTarget> =>
  async (tenant) => {
    const { events } = await readAll(evidenceOf(tenant), sourceId, tenant.query('dana'));
    const deviceId = events.find((e) => e.deviceId !== undefined)?.deviceId ?? '';
    return { type: 'device', deviceId, sessionIds: [] };
  };
const link = linkIn('microsoft.files');
const audited = linkIn('microsoft.audit_search');
const rule: TargetOf<MailRuleTarget> = async (tenant) => ({
  type: 'mail_rule',
  ruleId: await seen(tenant, 'microsoft.notices', 'mail_rule'),
  ...dana(tenant),
});
/** Alerts name Defender's id of a device, sign-ins the one of Entra. */
const laptop = deviceIn('microsoft.alerts');
const tablet = deviceIn('microsoft.sign_ins');

/** Looks until the vendor shows an effect; it takes a few. */
const LOOKS = 4;

/** An act on a resolved target, from what was there before to its proof, and back again where that is possible. */
const acting =
  <K extends ActionKind>(
    kind: K,
    targetOf: TargetOf<TargetOfKind<K>>,
    licences: MicrosoftLicences = {},
  ): Drive<Tenant> =>
  async (tenant) => {
    const act = await stepOn(tenant, kind, await targetOf(tenant), licences);
    const step = { since: new Date(Date.now() - 1000).toISOString(), idempotencyKey: `drive ${kind}` };
    const before = await act.capture();
    if ((await act.apply(step)).length === 0) throw new Error(`${kind} had nothing to do`);
    let holds = false;
    for (let n = 0; n < LOOKS && !holds; n++) ({ holds } = await act.verify(step));
    if (!holds) throw new Error(`${kind} does not hold`);
    await act.revert?.(before);
  };

/** The person's factor of the kind that an operation deletes. */
const removing = (operation: (typeof OPERATIONS)[keyof typeof OPERATIONS]): Drive<Tenant> =>
  acting('remove_auth_method', async (tenant) => {
    const client = createMicrosoftClient(tenant.settings('containment'));
    const all = await authMethodsOf(client, tenant.id('dana'));
    const methodId = all.find((m) => m.remove === operation)?.key ?? '';
    return { type: 'auth_method', methodId, ...dana(tenant) };
  });

/** A target found by the containment role's own reads, with an account that it affects. */
const resolving =
  <T extends TargetType>(targetOf: (tenant: Tenant) => TargetOfType<T> | Promise<TargetOfType<T>>): Drive<Tenant> =>
  async (tenant) => {
    const { affects } = await resolveTarget(containmentOf(tenant), await targetOf(tenant));
    if (affects.length === 0) throw new Error('nobody is affected');
  };

/** Without Conditional Access addresses are blocked by Defender, which is then permitted. */
const listing: Drive<Tenant> = (tenant) => {
  tenant.simulator.authority.grant('containment', 'Ti.ReadWrite');
  return acting('block_ip', address, { entraP1: false })(tenant);
};

const saying =
  (channel: Talk['channel'], toOf: (tenant: Tenant) => string): Drive<Tenant> =>
  async (tenant) => {
    const { mailFrom, teamsAppId } = microsoftCredentials(tenant.world);
    const { talk } = createMicrosoftTalk({ ...tenant.settings('people'), mailFrom, teamsAppId });
    const way = talk.find((t) => t.channel === channel);
    if (!way) throw new Error(`no way ${channel}`);
    const message = { key: 'drive', title: 'Was this you?', text: 'A sign-in from Amsterdam.' };
    const { already } = await way.send(toOf(tenant), message);
    if (already) throw new Error(`${channel} had said it before`);
  };
const mailing = saying('mail', () => 'dana@example.com');
const posting = saying('teams', (tenant) => tenant.id('dana'));
const protection: Drive<Tenant> = async (tenant) => {
  const ada = { type: 'account', accountId: tenant.id('ada') } as const;
  const { affects } = await resolveTarget(containmentOf(tenant), ada);
  if (!affects[0]?.protectedBecause.includes('last_admin')) throw new Error('the last administrator is not protected');
};

const byId = directory((port, tenant) => port.lookup({ nativeId: tenant.id('dana') }));
const appById = directory((port, tenant) => port.lookup({ nativeId: tenant.world.appId('thief') }));
const list = directory((port) => port.list(undefined));

export const microsoftDrives: Drives<keyof typeof OPERATIONS, Tenant> = {
  user: byId,
  users: list,
  userRoles: byId,
  roleAssignments: protection,
  mailboxSettings: byId,
  servicePrincipal: reading('microsoft.grants'),
  findServicePrincipal: appById,
  appOwners: appById,
  appGrants: resolving(app),
  userGrants: reading('microsoft.grants'),
  signIns: reading('microsoft.sign_ins'),
  directoryAudits: reading('microsoft.directory_audits'),
  riskDetections: reading('microsoft.risk_detections'),
  alerts: reading('microsoft.alerts'),
  incidents: reading('microsoft.incidents'),
  auditQueries: reading('microsoft.audit_search'),
  createAuditQuery: reading('microsoft.audit_search'),
  auditQuery: reading('microsoft.audit_search'),
  auditRecords: reading('microsoft.audit_search'),
  activitySubscriptions: reading('microsoft.activity_feed'),
  activityContent: reading('microsoft.activity_feed'),
  activityBlob: reading('microsoft.activity_feed'),
  chatMessages: reading('microsoft.messages'),
  joinedTeams: reading('microsoft.messages'),
  channelMessages: reading('microsoft.messages'),
  driveChanges: reading('microsoft.files'),
  mails: reading('microsoft.notices'),
  mailFolder: reading('microsoft.notices'),
  folderMails: reading('microsoft.notices'),
  mailRules: reading('microsoft.notices'),
  setAccountEnabled: acting('disable_account', account),
  setPassword: acting('reset_credentials', account),
  revokeSessions: acting('end_sessions', sessions),
  deleteGrant: acting('revoke_tokens', grant),
  createGrant: acting('revoke_tokens', grant),
  setAppEnabled: acting('remove_app', app),
  riskyUser: acting('confirm_compromised', account),
  confirmCompromised: acting('confirm_compromised', account),
  dismissRisk: acting('confirm_compromised', account),
  deleteAuthenticator: removing(OPERATIONS.deleteAuthenticator),
  deletePasskey: removing(OPERATIONS.deletePasskey),
  deletePhone: removing(OPERATIONS.deletePhone),
  deleteEmail: removing(OPERATIONS.deleteEmail),
  deleteSoftwareOath: removing(OPERATIONS.deleteSoftwareOath),
  deleteAccessPass: removing(OPERATIONS.deleteAccessPass),
  deleteWindowsHello: removing(OPERATIONS.deleteWindowsHello),
  deletePlatformCredential: removing(OPERATIONS.deletePlatformCredential),
  authMethods: reading('microsoft.directory_audits'),
  userDrive: acting('revoke_share', link),
  drive: resolving(link),
  listItemFile: acting('revoke_share', audited),
  filePermissions: acting('revoke_share', link),
  deletePermission: acting('revoke_share', link),
  file: acting('remove_file', link),
  deleteFile: acting('remove_file', link),
  mailRule: acting('remove_mail_rule', rule),
  setMailRule: acting('remove_mail_rule', rule),
  namedLocations: acting('block_ip', address),
  setNamedLocation: acting('block_ip', address),
  accessPolicies: acting('block_ip', address),
  devices: resolving(tablet),
  deviceOwners: resolving(tablet),
  deviceUsers: resolving(tablet),
  machine: resolving(laptop),
  machines: resolving(tablet),
  machineActions: acting('quarantine_device', laptop),
  isolate: acting('quarantine_device', laptop),
  release: acting('quarantine_device', laptop),
  indicators: listing,
  submitIndicator: listing,
  deleteIndicator: listing,
  managedDevices: acting('quarantine_device', tablet),
  managedDevice: acting('quarantine_device', tablet),
  lockDevice: acting('quarantine_device', tablet),
  setDeviceEnabled: acting('disable_device', laptop),
  retireDevice: acting('retire_device', laptop),
  createDraft: mailing,
  sendDraft: mailing,
  installedApps: posting,
  installApp: posting,
  botChat: posting,
  chatHistory: posting,
  notifyActivity: posting,
  postActivity: posting,
};
