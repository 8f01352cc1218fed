import { createGoogleClient, type GoogleClient } from '../../platforms/google/client.js';
import {
  MAIL_ACCESS_LISTS,
  mailAccessKey,
  mailAccessOf,
  type MailAccessList,
} from '../../platforms/google/mail-access.js';
import { createGoogleTalk } from '../../platforms/google/talk.js';
import { METHODS, type MethodOf } from '../../platforms/google/methods.js';
import type { ActionKind, ActionTarget } from '../../domain/plan.js';
import type { EvidencePort } from '../../platforms/ports.js';
import { googleCredentials } from '../../simulator/google/authority.js';
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

type TargetOf = (tenant: Tenant) => ActionTarget | Promise<ActionTarget>;
const account: TargetOf = (tenant) => ({ type: 'account', id: tenant.id('dana') });
const app: TargetOf = (tenant) => ({ type: 'app', id: tenant.world.appId('thief'), accountId: tenant.id('dana') });
const address: TargetOf = (tenant) => ({ type: 'ip', id: tenant.world.ip('attacker') });
const forwarding: TargetOf = (tenant) => ({ type: 'mail_rule', id: 'autoForwarding', accountId: tenant.id('dana') });
/** As the plan makes it: from what the evidence names. */
const seen =
  (sourceId: string, kind: string, type: ActionTarget['type']): TargetOf =>
  async (tenant) => {
    const { events } = await readAll(evidenceOf(tenant), sourceId, tenant.query('dana'));
    const found = events.find((e) => e.kind === kind && e.target !== undefined && e.target.id !== 'autoForwarding');
    return { type, id: found?.target?.id ?? '', accountId: tenant.id('dana') };
  };
const link = seen('google.drive', 'share', 'link');
const filter = seen('google.notices', 'mail_rule', 'mail_rule');

/** An act from what was there before to its proof, and back again where that is possible. */
const acting =
  (kind: ActionKind, targetOf: TargetOf): Drive<Tenant> =>
  async (tenant) => {
    const act = containmentOf(tenant).acts[kind];
    if (!act) throw new Error(`no act ${kind}`);
    const target = await targetOf(tenant);
    const step = { since: new Date(Date.now() - 1000).toISOString(), idempotencyKey: `drive ${kind}` };
    const before = await act.capture(target);
    const writes = await act.apply(target, step);
    if (writes.length === 0) throw new Error(`${kind} had nothing to do`);
    if (!(await act.verify(target, step)).holds) throw new Error(`${kind} does not hold`);
    return act.revert?.(target, before);
  };

/** By the key of a target: the address is in no id, so it is looked up in the list before it goes, and looked for afterwards. */
const closing =
  (
    list: MailAccessList,
    own: MethodOf<'gmail'>,
    remove: (client: GoogleClient, as: { readonly email: string }, address: string) => Promise<void>,
  ): Drive<Tenant> =>
  async (tenant) => {
    const client = createGoogleClient(tenant.settings('containment'));
    const as = { email: 'dana@example.com' };
    const key = mailAccessKey(list, ACCESSES[list]);
    const find = async () => (await mailAccessOf(client, as.email, list, own)).find((a) => a.key === key);
    const access = await find();
    if (!access) throw new Error(`nothing in ${list}`);
    await remove(client, as, access.address);
    if (await find()) throw new Error(`${key} is still there`);
  };
const closeDelegate = closing('delegates', METHODS.ownDelegates, (client, as, delegateEmail) =>
  client.send(METHODS.deleteDelegate, as, (gmail, o) =>
    gmail.users.settings.delegates.delete({ userId: 'me', delegateEmail }, o),
  ),
);
const closeSendAs = closing('sendAs', METHODS.ownSendAs, (client, as, sendAsEmail) =>
  client.send(METHODS.deleteSendAs, as, (gmail, o) =>
    gmail.users.settings.sendAs.delete({ userId: 'me', sendAsEmail }, o),
  ),
);
const closeForwarding = closing('forwardingAddresses', METHODS.ownForwardingAddresses, (client, as, forwardingEmail) =>
  client.send(METHODS.deleteForwardingAddress, as, (gmail, o) =>
    gmail.users.settings.forwardingAddresses.delete({ userId: 'me', forwardingEmail }, o),
  ),
);

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
  signOut: acting('end_sessions', account),
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
  ownDelegates: closeDelegate,
  deleteDelegate: closeDelegate,
  ownSendAs: closeSendAs,
  deleteSendAs: closeSendAs,
  ownForwardingAddresses: closeForwarding,
  deleteForwardingAddress: closeForwarding,
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
