import { succeeded, type EvidenceEvent, type EventKind } from '../../evidence.js';
import type { Confidence } from '../../finding.js';
import type { IndicatorThresholds } from '../../policy.js';
import type { Instant } from '../../platform.js';
import { measure, type Draft } from '../finding.js';

const TAKING: readonly EventKind[] = ['file_download', 'file_view', 'conversation_read'];
const DAY_MS = 86_400_000;
/** A context is new when the first third of the visible past holds no row of it. */
const NEW_AFTER = 1 / 3;
/** More on one day is a burst, which `bulk_collection` and `volume_surge` judge. */
const LARGEST_DAY = 0.5;
/** So much of what was taken the person had not touched from elsewhere before. */
const UNTOUCHED = 0.5;
/** The other contexts stopped when they do less than this share of what they did a day before. */
const STOPPED = 0.25;

/** Measure that tells slow collection from a burst. */
export const SLOW = 'collected slowly';

export interface SlowCollectionInput {
  /** Rows of one context: a device, an address, a session group. */
  readonly context: readonly EvidenceEvent[];
  /** The person's other rows on all contexts. */
  readonly others: readonly EvidenceEvent[];
  /** The visible past, up to the end of what was read. */
  readonly from: Instant;
  readonly to: Instant;
  readonly thresholds: IndicatorThresholds['volume']['slow'];
}
/** What a finding of kind `bulk_collection` needs; `replaces`: the person's other contexts stopped when this one began. */
export type SlowCollection = Pick<Draft, 'confidence' | 'measures' | 'events' | 'attack' | 'text'> & {
  readonly replaces: boolean;
};

/**
 * Slow collection: a context that appeared newly takes a few files or conversations a day, on many days, mostly things that the person
 * had not touched from elsewhere. Each day alone is below every threshold. A managed device that takes the place of the old one is a new
 * laptop and none of it. Undefined where it does not hold, or where nothing older shows that the context is new.
 * Low confidence where the others stopped or the platform knows the device.
 */
export function slowCollection(input: SlowCollectionInput): SlowCollection | undefined {
  const context = sorted(input.context);
  const ids = new Set(context.map((e) => e.id));
  const others = sorted(input.others).filter((e) => !ids.has(e.id));
  const first = context[0];
  if (!first || !isNew(first.at, others, input)) return undefined;
  const taken = context.filter((e) => TAKING.includes(e.kind) && succeeded(e));
  const perDay = new Map<string, number>();
  for (const e of taken) perDay.set(e.at.slice(0, 10), (perDay.get(e.at.slice(0, 10)) ?? 0) + items(e));
  const total = sum(taken);
  const fresh = sum(taken.filter(untouchedBy(others)));
  const { days, items: least } = input.thresholds;
  if (perDay.size < days || total < least || Math.max(...perDay.values()) > LARGEST_DAY * total) return undefined;
  if (fresh < UNTOUCHED * total) return undefined;
  const replaces = hasStopped(others, first.at, input);
  const isKnown = context.some((e) => e.deviceKnown === true);
  if (replaces && isKnown) return undefined;
  const share = Math.round((100 * fresh) / total);
  const confidence: Confidence = replaces || isKnown ? 'low' : total >= 2 * least ? 'high' : 'medium';
  return {
    confidence,
    measures: [
      measure(SLOW, total, least, 'files and conversations'),
      measure('days of collecting', perDay.size, days, 'days'),
      measure('never touched from elsewhere', share, 100 * UNTOUCHED, '%'),
    ],
    events: taken,
    attack: ['T1213.005'],
    replaces,
    text:
      `${total} files and conversations taken slowly, on ${perDay.size} days, from a context that appeared ${first.at.slice(0, 10)}; ` +
      `${share} % of them never touched from elsewhere before` +
      (replaces ? '; the other contexts stopped then, as with a new device' : ''),
  };
}

/** Rows that others left in the first third, where this context has none, show that it is new and not the log. */
function isNew(first: Instant, others: readonly EvidenceEvent[], { from, to }: SlowCollectionInput): boolean {
  const begin = Date.parse(from);
  const third = new Date(begin + (Date.parse(to) - begin) * NEW_AFTER).toISOString();
  return first >= third && others.some((e) => e.at >= from && e.at < third);
}

/** Not touched by others before it was taken; a row that names no target can't be held against anything, and counts as untouched. */
function untouchedBy(others: readonly EvidenceEvent[]): (taken: EvidenceEvent) => boolean {
  const firstTouch = new Map<string, Instant>();
  for (const e of others) for (const key of touched(e)) if (!firstTouch.has(key)) firstTouch.set(key, e.at);
  return (taken) =>
    touched(taken).every((key) => {
      const before = firstTouch.get(key);
      return before === undefined || before > taken.at;
    });
}

/** A file by itself, else the conversation. */
function touched({ platform, target, channel }: EvidenceEvent): readonly string[] {
  const id = target?.id ?? channel?.id;
  return id === undefined ? [] : [`${platform}:${id}`];
}

/** What the others did a day, before the context appeared and since. */
function hasStopped(others: readonly EvidenceEvent[], first: Instant, { from, to }: SlowCollectionInput): boolean {
  const acts = others.filter((e) => succeeded(e) && e.kind !== 'message_received' && e.at >= from);
  // The day of the change belongs to both.
  const change = new Date(Date.parse(first) + DAY_MS).toISOString();
  const rate = (rows: readonly EvidenceEvent[], a: Instant, b: Instant): number =>
    rows.length / Math.max(1, (Date.parse(b) - Date.parse(a)) / DAY_MS);
  const before = acts.filter((e) => e.at < change);
  return rate(acts.slice(before.length), change, to) < STOPPED * rate(before, from, change);
}

/** A page of many messages is one reading of one conversation. */
const items = (e: EvidenceEvent): number => (e.kind === 'conversation_read' ? 1 : (e.count ?? 1));
const sum = (events: readonly EvidenceEvent[]): number => events.reduce((n, e) => n + items(e), 0);

const sorted = (events: readonly EvidenceEvent[]): readonly EvidenceEvent[] =>
  [...new Map(events.map((e) => [e.id, e])).values()].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1,
  );
