import type { EvidenceEvent } from '../../evidence.js';
import type { Instant } from '../../platform.js';

const DAY_MS = 86_400_000;
/** A like has at least this share of the burst's volume, in each kind of row that is a fair part of the burst. */
const LIKE_SHARE = 0.5;
const FAIR_PART = 0.2;
/** What lies nearer may be the same affair: three days of a thief vouch for no fourth. */
const APART_DAYS = 6;
/** A job that runs at least so often, for so long, is a daily one. */
const DAILY = { gapDays: 3, reachDays: 14 } as const;
/** A payday moves off a weekend, a copy off a holiday. */
const TOLERANCE = 2;

export interface Like {
  readonly kind: 'daily' | 'weekly' | 'monthly';
  /** Dates (UTC) of the days that are like the burst, latest first. */
  readonly days: readonly string[];
  /** The least of these days' shares of the burst's volume, at most 1. */
  readonly share: number;
}

/**
 * Whether a burst (many items in one window, e.g. 120 payroll files in an hour) has its like in the past: days with rows of the same
 * kinds on the same platform, at least half its volume and, where names or labels are logged, similar ones; spaced by a day or a few,
 * by weeks or by months. A single like vouches only at a month's distance; a rhythm holds in half of the weeks or months that the past
 * reaches back. Whose rows may vouch (which contexts) is the caller's filter. Order and repeated rows change nothing.
 */
export function likeBefore(burst: readonly EvidenceEvent[], past: readonly EvidenceEvent[]): Like | undefined {
  const rows = unique(burst);
  if (rows.length === 0) return undefined;
  const middle = middleOf(rows);
  const known = new Set(rows.map((e) => e.id));
  const earlier = unique(past).filter((e) => !known.has(e.id));
  const days = byDay(earlier, middle);
  const reach = [...days.keys()].reduce((a, b) => Math.max(a, b), 0);
  const likes = [...days]
    .map(([daysBefore, events]) => ({ daysBefore, events, share: shareOf(rows, events) }))
    .filter((day) => day.daysBefore >= 1 && day.share >= LIKE_SHARE && isSimilar(rows, day.events))
    .sort((a, b) => a.daysBefore - b.daysBefore);
  const apart = likes.filter((day) => day.daysBefore >= APART_DAYS);
  const at = new Date(middle).toISOString();
  const found = (kind: Like['kind'], which: typeof likes): Like => ({
    kind,
    days: which.map((day) => new Date(middle - day.daysBefore * DAY_MS).toISOString().slice(0, 10)),
    share: Math.min(1, ...which.map((day) => day.share)),
  });
  const dense = likes.slice(0, gapAfter(likes.map((day) => day.daysBefore)));
  if ((dense.at(-1)?.daysBefore ?? 0) >= DAILY.reachDays) return found('daily', dense);
  const weekly = apart.filter((day) => isWeekly(day.daysBefore, TOLERANCE));
  if (recurs(weekly, 7, Math.floor(reach / 7), 2)) return found('weekly', weekly);
  const monthly = apart.filter((day) => isMonthly(at, day.daysBefore, TOLERANCE) || isThirty(day.daysBefore));
  return recurs(monthly, 30, Math.floor(reach / 30), 1) ? found('monthly', monthly) : undefined;
}

/** At weekly spacing, so many days early or late; never what lies nearer than a week less one day. */
export const isWeekly = (daysBefore: number, tolerance: number): boolean =>
  daysBefore >= APART_DAYS && Math.abs(daysBefore - 7 * Math.round(daysBefore / 7)) <= tolerance;

/** So many days around the same day of an earlier month, counted from its beginning or from its end (UTC). */
export function isMonthly(at: Instant, daysBefore: number, tolerance: number): boolean {
  const day = new Date(at);
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  const lengthOf = (m: number): number => new Date(Date.UTC(year, m + 1, 0)).getUTCDate();
  const fromEnd = lengthOf(month) - date;
  const ago = Math.round((daysBefore * 12) / 365.25);
  const length = lengthOf(month - ago);
  return (
    ago >= 1 &&
    [Math.min(date, length), Math.max(1, length - fromEnd)].some((d) => {
      const anchor = (Date.UTC(year, month, date) - Date.UTC(year, month - ago, d)) / DAY_MS;
      return Math.abs(daysBefore - anchor) <= tolerance;
    })
  );
}

