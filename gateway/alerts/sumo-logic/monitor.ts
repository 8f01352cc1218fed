import { instantOf } from '../../../domain/instants.js';
import type { Instant, Severity } from '../../../domain/platform.js';
import type { Fields } from '../kit/fields.js';
import type { AlertParts } from '../kit/parser.js';
import { severityOf, techniques } from '../kit/values.js';
import { objectIn } from '../kit/rows/json-text.js';
import { factsOfRow, joined, looksInRows } from '../kit/rows/log-row.js';
import { templateOf } from '../kit/rows/template.js';

const RESULTS = [
  'resultsJsonParsed',
  'resultsJson',
  'customPlaceholderMap',
  'aggregateResultsJsonParsed',
  'aggregateResultsJson',
  'rawResultsJson',
];

/** The body of a monitor's or a scheduled search's webhook: it says what fired and holds results. */
export function isMonitorAlert(f: Fields): boolean {
  const t = templateOf(f);
  return (
    ['triggerType', 'triggerTime', 'fireTime', 'alertResponseUrl'].some((key) => t.has(key)) &&
    ['alertName', 'name', 'searchName', 'monitorName', ...RESULTS].some((key) => t.has(key))
  );
}

/** `TriggerType`: the threshold that was crossed; a recovery is `Resolved…` or Normal. */
const SEVERITY: Readonly<Record<string, Severity>> = { critical: 'critical', warning: 'medium', missingdata: 'low' };

export function readMonitorAlert(f: Fields): AlertParts {
  const t = templateOf(f);
  const facts = joined(resultsOf(f).map((row) => factsOfRow(row)));
  const trigger = t.text('triggerType');
  const [name, time] = [t.text('alertName', 'monitorName', 'name', 'searchName'), t.text('triggerTime', 'fireTime')];
  const raw = t.text('severity') ?? trigger;
  return {
    // A recovery has the id of its alert. Without an id the search and its run identify.
    dedupeKey: t.text('id', 'alertId') ?? t.text('alertResponseUrl') ?? (name && time ? `${name}:${time}` : undefined),
    groupKey: name,
    state: /^(?:resolved|normal)/i.test(trigger ?? '') ? 'closed' : 'new',
    platform: facts.platform,
    subjects: facts.subjects,
    lookedFor: looksInRows(f, resultsOf),
    noSubject: 'sumo-logic: no row of the results names an account by mail address or id; let the search output one',
    title: name,
    severity: SEVERITY[raw?.toLowerCase().replace(/[^a-z]/g, '') ?? ''] ?? severityOf(raw),
    severityRaw: raw,
    occurredAt: facts.occurredAt ?? triggerTime(time),
    detectedAt: triggerTime(time),
    ips: facts.ips,
    userAgent: facts.userAgent,
    sessionId: facts.sessionId,
    attack: techniques(t.texts('tags', 'mitre', 'techniques', 'description')),
    evidence: facts.evidence,
    link: t.text('alertResponseUrl', 'triggerQueryUrl', 'queryUrl', 'searchQueryUrl'),
  };
}

/** The rows of the first field that holds some, as the list they are or as its JSON text. */
function resultsOf(f: Fields): readonly Fields[] {
  const t = templateOf(f);
  for (const key of RESULTS) {
    const field = t.at(key);
    const rows = field.holding(objectIn(field.value)).list('');
    if (rows.length > 0) return rows;
    t.note(key, undefined);
  }
  return [];
}

/** Zones that Sumo Logic writes by their American names; a time in another zone than these and UTC is not known. */
const ZONES: Readonly<Record<string, string>> = {
  ...{ EST: '-05:00', EDT: '-04:00', CST: '-06:00', CDT: '-05:00' },
  ...{ MST: '-07:00', MDT: '-06:00', PST: '-08:00', PDT: '-07:00' },
};

/** `05/01/2024 02:08:46 PM CDT`. */
function triggerTime(text: string | undefined): Instant | undefined {
  const [, time, zone = ''] = /^(.{1,50}?) ([A-Z]{3})$/.exec(text ?? '') ?? [];
  return time !== undefined && zone in ZONES ? instantOf(time, ZONES[zone]) : instantOf(text);
}
