import type { ActTarget } from '../../domain/act-target.js';
import type { ActionKind } from '../../domain/acts/index.js';
import { MAIL_ACCESS_LISTS, mailAccessKey, type MailAccessList } from '../../platforms/google/mail-access.js';
import type { METHODS } from '../../platforms/google/methods.js';
import { createGoogleTalk } from '../../platforms/google/talk.js';
import type { EvidencePort } from '../../platforms/ports.js';
import { googleCredentials } from '../../simulator/google/authority.js';
import { actOf } from '../platforms/google/acting.js';
import { containmentOf, evidenceOf, readAll, talkOf, type RowInput, type Tenant } from '../platforms/google/fixture.js';
import type { Drive, Drives } from './drives.js';

const ACCESSES = {
  delegates: 'max@example.com',
  sendAs: 'alias@example.org',
  forwardingAddresses: 'old@example.org',
} as const;

/** What the drives need to be in the tenant. */
export const DRIVEN_ROWS: readonly RowInput[] = [
  { type: 'login', at: '-PT5H', user: '@dana', ip: 'ip:attacker', country: 'NL', asn: 64500, repeat: 3 },
  { type: 'login', at: '-PT4H', user: '@dana', event: 'suspicious_login', ip: 'ip:attacker' },
  { type: 'user_account', at: '-PT4H', user: '@dana', event: '2sv_disable' },
  { type: 'grant', at: '-PT4H', user: '@dana', app: 'app:thief', scopes: ['https://mail.google.com/'] },
  { type: 'token', at: '-PT3H', user: '@dana', app: 'app:thief', bytes: 5_000_000 },
  { type: 'admin', at: '-PT4H', user: '@ada', event: 'CHANGE_PASSWORD', eventType: 'USER_SETTINGS', about: '@dana' },
  { type: 'chat', at: '-PT3H', user: '@dana', event: 'attachment_download', space: 'finance', file: 'pay.xlsx' },
  {
    type: 'message',
    at: '-PT3H',
    space: 'team',
    from: '@dana',
    to: ['@max'],
    text: 'to all {n}',
    files: ['a.pdf'],
    repeat: 3,
  },
  { type: 'drive', at: '-PT3H', user: '@dana', event: 'download', file: 'plan.pdf', ip: 'ip:attacker' },
  { type: 'file', at: '-PT3H', user: '@dana', name: 'passwords.txt', shared: 'anyone' },
  { type: 'file', at: '-PT3H', user: '@dana', name: 'sent-out.txt', shared: 'external' },
  { type: 'takeout', at: '-PT3H', user: '@dana' },
  { type: 'vault', at: '-PT3H', user: '@dana', ip: 'ip:attacker' },
  { type: 'rule', at: '-PT3H', user: '@dana', ip: 'ip:attacker', file: 'passwords.txt' },
  { type: 'alert', at: '-PT3H', user: '@dana', ip: 'ip:attacker', repeat: 2 },
  { type: 'alert', at: '-PT3H', user: '@dana', kind: 'DlpRuleViolation', title: 'Data Loss Prevention' },
  { type: 'alert', at: '-PT3H', user: '@dana', kind: 'SensitiveAdminAction', title: 'Super admin password reset' },
  { type: 'app_password', at: '-PT3H', user: '@dana', name: 'imap' },
  { type: 'backup_codes', at: '-PT3H', user: '@dana' },
  { type: 'device', at: '-PT3H', user: '@dana', name: 'phone' },
  { type: 'mail', at: '-PT3H', mailbox: '@dana', vendor: 'google', kind: 'new_sign_in' },
  { type: 'mail_rule', at: '-PT2H', mailbox: '@dana', from: 'no-reply@accounts.google.com', action: 'delete' },
  { type: 'mail_rule', at: '-PT2H', mailbox: '@dana', action: 'forward_all' },
  ...MAIL_ACCESS_LISTS.map((list) => ({
    ...{ type: 'mail_access', at: '-PT2H', mailbox: '@dana' },
    ...{ list, address: ACCESSES[list] },
  })),
];

const reading =
  (sourceId: string): Drive<Tenant> =>
  (tenant) =>
    readAll(evidenceOf(tenant), sourceId, tenant.query('dana', { readContent: true }));

const directory =
  (look: (port: EvidencePort['directory'], tenant: Tenant) => Promise<unknown>): Drive<Tenant> =>
  (tenant) =>
    look(evidenceOf(tenant).directory, tenant);

type TargetOf = (tenant: Tenant) => ActTarget | Promise<ActTarget>;
const account: TargetOf = (tenant) => ({ type: 'account', accountId: tenant.id('dana') });
const sessions: TargetOf = (tenant) => ({ type: 'sessions', accountId: tenant.id('dana'), sessionIds: [] });
const app: TargetOf = (tenant) => ({ type: 'app', appId: tenant.world.appId('thief'), accountId: tenant.id('dana') });
const address: TargetOf = (tenant) => ({ type: 'address', address: tenant.world.ip('attacker') });
const forwarding: TargetOf = (tenant) => ({
  type: 'mail_rule',
  ruleId: 'autoForwarding',
  accountId: tenant.id('dana'),
});
const delegate =
  (list: MailAccessList): TargetOf =>
  (tenant) => ({ type: 'delegate', delegateId: mailAccessKey(list, ACCESSES[list]), accountId: tenant.id('dana') });