/** Every thirty days, as a scheduler may count a month. */
const isThirty = (daysBefore: number): boolean =>
  daysBefore >= 28 && Math.abs(daysBefore - 30 * Math.round(daysBefore / 30)) <= TOLERANCE;

/** How many days, from the burst back, follow each other without a gap of more than a few days. */
function gapAfter(sorted: readonly number[]): number {
  const first = sorted.findIndex((days, i) => days - (sorted[i - 1] ?? 0) > DAILY.gapDays);
  return first === -1 ? sorted.length : first;
}

function recurs(
  likes: readonly { readonly daysBefore: number }[],
  length: number,
  visible: number,
  least: number,
): boolean {
  return new Set(likes.map((day) => Math.round(day.daysBefore / length))).size >= Math.max(least, visible / 2);
}

/** The least share over the burst's kinds of rows that are a fair part of it. */
function shareOf(burst: readonly EvidenceEvent[], day: readonly EvidenceEvent[]): number {
  const wanted = volumes(burst);
  const had = volumes(day);
  const all = [...wanted.values()].reduce((n, v) => n + v, 0);
  const shares = [...wanted].filter(([, v]) => v >= FAIR_PART * all).map(([key, v]) => (had.get(key) ?? 0) / v);
  return shares.length === 0 ? 0 : Math.min(...shares);
}

function volumes(events: readonly EvidenceEvent[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const e of events) {
    const key = `${e.platform}:${e.kind}`;
    sums.set(key, (sums.get(key) ?? 0) + (e.count ?? 1));
  }
  return sums;
}

/**
 * Half of the day's rows of the burst's kinds carry a mark of the burst: the name without its digits, a word that a fair part of the
 * burst's names hold, a label, the channel. Rows that carry no mark at all can't differ by one.
 */
function isSimilar(burst: readonly EvidenceEvent[], day: readonly EvidenceEvent[]): boolean {
  const kinds = new Set(volumes(burst).keys());
  const rows = day.filter((e) => kinds.has(`${e.platform}:${e.kind}`)).map(marksOf);
  const marked = rows.filter((marks) => marks.length > 0);
  const counts = new Map<string, number>();
  for (const mark of burst.flatMap(marksOf)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  if (counts.size === 0 || marked.length === 0) return true;
  const isShared = (mark: string): boolean =>
    (counts.get(mark) ?? 0) >= (mark.startsWith('word:') ? FAIR_PART * burst.length : 1);
  return marked.filter((marks) => marks.some(isShared)).length >= marked.length / 2;
}

function marksOf({ target, labels, channel }: EvidenceEvent): readonly string[] {
  const stem = target?.name?.normalize('NFKC').toLowerCase().replaceAll(/\p{N}/gu, '') ?? '';
  const words = stem.replace(/\.[a-z]{1,5}$/, '').match(/\p{L}{3,}/gu) ?? [];
  return [
    ...new Set([
      ...words.map((word) => `word:${word}`),
      ...(words.length === 0 ? [] : [`stem:${stem}`]),
      ...(labels ?? []).map((label) => `label:${label}`),
      ...(channel === undefined ? [] : [`channel:${channel.id}`]),
    ]),
  ];
}

const unique = (events: readonly EvidenceEvent[]): readonly EvidenceEvent[] => [
  ...new Map(events.map((e) => [e.id, e])).values(),
];

/**
 * The middle of the rows' span, epoch milliseconds. Days are counted around it, so that a like an hour earlier or later in its day falls
 * into one day and is not cut in two by a midnight of some time zone.
 */
export function middleOf(events: readonly EvidenceEvent[]): number {
  const times = events.map((e) => Date.parse(e.at));
  const [first, last] = times.reduce(([a, b], t) => [Math.min(a, t), Math.max(b, t)], [Infinity, -Infinity]);
  return (first + last) / 2;
}

/** Rows by how many whole days they lie before an instant: 7 is within twelve hours of a week before. */
export function byDay(events: readonly EvidenceEvent[], middle: number): ReadonlyMap<number, readonly EvidenceEvent[]> {
  const days = new Map<number, EvidenceEvent[]>();
  for (const e of events) {
    const daysBefore = Math.round((middle - Date.parse(e.at)) / DAY_MS);
    const rows = days.get(daysBefore);
    if (rows) rows.push(e);
    else days.set(daysBefore, [e]);
  }
  return days;
}
