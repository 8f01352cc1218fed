import { instantOf } from '../../../domain/instants.js';
import type { Fields } from '../kit/fields.js';
import type { AlertFormat, AlertParts } from '../kit/parser.js';
import { platformOf, severityOf, techniques } from '../kit/values.js';
import { objectIn } from '../kit/rows/json-text.js';
import { factsOfRow, joined, looksInRows } from '../kit/rows/log-row.js';
import { templateOf } from '../kit/rows/template.js';
import { about } from './about.js';
import { tagsIn } from './tags.js';

/**
 * Datadog: a webhook, whose body is the default payload or a template of `$VARIABLES` (docs.datadoghq.com/integrations/webhooks), and a
 * security signal as the API gives it, alone or in `data` (docs.datadoghq.com/api, Security Monitoring).
 */
export const datadog: AlertFormat = {
  about,
  looksLike: (body) => split(body).some((f) => isSignal(f) || isWebhook(templateOf(f))),
  split: (body) => split(body),
  read: (f) => (isSignal(f) ? readSignal(f) : readWebhook(templateOf(f))),
};

const split = (body: Fields): readonly Fields[] => {
  const many = body.list('data').filter(isSignal);
  return many.length > 0 ? many : [body];
};

const isSignal = (f: Fields): boolean => f.text('type') === 'signal' && f.has('attributes');

/** A signal's own variables, a monitor's, or the default payload with its organisation. */
const isWebhook = (t: Fields): boolean =>
  t.has('security_signal_id') ||
  t.has('security_signal_attributes') ||
  t.has('alert_cycle_key') ||
  (t.has('alert_transition') && ['alert_id', 'alert_title', 'event_title', 'alert_status'].some((key) => t.has(key))) ||
  (t.has('event_type') && t.has('last_updated') && t.has('org') && t.has('title'));

const signalTags = (f: Fields): Fields => tagsIn(f.at('attributes'), 'tags');
const signalRows = (f: Fields): readonly Fields[] => [
  ...['attributes.custom', 'attributes.attributes'].map((path) => f.at(path)),
  signalTags(f),
];

const webhookTags = (t: Fields): Fields => tagsIn(t, 'tags', 'alert_scope');
const webhookRows = (t: Fields): readonly Fields[] => [
  ...['security_signal_attributes', 'security_rule_group_by_fields', 'logs_sample'].map((path) => {
    const field = t.at(path);
    return field.holding(objectIn(field.value));
  }),
  webhookTags(t),
];

function readSignal(f: Fields): AlertParts {
  const a = f.at('attributes');
  const tags = signalTags(f);
  const raw =
    a.text('custom.status', 'attributes.status', 'status', 'severity', 'custom.severity') ?? tags.text('severity');
  return {
    ...read(f, signalRows, tags),
    dedupeKey: f.text('id'),
    groupKey: a.text('custom.workflow.rule.id', 'attributes.workflow.rule.id'),
    state: /archived/.test(a.text('custom.workflow.triage.state', 'attributes.workflow.triage.state') ?? '')
      ? 'closed'
      : 'new',
    title: a.text('custom.title', 'attributes.title', 'title', 'custom.workflow.rule.name', 'message'),
    severity: severityOf(raw),
    severityRaw: raw,
    detectedAt: instantOf(a.text('timestamp')),
  };
}

function readWebhook(t: Fields): AlertParts {
  const transition = t.text('alert_transition') ?? '';
  const raw = t.text('security_signal_severity', 'severity');
  const [id, date] = [t.text('id', 'event_id', 'alert_id'), t.text('date', 'last_updated')];
  return {
    ...read(t, webhookRows, webhookTags(t)),
    // The cycle lasts from trigger to recovery; the id of a monitor is that of all its alerts.
    dedupeKey:
      t.text('security_signal_id', 'alert_cycle_key') ??
      (t.has('id') || t.has('event_id') ? id : id && date ? `${id}:${date}` : undefined),
    groupKey: t.text('security_rule_id', 'alert_id', 'aggreg_key'),
    state: /^(?:recovered|resolved)/i.test(transition)
      ? 'closed'
      : /^(?:re-|renotify)/i.test(transition)
        ? 'update'
        : 'new',
    title: t.text('security_signal_title', 'alert_title', 'event_title', 'title', 'security_rule_name'),
    severity: raw === undefined ? (PRIORITY[t.text('alert_priority') ?? ''] ?? 'low') : severityOf(raw),
    severityRaw: raw ?? t.text('alert_priority'),
    detectedAt: instantOf(date),
    link: t.text('link', 'url'),
  };
}

/** Priority of a monitor, as its owner set it. */
const PRIORITY = { P1: 'critical', P2: 'high', P3: 'medium', P4: 'low', P5: 'info' } as Readonly<
  Record<string, 'critical' | 'high' | 'medium' | 'low' | 'info'>
>;

type Read = Pick<
  AlertParts,
  'platform' | 'subjects' | 'lookedFor' | 'occurredAt' | 'ips' | 'userAgent' | 'sessionId' | 'attack' | 'evidence'
>;

/** What attributes say: the first of these objects that names who acted says it; addresses and the rest come from all. */
function read(f: Fields, rowsOf: (f: Fields) => readonly Fields[], tags: Fields): Read {
  const rows = rowsOf(f).map((row) => factsOfRow(row));
  const facts = joined(rows);
  const acted = rows.find((row) => row.subjects.length > 0);
  return {
    platform: platformOf(...tags.texts('source', 'service')) ?? facts.platform,
    subjects: acted?.subjects ?? [],
    lookedFor: looksInRows(f, rowsOf),
    occurredAt: facts.occurredAt,
    ips: facts.ips,
    userAgent: facts.userAgent,
    sessionId: facts.sessionId,
    attack: techniques(tags.texts('technique', 'mitre_technique', 'mitre')),
    evidence: facts.evidence,
  };
}
