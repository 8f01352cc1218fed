import { instantOf } from '../../../domain/instants.js';
import type { Instant, Severity } from '../../../domain/platform.js';
import type { Fields } from '../kit/fields.js';
import { looksOf, type AlertFormat, type NamedSubject } from '../kit/parser.js';
import { severalOf, severityOf, techniques } from '../kit/values.js';
import { clientsIn, addressOfPerson } from '../kit/rows/people.js';
import { about } from './about.js';
import { eventsOf, field, readEvents } from './udm.js';

/**
 * Detection of Google Security Operations (Chronicle): one, or the list of the API in `detections`, in the camel case of REST or the
 * snake case of exports (cloud.google.com/chronicle/docs/reference/rest, Detection; UDM field list). Rules that only hunt
 * (`NOT_ALERTING`) raise no alert.
 */
export const googleSecops: AlertFormat = {
  about,
  looksLike: (body) => split(body).some(isDetection),
  split,
  read(f) {
    const rule = ruleOf(f);
    const state = field(rule, 'alertState').text('') ?? field(f, 'alertState').text('');
    if (state === 'NOT_ALERTING') return undefined;
    const events = eventsOf(f);
    const all = (noun: string, name: string): readonly string[] =>
      events.flatMap((event) => field(event.at(noun), name).texts(''));
    const labels = pairs(rule, 'ruleLabels');
    const outcomes = [pairs(rule, 'outcomes'), pairs(rule, 'detectionFields')];
    const outcome = (name: string): string | undefined => outcomes.flatMap((o) => o.texts(name))[0];
    const raw = labels.text('severity', 'Severity') ?? field(rule, 'severity').text('') ?? outcome('severity');
    const score = field(rule, 'riskScore').text('') ?? outcome('risk_score');
    const { platform, actors } = readEvents(events);
    const read = (g: Fields): readonly NamedSubject[] => namedIn(ruleOf(g));
    const times = all('metadata', 'eventTimestamp').flatMap((t) => instantOf(t) ?? []);
    return {
      dedupeKey: f.text('id') ?? f.text('name'),
      groupKey: field(rule, 'ruleId').text(''),
      state: /CLOSED/.test(f.text('feedbackSummary.status', 'feedback_summary.status') ?? '') ? 'closed' : 'new',
      platform,
      subjects: actors.length > 0 ? actors : read(f),
      lookedFor: looksOf(f, (g) => [readEvents(eventsOf(g)), read(g)]),
      noSubject:
        'google-secops: no event names who acted, and no outcome an address; let the rule match on principal.user.email_addresses',
      title: field(rule, 'ruleName').text('') ?? f.text('displayName'),
      severity: raw === undefined ? ofScore(Number(score ?? Number.NaN)) : severityOf(raw),
      severityRaw: raw ?? score,
      occurredAt:
        earliest(times) ??
        instantOf(field(f, 'timeWindow.startTime').text('')) ??
        instantOf(field(f, 'detectionTime').text('')),
      detectedAt: instantOf(field(f, 'createdTime').text('')) ?? instantOf(field(f, 'detectionTime').text('')),
      ips: clientsIn(all('principal', 'ip')),
      userAgent: all('network.http', 'userAgent')[0],
      sessionId: all('network', 'sessionId')[0],
      attack: techniques([
        ...field(rule, 'tags').texts(''),
        ...field(f, 'tags').texts(''),
        ...labels.texts('mitre_attack_technique', 'mitre_technique', 'technique', 'mitre_attack_technique_id'),
      ]),
      evidence: [
        ...all('target.file', 'fullPath').map((value) => ({ type: 'file' as const, value })),
        ...all('target', 'url').map((value) => ({ type: 'url' as const, value })),
        ...all('metadata', 'productEventType').map((value) => ({ type: 'query' as const, value })),
      ],
      link: field(rule, 'urlBackToProduct').text(''),
    };
  },
};

function split(body: Fields): readonly Fields[] {
  const many = body.list('detections');
  return (many.length > 0 ? many : [body]).map((f) => (f.has('detection.detection') ? f.at('detection') : f));
}

const isDetection = (f: Fields): boolean =>
  f.text('type') === 'RULE_DETECTION' ||
  ((f.has('collectionElements') || f.has('collection_elements')) && f.has('detection'));

const ruleOf = (f: Fields): Fields => f.list('detection')[0] ?? f.at('detection');

/** Lists of `{ key, value }`, and objects of the same. */
function pairs(rule: Fields, name: string): Fields {
  const values = field(rule.aside(), name).list('');
  const entries = values.flatMap((pair) => {
    const key = pair.text('key');
    return key === undefined ? [] : [[key, pair.at('value').value] as const];
  });
  const only = values.length === 1 && entries.length === 0 ? values[0]?.value : undefined;
  return rule.at(name).holding(typeof only === 'object' && only !== null ? only : Object.fromEntries(entries));
}

/** A rule of aggregates keeps people in its outcomes alone: those whose name speaks of who acted. */
function namedIn(rule: Fields): readonly { readonly email: string }[] {
  return ['detectionFields', 'outcomes'].flatMap((list) => {
    const of = pairs(rule, list);
    const names = Object.keys(of.value ?? {}).filter(
      (name) =>
        /user|email|actor|principal|account/i.test(name) && !/target|dest|victim|affected|recipient/i.test(name),
    );
    // The names are the sender's own, and no paths.
    const values = of.value as Readonly<Record<string, unknown>>;
    const people = severalOf(names.flatMap((name) => of.holding(values[name], name).texts('')));
    return people.flatMap((name) => addressOfPerson(name) ?? []).map((email) => ({ email }));
  });
}

/** `risk_score` of a rule is 0 to 100; what a rule leaves at the product's defaults (15, 40) is not known. */
const ofScore = (score: number): Severity => (score >= 80 ? 'high' : score >= 50 ? 'medium' : 'low');

const earliest = (times: readonly Instant[]): Instant | undefined =>
  times.reduce<Instant | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
