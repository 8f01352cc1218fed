import { instantOf } from '../../../domain/instants.js';
import type { Fields } from '../kit/fields.js';
import type { AlertParser, AlertParts } from '../kit/parser.js';
import { platformOf, severityOf, techniques } from '../kit/values.js';
import { objectIn } from '../rows/json-text.js';
import { factsOfRow, joined, noSubjectIn } from '../rows/log-row.js';
import { templateOf } from '../rows/template.js';
import { tagsIn } from './tags.js';

/**
 * Datadog: a webhook, whose body is the default payload or a template of `$VARIABLES` (docs.datadoghq.com/integrations/webhooks), and a
 * security signal as the API gives it, alone or in `data` (docs.datadoghq.com/api, Security Monitoring).
 */
export const datadog: AlertParser = {
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
  t.has('securitysignalid') ||
  t.has('securitysignalattributes') ||
  t.has('alertcyclekey') ||
  (t.has('alerttransition') && ['alertid', 'alerttitle', 'eventtitle', 'alertstatus'].some((key) => t.has(key))) ||
  (t.has('eventtype') && t.has('lastupdated') && t.has('org') && t.has('title'));

function readSignal(f: Fields): AlertParts {
  const a = f.at('attributes');
  const tags = tagsIn(a.texts('tags'));
  const raw =
    a.text('custom.status', 'attributes.status', 'status', 'severity', 'custom.severity') ?? tags.text('severity');
  const custom = ['custom', 'attributes'].map((key) => a.at(key).value);
  return {
    ...read(f.text('id'), [...custom, tags.value], 'attributes.custom', tags),
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
  const tags = tagsIn([...t.texts('tags'), ...t.texts('alertscope')]);
  const attributes = objectIn(t.at('securitysignalattributes').value);
  const group = objectIn(t.at('securityrulegroupbyfields').value);
  const transition = t.text('alerttransition') ?? '';
  const raw = t.text('securitysignalseverity', 'severity');
  const [id, date] = [t.text('id', 'eventid', 'alertid'), t.text('date', 'lastupdated')];
  return {
    ...read(
      // The cycle lasts from trigger to recovery; the id of a monitor is that of all its alerts.
      t.text('securitysignalid') ??
        t.text('alertcyclekey') ??
        (t.has('id') || t.has('eventid') ? id : id && date ? `${id}:${date}` : undefined),
      [attributes, group, objectIn(t.at('logssample').value), tags.value],
      'SECURITY_SIGNAL_ATTRIBUTES, SECURITY_RULE_GROUP_BY_FIELDS, LOGS_SAMPLE and TAGS',
      tags,
    ),
    groupKey: t.text('securityruleid', 'alertid', 'aggregkey'),
    state: /^(?:recovered|resolved)/i.test(transition)
      ? 'closed'
      : /^(?:re-|renotify)/i.test(transition)
        ? 'update'
        : 'new',
    title: t.text('securitysignaltitle', 'alerttitle', 'eventtitle', 'title', 'securityrulename'),
    severity: raw === undefined ? (PRIORITY[t.text('alertpriority') ?? ''] ?? 'low') : severityOf(raw),
    severityRaw: raw ?? t.text('alertpriority'),
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
  | 'dedupeKey'
  | 'platform'
  | 'subjects'
  | 'noSubject'
  | 'occurredAt'
  | 'ips'
  | 'userAgent'
  | 'sessionId'
  | 'attack'
  | 'evidence'
>;

/** What attributes say: the first of these objects that names who acted says it; addresses and the rest come from all. */
function read(dedupeKey: string | undefined, objects: readonly unknown[], where: string, tags: Fields): Read {
  const rows = objects.filter((o) => o !== undefined).map((o) => factsOfRow(o));
  const facts = joined(rows);
  const acted = rows.find((row) => row.subjects.length > 0);
  return {
    dedupeKey,
    platform: platformOf(...tags.texts('source', 'service')) ?? facts.platform,
    subjects: acted?.subjects ?? [],
    noSubject: noSubjectIn('datadog', `the attributes (${where}; @usr.email, @usr.id)`, facts),
    occurredAt: facts.occurredAt,
    ips: facts.ips,
    userAgent: facts.userAgent,
    sessionId: facts.sessionId,
    attack: techniques(tags.texts('technique', 'mitre_technique', 'mitre')),
    evidence: facts.evidence,
  };
}
