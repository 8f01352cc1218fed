import { objectIdOf } from '../../../domain/account-names.js';
import { instantOf } from '../../../domain/instants.js';
import type { Platform, Severity } from '../../../domain/platform.js';
import type { Fields } from '../kit/fields.js';
import { lookingFor, type AlertParts, type NamedSubject } from '../kit/parser.js';
import { platformOf, severityOf, techniques } from '../kit/values.js';
import { accountIdOf, addressOfPerson, clientsIn } from '../kit/rows/people.js';

const KINDS: ReadonlySet<string> = new Set([
  'account',
  'user',
  'ip',
  'service',
  'policyRule',
  'country',
  'file',
  'activity',
  'discovery_stream',
  'oauthApp',
]);
/** `severityValue` (learn.microsoft.com/defender-cloud-apps/api-alerts). */
const SEVERITY: Readonly<Record<string, Severity>> = { 0: 'low', 1: 'medium', 2: 'high', 3: 'info' };
/** `appId`s of the services that people's accounts are in. */
const SERVICES: Readonly<Record<string, Platform>> = {
  11161: 'microsoft',
  15600: 'microsoft',
  20892: 'microsoft',
  20893: 'microsoft',
  11770: 'google',
};

/** An alert of Defender for Cloud Apps, by the kinds of its entities or the mark that collectors put on it. */
export const isCloudAppsAlert = (f: Fields): boolean =>
  (f.has('_id') || f.has('id')) &&
  !f.has('Operation') &&
  f.list('entities').length > 0 &&
  (/cloud app/i.test(f.text('_vendor', 'vendor', 'product') ?? '') ||
    (f.list('entities').some((e) => KINDS.has(e.text('type') ?? '')) &&
      ['severityValue', 'statusValue', 'resolutionStatusValue', 'threatScore', 'policy', 'stories'].some((key) =>
        f.has(key),
      )));

/** An alert whose people are the entities of the kinds `account` (`pa` the principal name, `em` the address, `id` in the service) and `user`. */
export function readCloudAppsAlert(f: Fields): AlertParts {
  const of = (kind: string): readonly Fields[] => entitiesOf(f, kind);
  const raw = f.text('severityValue', 'severity');
  const platform = platformOf(...of('service').map((s) => s.text('label'))) ?? serviceOf(of('account')[0]);
  return {
    dedupeKey: f.text('_id', 'id'),
    groupKey: f.text('policy.id') ?? of('policyrule')[0]?.text('id'),
    state: isOver(f) ? 'closed' : 'new',
    platform,
    ...lookingFor(f, (g) => peopleOf(g, platform)),
    noSubject:
      'office-365-alert: no entity of the kinds account and user in `entities` has a mail address or an object id',
    title: f.text('title') ?? of('policyrule')[0]?.text('label'),
    severity: SEVERITY[raw ?? ''] ?? severityOf(raw),
    severityRaw: raw,
    occurredAt: instantOf(f.text('timestamp')),
    detectedAt: instantOf(f.text('timestamp')),
    ips: clientsIn(of('ip').flatMap((ip) => [ip.text('id'), ip.text('label')].filter((t) => t !== undefined))),
    attack: techniques([...f.texts('mitreTechniques'), ...of('mitre').flatMap((m) => m.text('id') ?? [])]),
    evidence: [
      ...of('file').map((file) => ({ type: 'file' as const, value: file.text('label') })),
      ...of('service').map((service) => ({ type: 'app' as const, value: service.text('label') })),
    ],
    link: f.text('URL', 'url'),
  };
}

const entitiesOf = (f: Fields, kind: string): readonly Fields[] =>
  f.list('entities').filter((e) => e.aside().text('type')?.toLowerCase() === kind);

function peopleOf(f: Fields, platform: Platform | undefined): readonly NamedSubject[] {
  return [
    ...entitiesOf(f, 'account').map((account) => personOf(account, platform)),
    ...entitiesOf(f, 'user').map((user) => ({
      email: addressOfPerson(user.text('id')) ?? addressOfPerson(user.text('label')),
    })),
    ...entitiesOf(f, 'oauthapp').map((app) => ({ kind: 'app' as const, nativeId: objectIdOf(app.text('id')) })),
  ];
}

function personOf(account: Fields, alertPlatform: Platform | undefined): NamedSubject {
  const platform = serviceOf(account) ?? alertPlatform;
  const names = [account.text('pa'), account.text('em'), account.text('id'), account.text('label')];
  const [email] = names.flatMap((name) => addressOfPerson(name) ?? []);
  return { email, nativeId: accountIdOf(platform, account.text('id')), platform };
}

const serviceOf = (account: Fields | undefined): Platform | undefined => SERVICES[account?.text('saas', 'appId') ?? ''];

/** Dismissed, resolved or classified. */
const isOver = (f: Fields): boolean =>
  (f.number('resolutionStatusValue') ?? 0) > 0 || f.at('is_open').value === false || f.has('resolveTime');
