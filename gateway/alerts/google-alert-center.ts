import type { Alert } from '../../domain/alert.js';
import { alertOf, Fields, instantOf, severityOf, subjectsOf, type AlertContext } from './read.js';

/** Google Alert Center alert, bare or in a Pub/Sub push envelope (`message.data`, base64). */
export function parseGoogleAlertCenter(value: unknown, context: AlertContext): readonly Alert[] {
  const f = unwrap(new Fields(value));
  const data = f.at('data');
  const status = f.text('metadata.status');
  return [
    alertOf(context, {
      dedupeKey: f.text('alertId'),
      groupKey: f.text('securityInvestigationToolLink'),
      state:
        f.at('deleted').value === true || status === 'CLOSED' ? 'closed' : status === 'IN_PROGRESS' ? 'update' : 'new',
      platform: 'google',
      subjects: subjectsOf(
        [
          data.text('email'),
          data.text('actorEmail'),
          data.text('ruleViolationInfo.triggeringUserEmail'),
          ...data.texts('affectedUserEmails'),
        ].map((email) => ({ email, platform: 'google' as const, vendorTenantId: f.text('customerId') })),
      ),
      title: [f.text('source'), f.text('type')].filter((t) => t !== undefined).join(': '),
      severity: severityOf(f.text('metadata.severity')),
      severityRaw: f.text('metadata.severity'),
      occurredAt: instantOf(f.text('startTime', 'createTime')),
      detectedAt: instantOf(f.text('createTime')),
      ips: [data.text('loginDetails.ipAddress')].filter((ip) => ip !== undefined),
      link: f.text('securityInvestigationToolLink'),
    }),
  ];
}

function unwrap(f: Fields): Fields {
  const data = f.text('message.data');
  if (data === undefined) return f;
  try {
    return new Fields(JSON.parse(Buffer.from(data, 'base64').toString('utf8')));
  } catch {
    return f;
  }
}
