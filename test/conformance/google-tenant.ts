import { createGoogleEvidence } from '../../platforms/google/evidence.js';
import type { EvidencePort } from '../../platforms/ports.js';
import { googleCredentials } from '../../simulator/google/authority.js';
import { startTenant, type RowInput, type Tenant } from '../platforms/google/fixture.js';
import { subjectOf, type Subject } from './subject.js';

const CHAT = 'https://www.googleapis.com/auth/chat.messages.readonly';
const by = { user: '@dana', ip: 'ip:attacker' };

/** Something for every list that is read, several pages long when pages are of two. */
const ROWS: readonly RowInput[] = [
  { type: 'login', at: '-PT5H', ...by, country: 'NL', repeat: 5 },
  { type: 'login', at: '-PT4H', ...by, event: 'suspicious_login', repeat: 3 },
  { type: 'user_account', at: '-PT4H', ...by, event: 'password_edit', repeat: 3 },
  { type: 'grant', at: '-PT4H', ...by, app: 'app:thief', scopes: [CHAT] },
  { type: 'grant', at: '-PT4H', ...by, app: 'app:notes', scopes: ['openid'] },
  { type: 'grant', at: '-PT4H', user: '@max', app: 'app:thief', scopes: ['openid'] },
  { type: 'token', at: '-PT3H', ...by, app: 'app:thief', bytes: 5_000_000, repeat: 5 },
  { type: 'admin', at: '-PT4H', ...by, event: 'CHANGE_CHAT_EXTERNAL_ROOM_SETTING', repeat: 3 },
  {
    type: 'admin',
    at: '-PT4H',
    user: '@ada',
    event: 'CHANGE_PASSWORD',
    eventType: 'USER_SETTINGS',
    about: '@dana',
    repeat: 3,
  },
  { type: 'chat', at: '-PT4H', user: '@dana', event: 'conversation_read', space: 'finance', repeat: 5 },
  { type: 'chat', at: '-PT3H', user: '@dana', event: 'attachment_download', space: 'finance', file: 'pay.xlsx' },
  { type: 'space', at: '-P1D', space: 'dm', kind: 'DIRECT_MESSAGE' },
  { type: 'message', at: '-PT5H', space: 'dm', from: '@max', to: ['@dana'], text: 'direct {n}', repeat: 3 },
  { type: 'message', at: '-PT4H', space: 'team', from: '@dana', text: 'to all {n}', repeat: 5 },
  { type: 'message', at: '-PT3H', space: 'third', from: '@dana', text: 'elsewhere' },
  { type: 'drive', at: '-PT4H', ...by, event: 'download', file: 'plan-{n}.pdf', repeat: 5 },
  { type: 'file', at: '-PT3H', user: '@dana', name: 'passwords-{n}.txt', shared: 'anyone', repeat: 3 },
  { type: 'file', at: '-PT3H', user: '@dana', name: 'sent-out.txt', shared: 'external' },
  { type: 'takeout', at: '-PT3H', ...by, repeat: 5 },
  { type: 'vault', at: '-PT3H', ...by, repeat: 3 },
  { type: 'rule', at: '-PT3H', ...by, repeat: 3 },
  { type: 'alert', at: '-PT3H', user: '@dana', ip: 'ip:attacker', repeat: 5 },
  { type: 'app_password', at: '-PT3H', user: '@dana', name: 'imap' },
  { type: 'backup_codes', at: '-PT3H', user: '@dana' },
  { type: 'mail', at: '-PT3H', mailbox: '@dana', vendor: 'google', kind: 'new_sign_in', repeat: 3 },
  { type: 'mail', at: '-PT3H', mailbox: '@dana', vendor: 'slack', kind: 'new_sign_in', deleted: true },
  { type: 'mail_rule', at: '-PT2H', mailbox: '@dana', from: 'no-reply@accounts.google.com', action: 'delete' },
  { type: 'mail_rule', at: '-PT2H', mailbox: '@dana', action: 'forward_all' },
  { type: 'mail_access', at: '-PT2H', mailbox: '@dana', list: 'delegates', address: '@max' },
  { type: 'mail_access', at: '-PT2H', mailbox: '@dana', list: 'sendAs' },
];

/** What acts are about, and others that they must leave alone. */
const ACTED_ON: readonly RowInput[] = [
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['https://mail.google.com/'] },
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:notes', scopes: ['openid'] },
  { type: 'grant', at: '-PT1H', user: '@max', app: 'app:thief', scopes: ['openid'] },
  { type: 'app_password', at: '-PT1H', user: '@dana', name: 'imap' },
  { type: 'app_password', at: '-PT1H', user: '@max', name: 'printer' },
  { type: 'backup_codes', at: '-PT1H', user: '@dana' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'passwords.txt', shared: 'anyone' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'sent-out.txt', shared: 'external' },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', from: 'no-reply@accounts.google.com', action: 'delete' },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', action: 'forward_all' },
  { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'delegates', address: '@ada' },
  { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'sendAs', address: 'boss@example.org' },
  { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'forwardingAddresses', address: 'old@example.org' },
  { type: 'mail_access', at: '-PT1H', mailbox: '@max', list: 'delegates', address: '@ada' },
  { type: 'device', at: '-PT1H', user: '@dana', name: 'phone' },
  { type: 'device', at: '-PT1H', user: '@max', name: 'phone of max' },
];

/** A Google tenant with rows for all that is read. */
export const filledGoogle = (): Promise<Tenant> => startTenant(ROWS, { pageSize: 2 });
/** One with rows for all that is acted on. */
export const googleToActOn = (): Promise<Tenant> => startTenant(ACTED_ON);

export function googleSubject(tenant: Tenant): Subject {
  const { adminSubject, sender, ...roles } = googleCredentials(tenant.world);
  const keys = [roles.evidence, roles.containment, roles.people].map((account) => JSON.stringify(account));
  return subjectOf('google', tenant, [...keys.flatMap((key) => key.split('\n')), adminSubject, sender]);
}
/** As in a worker, with a time-out for each call. */
export const googleEvidence = (tenant: Tenant, timeoutMs: number): EvidencePort =>
  createGoogleEvidence(tenant.settings('evidence', { timeoutMs }));
