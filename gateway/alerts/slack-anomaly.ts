import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { Fields } from './fields.js';
import { alertOf, subjectsOf, type AlertContext, type SubjectParts } from './read.js';
import { evidenceOf, instantOf } from './values.js';

/** The reasons that tell most of T1213.005, or of a taken session; Slack gives no severity of its own (docs.slack.dev, anomalous events reference). */
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
/** Slack's own account, under which it reports about the entity. */
const SLACK_ITSELF = 'USLACKUSER';

/** An `anomaly` entry of the Slack audit log. `reason` may be missing or an object, `session_id` a number or text. */
export function parseSlackAnomaly(f: Fields, context: AlertContext): Alert {
  if (f.text('action') !== 'anomaly')
    throw new QuellError('ALERT_FORMAT', 'slack-anomaly: only entries with the action `anomaly` are alerts');
  const details = f.at('details');
  const reasons = reasonsOf(details);
  const actor = f.at('actor.user');
  const who = actor.text('id') === undefined || actor.text('id') === SLACK_ITSELF ? f.at('entity.user') : actor;
  const app = f.text('context.app.id', 'entity.app.id');
  const team = who.text('team') ?? workspaceOf(f);
  const occurredAt = instantOf(details.text('action_timestamp')) ?? instantOf(f.text('date_create'));
  const session = f.text('context.session_id');
  const subjects: SubjectParts[] = [
    { email: who.text('email'), nativeId: who.text('id'), platform: 'slack', vendorTenantId: team },
  ];
  // An app's own token acted: it is a subject of its own, beside the person who holds it.
  if (app !== undefined) subjects.push({ kind: 'app', nativeId: app, platform: 'slack', vendorTenantId: team });
  return alertOf(context, {
    id: f.text('id'),
    groupKey: [who.text('id') ?? app ?? '', session ?? '', (occurredAt ?? '').slice(0, 10)].join(':'),
    platform: 'slack',
    subjects: subjectsOf(subjects),
    title: `Slack anomaly: ${reasons.join(', ') || 'no reason given'}`,
    severity: reasons.some((r) => HIGH.includes(r)) ? 'high' : 'medium',
    occurredAt,
    detectedAt: instantOf(f.text('date_create')),
    ips: [...f.texts('context.ip_address'), ...details.texts('previous_ip_address')],
    userAgent: f.text('context.ua'),
    sessionId: session,
    attack: ['T1213.005'],
    evidence: [
      ...evidenceOf('app', [app]),
      ...evidenceOf('query', details.texts('api_call_method')),
      ...evidenceOf('session', [details.text('client_ja3_fingerprint')]),
    ],
  });
}

function reasonsOf(details: Fields): readonly string[] {
  const { value } = details.at('reason');
  const named =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : details.texts('reason');
  return named.filter((r) => /^[a-z_]{1,60}$/.test(r));
}

function workspaceOf(f: Fields): string | undefined {
  return f.text('context.location.type') === 'workspace' ? f.text('context.location.id') : undefined;
}
