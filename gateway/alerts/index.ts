import type { Alert, AlertFormat } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import { parseElastic } from './elastic.js';
import { Fields } from './fields.js';
import { parseGoogleAlertCenter } from './google-alert-center.js';
import { parseGraphAlertsV2 } from './graph-alerts-v2.js';
import { parseOcsf } from './ocsf.js';
import { parsePanther } from './panther.js';
import { parseQuell } from './quell.js';
import type { AlertContext } from './read.js';
import { parseSentinel } from './sentinel.js';
import { parseSlackAnomaly } from './slack-anomaly.js';
import { parseSplunk } from './splunk.js';

export type { AlertContext } from './read.js';

/** Alerts in one body. */
const MAX_ENTRIES = 1_000;

interface FormatReader {
  /** Where a body may hold several alerts. */
  readonly lists: readonly string[];
  readonly parse: (alert: Fields, context: AlertContext) => Alert;
}

const READERS: Readonly<Record<AlertFormat, FormatReader>> = {
  quell: { lists: ['alerts'], parse: parseQuell },
  ocsf: { lists: [], parse: parseOcsf },
  'graph-alerts-v2': { lists: ['value'], parse: parseGraphAlertsV2 },
  sentinel: { lists: ['value'], parse: parseSentinel },
  'slack-anomaly': { lists: ['entries'], parse: parseSlackAnomaly },
  'google-alert-center': { lists: ['alerts'], parse: parseGoogleAlertCenter },
  splunk: { lists: [], parse: parseSplunk },
  panther: { lists: [], parse: parsePanther },
  elastic: { lists: ['alerts', 'hits.hits'], parse: parseElastic },
};

/** What a body says: its alerts, and why others of the same body could not be read. */
export interface ReadAlerts {
  readonly alerts: readonly Alert[];
  readonly problems: readonly QuellError[];
}

/** Reads a body alert by alert, so that one that names nobody does not hold back the others. Never throws. */
export function readAlerts(value: unknown, context: AlertContext): ReadAlerts {
  const alerts: Alert[] = [];
  const problems: QuellError[] = [];
  try {
    const { lists, parse } = READERS[context.format];
    for (const entry of entriesOf(value, lists)) {
      try {
        alerts.push(parse(entry, context));
      } catch (error) {
        problems.push(asFormat(error));
      }
    }
  } catch (error) {
    problems.push(asFormat(error));
  }
  return { alerts: [...new Map(alerts.map((a) => [a.alertId, a])).values()], problems };
}

/**
 * Normalises a body: lenient on fields, strict on identity. `context`: the configured source and format, and when it came.
 * Errors: ALERT_FORMAT, ALERT_NO_SUBJECT when no alert could be read; nothing else, whatever the body.
 */
export function parseAlerts(value: unknown, context: AlertContext): readonly Alert[] {
  const { alerts, problems } = readAlerts(value, context);
  if (alerts.length > 0) return alerts;
  throw problems[0] ?? new QuellError('ALERT_FORMAT', 'the body holds no alert');
}

/** Formats by how much of their own they ask for; the least particular last. */
const BY_PARTICULARITY: readonly AlertFormat[] = [
  'ocsf',
  'slack-anomaly',
  'google-alert-center',
  'elastic',
  'sentinel',
  'panther',
  'graph-alerts-v2',
  'quell',
  'splunk',
];

/** The format of a body, for a file that nobody named one for: the first that takes it, else the first that finds an alert without a subject. */
export function detectFormat(value: unknown): AlertFormat | undefined {
  const context = { source: 'detect', receivedAt: new Date(0).toISOString() };
  const read = BY_PARTICULARITY.map((format) => ({ format, ...readAlerts(value, { ...context, format }) }));
  return (
    read.find(({ alerts }) => alerts.length > 0) ??
    read.find(({ problems }) => problems.some((p) => p.code === 'ALERT_NO_SUBJECT'))
  )?.format;
}

function entriesOf(value: unknown, lists: readonly string[]): readonly Fields[] {
  if (typeof value !== 'object' || value === null)
    throw new QuellError('ALERT_FORMAT', 'the body is not a JSON object or list');
  const body = new Fields(value);
  const held = lists.map((path) => body.at(path).value).find((v) => Array.isArray(v)) as readonly unknown[] | undefined;
  const entries: readonly unknown[] = Array.isArray(value) ? (value as readonly unknown[]) : (held ?? [value]);
  if (entries.length > MAX_ENTRIES)
    throw new QuellError('ALERT_FORMAT', `more than ${MAX_ENTRIES} alerts in one body: send fewer at a time`);
  return entries.map((entry) => new Fields(entry));
}

/** A body may be anything: what a parser did not foresee is a body that it does not know. */
function asFormat(error: unknown): QuellError {
  return error instanceof QuellError ? error : new QuellError('ALERT_FORMAT', 'the body is not what its source says');
}
