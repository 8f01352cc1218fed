import { QuellError } from '../../../domain/errors.js';
import { instantOf } from '../../../domain/instants.js';
import type { Fields } from '../kit/fields.js';
import { looksOf, type AlertParts, type NamedSubject } from '../kit/parser.js';
import { severalOf, severityOf, techniques } from '../kit/values.js';
import { objectIn } from '../kit/rows/json-text.js';
import { accountIdOf, addressOfPerson, clientsIn, isNobody } from '../kit/rows/people.js';

const ALERTS: ReadonlySet<string> = new Set(['AlertTriggered', 'AlertEntityGenerated', 'AlertUpdated']);
/** SecurityComplianceAlerts, MCASAlerts: alerts whatever their operation is called (an alert of Cloud Apps is named for its policy). */
const ALERT_TYPES: ReadonlySet<string> = new Set(['40', '98', 'SecurityComplianceAlerts', 'MCASAlerts']);
/** ThreatIntelligenceUrl, ThreatIntelligenceAtpContent: who clicked or wrote is `UserId`. */
const THREAT_TYPES: ReadonlySet<string> = new Set([
  '41',
  '47',
  'ThreatIntelligenceUrl',
  'ThreatIntelligenceAtpContent',
]);

/** A record of the Management Activity API, of an alert or not. */
export const isRecord = (f: Fields): boolean =>
  f.has('Operation') &&
  (f.has('RecordType') || f.has('AlertId')) &&
  ['Workload', 'UserId', 'CreationTime'].some((key) => f.has(key));

/**
 * An alert of the compliance centre (learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema,
 * "Security and Compliance Alerts schema"). `UserId` is the service; the account stands in the JSON text `Data` (`suid` who submitted,
 * `f3u` whom the policy was about) and as the entity. Undefined for records that are no alert. Errors: ALERT_FORMAT.
 */
export function readRecord(f: Fields): AlertParts | undefined {
  const [operation, type] = [f.text('Operation') ?? '', f.text('RecordType') ?? ''];
  const isAlert = ALERTS.has(operation) || ALERT_TYPES.has(type);
  if (!isAlert && !THREAT_TYPES.has(type)) return undefined;
  if (isAlert && !f.has('AlertId') && !f.has('Id'))
    throw new QuellError('ALERT_FORMAT', 'office-365-alert: the record has no AlertId and no Id');
  const data = dataOf(f);
  const entity = f.text('AlertEntityId') ?? data.text('eid');
  const alertId = f.text('AlertId');
  const severity = f.text('Severity') ?? data.text('sev');
  return {
    // A later entity of the same alert is another person's; an update of the alert is the alert.
    dedupeKey:
      alertId === undefined
        ? f.text('Id')
        : operation === 'AlertEntityGenerated' && entity !== undefined
          ? `${alertId}:${entity.toLowerCase()}`
          : alertId,
    groupKey: alertId ?? f.text('PolicyId'),
    state: stateOf(f.text('Status'), operation),
    platform: 'microsoft',
    subjects: peopleOf(f, isAlert).map((person) => ({ ...person, vendorTenantId: f.text('OrganizationId') })),
    lookedFor: looksOf(f, (g) => peopleOf(g, isAlert)),
    noSubject:
      'office-365-alert: the record names no account by mail address or object id; its UserId is a service, recipients of a mail are no suspects',
    title: f.text('Name', 'AlertDisplayName') ?? data.text('an', 'ad') ?? operation,
    severity: severityOf(severity),
    severityRaw: severity,
    occurredAt:
      instantOf(data.text('ts') ?? f.text('ActivityStartTime', 'TimeOfClick', 'CreationTime')) ??
      instantOf(f.text('CreationTime')),
    detectedAt: instantOf(f.text('CreationTime')),
    ips: clientsIn([
      ...f.texts('ClientIP', 'ClientIPs', 'UserIp'),
      ...data.texts('cip', ...(isOfMail(data) ? [] : ['sip'])),
    ]),
    userAgent: f.text('UserAgent'),
    attack: techniques([...f.texts('MitreTechniques', 'Techniques'), ...data.texts('mitre')]),
    evidence: [
      { type: 'query', value: data.text('op', 'lon') },
      { type: 'file', value: data.text('fn', 'zfn') ?? f.text('FileData.FileName', 'SourceFileName') },
      { type: 'url', value: f.text('Url', 'URL') },
    ],
    link: f.texts('AlertLinks.AlertLinkHref')[0] ?? linksOf(f)[0] ?? data.text('alk'),
  };
}

/** What the JSON text `Data` holds. */
const dataOf = (f: Fields): Fields => {
  const data = f.at('Data');
  return data.holding(objectIn(data.value) ?? {});
};

/** A mail's sender and recipients stand in the data: `sip` is then the sender's server. */
const isOfMail = (data: Fields): boolean => data.has('tsd') || data.has('trc');

const linksOf = (f: Fields): readonly string[] =>
  f.list('AlertLinks').flatMap((link) => link.text('AlertLinkHref') ?? []);

/** The first of these that names somebody: who submitted, whom the policy was about, the account that is the entity. */
function peopleOf(f: Fields, isAlert: boolean): readonly NamedSubject[] {
  const data = dataOf(f);
  const kind = (f.aside().text('EntityType') ?? data.aside().text('etype') ?? 'User').toLowerCase();
  const isAccount = ['user', 'sender', 'mailbox'].includes(kind);
  const own = f.texts('UserId');
  const fields = isAlert
    ? [
        data.texts('suid'),
        data.texts('f3u'),
        isAccount ? [f.text('AlertEntityId') ?? data.text('eid') ?? ''] : [],
        f.texts('AccountUpn', 'UserPrincipalName'),
        own,
      ]
    : [own, f.texts('LastModifiedBy')];
  for (const field of fields) {
    const found = severalOf(field).flatMap((name) => personOf(name) ?? []);
    if (found.length > 0) return found;
  }
  return [];
}

function personOf(name: string): NamedSubject | undefined {
  if (isNobody(name)) return undefined;
  const email = addressOfPerson(name);
  const nativeId = accountIdOf('microsoft', name);
  return email === undefined && nativeId === undefined ? undefined : { email, nativeId };
}

function stateOf(status: string | undefined, operation: string): 'new' | 'update' | 'closed' {
  if (/^(?:resolved|dismissed)$/i.test(status ?? '')) return 'closed';
  return operation === 'AlertUpdated' || /^investigating$/i.test(status ?? '') ? 'update' : 'new';
}
