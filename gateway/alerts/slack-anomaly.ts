import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { Severity } from '../../domain/platform.js';
import { alertOf, Fields, instantOf, subjectsOf, type AlertContext } from './read.js';

/** The reasons that tell most of T1213.005; Slack gives no severity of its own. */
const HIGH = [
  'unexpected_scraping',
  'unexpected_api_call_volume',
  'excessive_downloads',
  'excessive_file_shares',
  'tor',
  'session_fingerprint',
  'unexpected_admin_action',
  'excessive_malware_uploads',
];

/** An `anomaly` entry of the Slack audit log, or a list of them in `entries`. */
export function parseSlackAnomaly(value: unknown, context: AlertContext): readonly Alert[] {
  const body = new Fields(value);
  const entries = body.list('entries').length > 0 ? body.list('entries') : [body];
  return entries.map((f) => {
    const action = f.text('action');
    if (action !== 'anomaly')
      throw new QuellError('ALERT_FORMAT', `slack-anomaly: action must be anomaly, not ${action ?? 'missing'}`);
    const details = f.at('details');
    const reasons = details.texts('reason');
    const severity: Severity = reasons.some((r) => HIGH.includes(r)) ? 'high' : 'medium';
    const user = f.at('actor.user');
    const named = f.at('entity.user');
    return alertOf(context, {
      dedupeKey: f.text('id'),
      groupKey: `${user.text('id') ?? ''}:${f.text('context.session_id') ?? ''}`,
      platform: 'slack',
      subjects: subjectsOf(
        [user.text('id') === 'USLACKUSER' ? named : user].map((u) => ({
          email: u.text('email'),
          nativeId: u.text('id'),
          platform: 'slack' as const,
          vendorTenantId: u.text('team'),
        })),
      ),
      title: `Slack anomaly: ${reasons.join(', ') || 'no reason given'}`,
      severity,
      occurredAt: instantOf(details.text('action_timestamp')) ?? instantOf(f.text('date_create')),
      detectedAt: instantOf(f.text('date_create')),
      ips: [f.text('context.ip_address'), details.text('previous_ip_address')].filter((v) => v !== undefined),
      userAgent: f.text('context.ua'),
      sessionId: f.text('context.session_id'),
      attack: ['T1213.005'],
      evidence: f.text('context.app.id') === undefined ? [] : [{ type: 'app', value: f.text('context.app.id') ?? '' }],
    });
  });
}
