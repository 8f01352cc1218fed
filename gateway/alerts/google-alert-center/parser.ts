import type { AlertParser } from '../kit/parser.js';
import { Fields } from '../kit/fields.js';
import { instantOf, severityOf } from '../kit/values.js';

/**
 * Who is under suspicion, by the type of `data` (developers.google.com/workspace/admin/alertcenter/reference/alert-types).
 * Addresses of other fields are of people who were harmed or only affected (`GoogleOperations.affectedUserEmails`): no subjects.
 */
const ACTORS = ['email', 'actorEmail', 'ruleViolationInfo.triggeringUserEmail'] as const;

/** Google Alert Center alert, bare or in a Pub/Sub push envelope (`message.data`, base64). */
export const googleAlertCenter: AlertParser = {
  looksLike(body) {
    const [f] = split(body);
    return f?.has('alertId') === true && ['customerId', 'source', 'data'].some((key) => f.has(key));
  },
  split,
  read(f) {
    const data = f.at('data');
    const status = f.text('metadata.status');
    const over = f.at('deleted').value === true || status === 'CLOSED';
    return {
      dedupeKey: f.text('alertId'),
      state: over ? 'closed' : status === 'IN_PROGRESS' ? 'update' : 'new',
      platform: 'google',
      subjects: ACTORS.map((path) => ({ email: data.text(path), vendorTenantId: customerOf(f) })),
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

function split(body: Fields): readonly Fields[] {
  const data = body.text('message.data');
  if (data === undefined) return [body];
  try {
    return [new Fields(JSON.parse(Buffer.from(data, 'base64').toString('utf8')))];
  } catch {
    return [body];
  }
}

/** The Alert Center leaves out the `C` that a customer id has in every other API of Google. */
function customerOf(f: Fields): string | undefined {
  const id = f.text('customerId');
  return id === undefined || id.startsWith('C') ? id : `C${id}`;
}
