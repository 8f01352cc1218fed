import { QuellError } from '../../../domain/errors.js';
import type { Severity } from '../../../domain/platform.js';
import type { Fields } from '../kit/fields.js';
import type { AlertParser, NamedSubject } from '../kit/parser.js';
import { instantOf } from '../kit/values.js';

/** Slack gives no severity. These tell most of an account that is used by somebody else, or to collect. */
const HIGH = [
  'excessive_downloads',
  'excessive_file_shares',
  'excessive_malware_uploads',
  'session_fingerprint',
  'tor',
  'unexpected_admin_action',
  'unexpected_api_call_volume',
  'unexpected_scraping',
];
/** Reasons that are this technique itself. */
const COLLECTION = ['excessive_downloads', 'unexpected_api_call_volume', 'unexpected_scraping'];
/** Slack acting by itself stands as the actor of what it does to others. */
const SLACKBOT = 'USLACKUSER';

/**
 * An `anomaly` entry of the Slack audit log, or the log's page of them in `entries`
 * (docs.slack.dev/reference/audit-logs-api/anomalous-events-reference).
 */
export const slackAnomaly: AlertParser = {
  looksLike: (body) => split(body).some((f) => f.has('action') && f.has('actor') && f.has('date_create')),
  split,
  read(f) {
    if (f.text('action') !== 'anomaly')
      throw new QuellError('ALERT_FORMAT', 'slack-anomaly: only entries with the action anomaly are alerts');
    const details = f.at('details');
    const reasons = reasonsOf(details);
    return {
      dedupeKey: f.text('id'),
      groupKey: [f.text('actor.user.id'), f.text('context.session_id')].filter((t) => t !== undefined).join(':'),
      platform: 'slack',
      subjects: subjects(f),
      title: `Slack anomaly: ${reasons.join(', ') || 'no reason given'}`,
      severity: severity(reasons),
      // Some samples hold seconds in `date_create`, some text; `action_timestamp` has 13 or 16 digits.
      occurredAt: instantOf(details.text('action_timestamp')) ?? instantOf(f.text('date_create')),
      detectedAt: instantOf(f.text('date_create')),
      ips: [f.text('context.ip_address'), details.text('previous_ip_address')],
      userAgent: f.text('context.ua'),
      sessionId: f.text('context.session_id'),
      attack: reasons.some((r) => COLLECTION.includes(r)) ? ['T1213.005'] : [],
      evidence: [
        { type: 'app', value: f.text('context.app.id') },
        { type: 'query', value: details.text('api_call_method') },
      ],
    };
  },
};

function split(body: Fields): readonly Fields[] {
  const many = body.list('entries');
  return many.length > 0 ? many : [body];
}

/** Usually a list; seen as text, as an object whose keys are the reasons, and missing. */
function reasonsOf(details: Fields): readonly string[] {
  const { value } = details.at('reason');
  const texts = details.texts('reason');
  return texts.length > 0 || typeof value !== 'object' || value === null || Array.isArray(value)
    ? texts
    : Object.keys(value);
}

function severity(reasons: readonly string[]): Severity {
  if (reasons.length === 0) return 'low';
  return reasons.some((r) => HIGH.includes(r)) ? 'high' : 'medium';
}

function subjects(f: Fields): readonly NamedSubject[] {
  const actor = f.at('actor.user');
  const user = actor.text('id') === SLACKBOT ? f.at('entity.user') : actor;
  const app = f.text('entity.type') === 'app' ? f.text('entity.app.id') : undefined;
  return [
    { email: user.text('email'), nativeId: user.text('id'), vendorTenantId: user.text('team') },
    { kind: 'app', nativeId: app },
  ];
}
