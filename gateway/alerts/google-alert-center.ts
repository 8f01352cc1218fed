import type { Alert } from '../../domain/alert.js';
import { Fields } from './fields.js';
import { alertOf, assertIs, subjectsOf, type AlertContext } from './read.js';
import { evidenceOf, instantOf, severityOf } from './values.js';

/**
 * Where each data type names who acted (developers.google.com/workspace/admin/alertcenter/reference). People whom an alert calls
 * affected are not who it suspects, and phishing mails name outsiders.
 */
const ACTORS = [
  'email',
  'actorEmail',
  'ruleViolationInfo.triggeringUserEmail',
  'requestInfo.email',
  'primaryAdminChangedEvent.updatedAdminEmail',
  'superAdminPasswordResetEvent.userEmail',
] as const;

/** Google Alert Center alert, bare or in a Pub/Sub push envelope (`message.data`, base64 JSON). */
export function parseGoogleAlertCenter(body: Fields, context: AlertContext): Alert {
  const f = unwrap(body);
  assertIs(context, f.has('alertId') && (f.has('source') || f.has('type')), 'alertId, source and type');
  const data = f.at('data');
  const customer = f.text('customerId');
  const status = f.text('metadata.status');
  const closed = f.at('deleted').value === true || status === 'CLOSED';
  return alertOf(context, {
    id: f.text('alertId'),
    groupKey: f.text('securityInvestigationToolLink'),
    state: closed ? 'closed' : status === 'IN_PROGRESS' ? 'update' : 'new',
    platform: 'google',
    subjects: subjectsOf(
      data.texts(...ACTORS).map((email) => ({ email, platform: 'google', vendorTenantId: customer })),
    ),
    title: [f.text('source'), f.text('type')].filter((t) => t !== undefined).join(': ') || undefined,
    severity: severityOf(f.text('metadata.severity')),
    severityRaw: f.text('metadata.severity'),
    occurredAt: instantOf(f.text('startTime', 'createTime')),
    detectedAt: instantOf(f.text('createTime')),
    ips: data.texts('loginDetails.ipAddress'),
    evidence: [
      ...evidenceOf('file', data.texts('ruleViolationInfo.resourceInfo.resourceTitle')),
      ...evidenceOf('query', [data.text('ruleViolationInfo.ruleInfo.displayName', 'displayName')]),
    ],
    link: f.text('securityInvestigationToolLink'),
  });
}

function unwrap(body: Fields): Fields {
  const data = body.text('message.data');
  if (data === undefined || body.has('alertId')) return body;
  try {
    return new Fields(JSON.parse(Buffer.from(data, 'base64').toString('utf8')));
  } catch {
    return body;
  }
}
