import { nearest } from '../kit/accounts.js';
import { isTooMuch, type Fields } from '../kit/fields.js';
import { lookingFor, type AlertFormat, type NamedSubject } from '../kit/parser.js';
import { instantOf, severityOf } from '../kit/values.js';
import { about } from './about.js';

/**
 * Who is under suspicion, by the type of `data` (developers.google.com/workspace/admin/alertcenter/reference/rest/v1beta1): who acted
 * (SensitiveAdminAction, RuleViolationInfo), else whose account it is about. Addresses of other fields are of people who were harmed or
 * only affected (`GoogleOperations.affectedUserEmails`, recipients of a message): no subjects.
 */
const ACTORS = ['actorEmail', 'ruleViolationInfo.triggeringUserEmail', 'triggeringUserEmail'] as const;
const ACCOUNTS = [
  ...['email', 'userEmail', 'superAdminPasswordResetEvent.userEmail'],
  // Who holds the rights now.
  ...['primaryAdminChangedEvent.updatedAdminEmail', 'updatedAdminEmail'],
] as const;

/** Google Alert Center alert: bare, in the list of the API (`alerts`), or in an envelope of Pub/Sub, pushed (`message.data`, base64) or pulled. */
export const googleAlertCenter: AlertFormat = {
  about,
  looksLike: (body) =>
    split(body).some((f) => f.has('alertId') && ['customerId', 'source', 'data'].some((key) => f.has(key))),
  split,
  read(f) {
    const data = f.at('data');
    const status = f.text('metadata.status');
    const over = f.at('deleted').value === true || status === 'CLOSED';
    return {
      dedupeKey: f.text('alertId', 'metadata.alertId'),
      state: over ? 'closed' : status === 'IN_PROGRESS' ? 'update' : 'new',
      platform: 'google',
      ...lookingFor(f, subjects),
      noSubject:
        'google-alert-center: this type of alert names no user; find who it is about in the investigation tool, then give their address on the console (Undelivered)',
      title: [f.text('source'), f.text('type')].filter((t) => t !== undefined).join(': '),
      severity: severityOf(f.text('metadata.severity')),
      severityRaw: f.text('metadata.severity'),
      occurredAt: instantOf(f.text('startTime', 'createTime')),
      detectedAt: instantOf(f.text('createTime')),
      ips: [data.text('loginDetails.ipAddress')],
      evidence: [{ type: 'file', value: data.text('ruleViolationInfo.resourceInfo.resourceTitle') }],
      link: f.text('securityInvestigationToolLink'),
    };
  },
};

function subjects(f: Fields): readonly NamedSubject[] {
  const data = f.at('data');
  const vendorTenantId = customerOf(f);
  const of = (emails: readonly string[]): readonly NamedSubject[] => emails.map((email) => ({ email, vendorTenantId }));
  // Phishing that came from inside was sent by an account of ours.
  const sender =
    data.at('isInternal').value === true ? ['maliciousEntity.entity.emailAddress', 'maliciousEntity.fromHeader'] : [];
  const requests = data.list('requestInfo').flatMap((r) => r.texts('appDeveloperEmail'));
  return nearest([of(data.texts(...ACTORS)), of([...data.texts(...ACCOUNTS, ...sender), ...requests])], 'google');
}

function split(body: Fields): readonly Fields[] {
  const several = [...body.list('alerts'), ...body.list('receivedMessages')];
  return (several.length > 0 ? several : [body]).flatMap(unpacked);
}

/** The alerts of an envelope of Pub/Sub, or what it is already. */
function unpacked(body: Fields): readonly Fields[] {
  const data = body.text('message.data');
  if (data === undefined) return [body];
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
  } catch {
    return [body];
  }
  const inner = body.at('message.data').holding(isTooMuch(value) ? undefined : value);
  const several = inner.list('alerts');
  return several.length > 0 ? several : [inner];
}

/** The Alert Center leaves out the `C` that a customer id has in every other API of Google. */
function customerOf(f: Fields): string | undefined {
  const id = f.aside().text('customerId');
  return id === undefined || id.startsWith('C') ? id : `C${id}`;
}
