import { QuellError } from '../../../domain/errors.js';
import type { Severity } from '../../../domain/platform.js';
import { nearest } from '../kit/accounts.js';
import type { Fields } from '../kit/fields.js';
import { lookingFor, type AlertFormat, type NamedSubject } from '../kit/parser.js';
import { instantOf } from '../kit/values.js';
import { about } from './about.js';

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

/**
 * An entry of the Slack audit log that tells of an anomaly (`anomaly` with its reasons, `audit_logs_records_searched_anomaly`, and what
 * Slack did about one), or the log's page of them in `entries` (docs.slack.dev/reference/audit-logs-api/anomalous-events-reference).
 */
export const slackAnomaly: AlertFormat = {
  about,
  looksLike: (body) => split(body).some((f) => f.has('action') && f.has('actor') && f.has('date_create')),
  split,
  read(f) {
    const action = f.text('action') ?? '';
    if (!isAnomaly(action))
      throw new QuellError(
        'ALERT_FORMAT',
        'slack-anomaly: only entries with the action anomaly, or one that ends in _anomaly, are alerts',
      );
    const details = f.at('details');
    const reasons = reasonsOf(action, details);
    return {
      dedupeKey: f.text('id'),
      groupKey: [f.text('actor.user.id'), f.text('context.session_id')].filter((t) => t !== undefined).join(':'),
      platform: 'slack',
      ...lookingFor(f, subjects),
      noSubject: 'slack-anomaly: neither the actor nor the entity is a user or an app with an id or an address',
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

const SUFFIX = '_anomaly';
/** Slack ended a person's sessions because of an anomaly. */
const RESPONSE = 'user_sessions_reset_by_anomaly_event_response';

const isAnomaly = (action: string): boolean => action === 'anomaly' || action.endsWith(SUFFIX) || action === RESPONSE;

function split(body: Fields): readonly Fields[] {
  const many = body.list('entries');
  return many.length > 0 ? many : [body];
}

/** Usually a list; seen as text, as an object whose keys are the reasons, and missing. An action of its own is its reason. */
function reasonsOf(action: string, details: Fields): readonly string[] {
  if (action.endsWith(SUFFIX)) return [action.slice(0, -SUFFIX.length)];
  if (action === RESPONSE) return ['sessions_reset'];
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

/** The actor; the entity where Slack itself, which is nobody, stands as the actor of what it does to others. */
function subjects(f: Fields): readonly NamedSubject[] {
  const user = (u: Fields): NamedSubject => ({
    email: u.text('email'),
    nativeId: u.text('id'),
    vendorTenantId: u.aside().text('team'),
  });
  const people = nearest([[user(f.at('actor.user'))], [user(f.at('entity.user'))]], 'slack');
  const app = f.aside().text('entity.type') === 'app' ? f.text('entity.app.id') : undefined;
  return [...people, { kind: 'app', nativeId: app }];
}
