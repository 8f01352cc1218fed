import type { EvidencePort } from '../../platforms/ports.js';
import { microsoftCredentials } from '../../simulator/microsoft/auth.js';
import { ANOTHER_ADMIN, evidenceOf, startTenant, type RowInput, type Tenant } from '../platforms/microsoft/fixture.js';
import { subjectOf, type Subject } from './subject.js';

const by = { user: '@dana', ip: 'ip:attacker', session: 's-thief' };

/** Something for every list that is read, several pages long when pages are of two. */
const ROWS: readonly RowInput[] = [
  { type: 'sign_in', at: '-PT5H', ...by, country: 'NL', repeat: 3 },
  { type: 'sign_in', at: '-PT4H', ...by, interactive: false, repeat: 3 },
  { type: 'app_sign_in', at: '-PT4H', app: 'app:thief', ip: 'ip:attacker', repeat: 3 },
  {
    type: 'directory_audit',
    at: '-PT5H',
    user: '@dana',
    activity: 'Consent to application',
    category: 'ApplicationManagement',
    app: 'app:thief',
    scopes: ['Chat.Read'],
    repeat: 3,
  },
  {
    ...{ type: 'directory_audit', at: '-PT4H', user: '@dana', activity: 'Add delegated permission grant' },
    ...{ category: 'ApplicationManagement', app: 'app:thief', scopes: ['Chat.Read'] },
  },
  { type: 'directory_audit', at: '-PT4H', user: '@ada', activity: 'Reset user password', target: '@dana', repeat: 3 },
  {
    type: 'directory_audit',
    at: '-PT3H',
    ...{ user: '@dana', ip: 'ip:attacker', target: '@dana' },
    activity: 'User registered security info',
  },
  { type: 'auth_method', at: '-PT3H', user: '@dana', method: 'phone' },
  { type: 'auth_method', at: '-PT2H', user: '@dana', method: 'fido2', name: 'key {n}', repeat: 3 },
  { type: 'risk', at: '-PT5H', user: '@dana', riskType: 'anomalousToken', ip: 'ip:attacker', repeat: 5 },
  { type: 'alert', at: '-PT5H', user: '@dana', title: 'Mass download', device: 'laptop', incident: 'i-{n}', repeat: 5 },
  { type: 'audit', at: '-PT5H', ...by, operation: 'MessagesListed', chat: 'board', messages: 4, repeat: 3 },
  { type: 'audit', at: '-PT4H', ...by, operation: 'FileDownloaded', file: 'plan-{n}.docx', bytes: 9000, repeat: 5 },
  { type: 'audit', at: '-PT4H', ...by, operation: 'New-InboxRule', name: '.', repeat: 3 },
  { type: 'message', at: '-PT5H', chat: 'deal', from: '@dana', to: ['@max'], text: 'offer {n}', repeat: 5 },
  { type: 'message', at: '-PT4H', team: 'sales', from: '@dana', text: 'in a channel {n}', repeat: 3 },
  { type: 'message', at: '-PT3H', team: 'board', from: '@dana', text: 'in another {n}', repeat: 3 },
  { type: 'message', at: '-PT3H', team: 'third', from: '@dana', text: 'in the third' },
  { type: 'file', at: '-PT3H', user: '@dana', name: 'passwords-{n}.txt', shared: 'anonymous', repeat: 5 },
  { type: 'grant', at: '-PT3H', user: '@dana', app: 'app:thief', scopes: ['Chat.Read', 'offline_access'] },
  { type: 'grant', at: '-PT3H', user: '@dana', app: 'app:notes', scopes: ['User.Read'] },
  { type: 'grant', at: '-PT3H', user: '@dana', app: 'app:planner', scopes: ['Tasks.Read'] },
  { type: 'grant', at: '-PT3H', user: '@max', app: 'app:thief', scopes: ['Chat.Read'] },
  { type: 'grant', at: '-PT3H', user: '@ada', app: 'app:thief', scopes: ['Chat.Read'], forAll: true },
  { type: 'app_sign_in', at: '-PT3H', app: 'app:thief', ip: 'ip:attacker', repeat: 3 },
  { type: 'mail', at: '-PT3H', mailbox: '@dana', vendor: 'microsoft', kind: 'new_sign_in', repeat: 3 },
  { type: 'mail', at: '-PT3H', mailbox: '@dana', vendor: 'slack', kind: 'new_sign_in', deleted: true },
  { type: 'mail', at: '-PT3H', mailbox: '@dana', vendor: 'google', kind: 'new_sign_in', deleted: 'purged', repeat: 3 },
  { type: 'mail_rule', at: '-PT2H', mailbox: '@dana', name: 'rule {n}', words: ['alert'], action: 'delete', repeat: 3 },
  { type: 'named_location', at: '-P1D', name: 'Offices', ranges: ['198.51.100.0/24'], trusted: true },
  { type: 'device', at: '-P1D', device: 'laptop', user: '@dana' },
];

/** Kinds of what people sign in with beside the password. */
export const FACTORS = [
  'microsoftAuthenticator',
  'fido2',
  'phone',
  'email',
  'softwareOath',
  'temporaryAccessPass',
  'windowsHelloForBusiness',
  'platformCredential',
] as const;

/** What acts are about, and others that they must leave alone. */
const ACTED_ON: readonly RowInput[] = [
  { type: 'sign_in', at: '-PT5H', ...by, device: 'tablet' },
  { type: 'risk', at: '-PT5H', user: '@dana', riskType: 'anomalousToken', ip: 'ip:attacker' },
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['Chat.Read', 'offline_access'] },
  { type: 'grant', at: '-PT1H', user: '@max', app: 'app:thief', scopes: ['Chat.Read'] },
  { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['security alert'], action: 'delete' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'passwords.txt', shared: 'anonymous' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'sent-out.txt', shared: 'external' },
  { type: 'file', at: '-PT1H', user: '@dana', name: 'plan.docx', shared: 'external' },
  { type: 'audit', at: '-PT1H', ...by, operation: 'SharingSet', file: 'plan.docx', external: 'rival@example.net' },
  { type: 'named_location', at: '-P1D', name: 'Offices', ranges: ['198.51.100.0/24'], trusted: true },
  { type: 'device', at: '-P1D', device: 'laptop', user: '@dana' },
  { type: 'device', at: '-P1D', device: 'tablet', user: '@dana', defender: false },
  { type: 'alert', at: '-PT1H', user: '@dana', title: 'Token theft', device: 'laptop' },
  ...FACTORS.map((method) => ({ type: 'auth_method', at: '-PT1H', user: '@dana', method })),
  { type: 'auth_method', at: '-PT1H', user: '@max', method: 'fido2' },
];

/** A Microsoft tenant with rows for all that is read. */
export const filledMicrosoft = (): Promise<Tenant> => startTenant(ROWS, { pageSize: 2 });
/** One with rows for all that is acted on. */
export const microsoftToActOn = (): Promise<Tenant> => startTenant(ACTED_ON, { people: { bo: ANOTHER_ADMIN } });

export function microsoftSubject(tenant: Tenant): Subject {
  const { evidence, containment, people } = microsoftCredentials(tenant.world);
  return subjectOf(
    'microsoft',
    tenant,
    [evidence, containment, people].map((role) => role.clientSecret),
  );
}
/** As in a worker, with a time-out for each call. */
export const microsoftEvidence = (tenant: Tenant, timeoutMs: number): EvidencePort => evidenceOf(tenant, { timeoutMs });