/** As the plan makes it: from what the evidence names. */
const seen = async (tenant: Tenant, sourceId: string, kind: string): Promise<string> => {
  const { events } = await readAll(evidenceOf(tenant), sourceId, tenant.query('dana'));
  const found = events.find((e) => e.kind === kind && e.target !== undefined && e.target.id !== 'autoForwarding');
  return found?.target?.id ?? '';
};
const link: TargetOf = async (tenant) => ({
  type: 'link',
  fileId: await seen(tenant, 'google.drive', 'share'),
  accountId: tenant.id('dana'),
});
const filter: TargetOf = async (tenant) => ({
  type: 'mail_rule',
  ruleId: await seen(tenant, 'google.notices', 'mail_rule'),
  accountId: tenant.id('dana'),
});

/** An act from what was there before to its proof, and back again where that is possible. */
const acting =
  (kind: ActionKind, targetOf: TargetOf): Drive<Tenant> =>
  async (tenant) => {
    const act = actOf(containmentOf(tenant), kind);
    const target = await targetOf(tenant);
    const step = { since: new Date(Date.now() - 1000).toISOString(), idempotencyKey: `drive ${kind}` };
    const before = await act.capture(target);
    const writes = await act.apply(target, step);
    if (writes.length === 0) throw new Error(`${kind} had nothing to do`);
    if (!(await act.verify(target, step)).holds) throw new Error(`${kind} does not hold`);
    return act.undoes ? act.revert(target, before) : undefined;
  };

const telling =
  (channel: 'mail' | 'google_chat'): Drive<Tenant> =>
  async (tenant) => {
    const talk = talkOf(tenant).talk.find((t) => t.channel === channel);
    if (!talk) throw new Error(`no ${channel}`);
    const to = channel === 'mail' ? 'dana@example.com' : tenant.id('dana');
    const message = {
      key: `drive ${channel}`,
      title: 'Was it you?',
      text: 'A sign-in.\n1 < 2 & so on',
      buttons: [{ id: 'yes', label: 'It was me', value: 'signed' }],
      link: { label: 'Answer', url: 'https://intake.example.com/answer' },
    };
    await talk.send(to, message);
    if (!(await talk.send(to, message)).already) throw new Error('the same message twice');
    return undefined;
  };

const mailFrom: Drive<Tenant> = (tenant) =>
  createGoogleTalk({ ...tenant.settings('people'), sender: googleCredentials(tenant.world).sender })
    .talk.find((t) => t.channel === 'mail')
    ?.send('max@example.com', { key: 'drive send', title: 'Ünïcode', text: 'text' }) ??
  Promise.reject(new Error('no mail'));

/** Each method of the table by the part of the product that calls it. */
export const googleDrives: Drives<keyof typeof METHODS, Tenant> = {
  user: directory((port, tenant) => port.lookup({ nativeId: tenant.id('dana') })),
  users: directory((port) => port.list(undefined)),
  activities: reading('google.login'),
  alerts: reading('google.alerts'),
  spaces: reading('google.messages'),
  messages: reading('google.messages'),
  mails: reading('google.notices'),
  mail: reading('google.notices'),
  filters: reading('google.notices'),
  forwarding: reading('google.notices'),
  delegates: reading('google.notices'),
  sendAs: reading('google.notices'),
  forwardingAddresses: reading('google.notices'),
  files: reading('google.files'),

  tokens: acting('revoke_tokens', account),
  asps: acting('revoke_tokens', account),
  backupCodes: acting('revoke_tokens', account),
  deleteToken: acting('remove_app', app),
  deleteAsp: acting('revoke_tokens', account),
  invalidateCodes: acting('revoke_tokens', account),
  suspend: acting('disable_account', account),
  setPassword: acting('reset_credentials', account),
  signOut: acting('end_sessions', sessions),
  permissions: acting('revoke_share', link),
  deletePermission: acting('revoke_share', link),
  ownFile: acting('remove_file', link),
  trashFile: acting('remove_file', link),
  filter: acting('remove_mail_rule', filter),
  deleteFilter: acting('remove_mail_rule', filter),
  ownFilters: acting('remove_mail_rule', filter),
  createFilter: acting('remove_mail_rule', filter),
  ownForwarding: acting('remove_mail_rule', forwarding),
  setForwarding: acting('remove_mail_rule', forwarding),
  ownDelegates: acting('remove_delegate', delegate('delegates')),
  deleteDelegate: acting('remove_delegate', delegate('delegates')),
  ownSendAs: acting('remove_delegate', delegate('sendAs')),
  deleteSendAs: acting('remove_delegate', delegate('sendAs')),
  ownForwardingAddresses: acting('remove_delegate', delegate('forwardingAddresses')),
  deleteForwardingAddress: acting('remove_delegate', delegate('forwardingAddresses')),
  matters: acting('hold_data', account),
  createMatter: acting('hold_data', account),
  holds: acting('hold_data', account),
  createHold: acting('hold_data', account),
  deleteHold: acting('hold_data', account),
  deviceUsers: acting('block_devices', account),
  blockDevice: acting('block_devices', account),
  approveDevice: acting('block_devices', account),
  accessLevels: acting('block_ip', address),
  setAccessLevel: acting('block_ip', address),

  findDm: telling('google_chat'),
  setupDm: telling('google_chat'),
  message: telling('google_chat'),
  post: telling('google_chat'),
  send: mailFrom,
};
