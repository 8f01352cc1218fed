import type { Instant } from '../../platform.js';
import { isMonthly, isWeekly } from './rhythm.js';

/** Turns a median absolute deviation into a standard deviation for normal data. */
const MAD_TO_SIGMA = 1.4826;
/** Fewer days of past than this say nothing about what is usual. */
export const DAYS_NEEDED = 3;
/** Fewer than this are a cold start: what they say is said in so many words, with low confidence. */
export const WARM_DAYS = 10;
/**
 * Few days tell their own spread badly (a MAD over twenty days errs by a fifth), so it is drawn towards a prior that counts so many
 * days: a negative binomial with variance mean + mean² / shape, which is how unevenly office work comes.
 */
const PRIOR = { days: 20, shape: 4 } as const;
/** One wild day of the past counts at most so many medians. */
const WILD = 6;
/** The month holds a weekday four times: its own level counts a third, the level of all active days the rest. */
const WEEKDAY_PART = 1 / 3;
/** A past day is a like when it reaches this share of the measured one; a month has one like to show, so it must show more. */
const LIKE_SHARE = { weekly: 2 / 3, monthly: 3 / 4 } as const;
/** By how many days a rhythm may slip. */
const SLIPS = { weekly: 1, monthly: 3 } as const;
/** Fewer others say nothing of what a day was for everybody; a day a little busier is chance; and everybody explains at most so much. */
const PEERS = { needed: 5, least: 2, most: 4 } as const;

/** One earlier day of the person, in whole days before the measured one: 7 is the same weekday of the week before. */
export interface PastDay {
  readonly daysBefore: number;
  readonly count: number;
}
export interface MeasuredDay {
  readonly count: number;
  /** An instant in the middle of it: which day of the month it is. */
  readonly at: Instant;
  /** What the day was for others of the same team or job: each one's count of it over that one's own usual. */
  readonly peers?: readonly number[];
}
/** How far a day's count lies above what the person's own past lets expect. */
export interface Surprise {
  /** Items on a usual active day of this weekday. */
  readonly expected: number;
  /** Count over `expected` (over one item, where less is expected). */
  readonly times: number;
  /** Robust deviation on the square-root scale; 0 when the past is too short to say. */
  readonly zScore: number;
  /** Days of past that could be seen, up to the first row of the person. */
  readonly days: number;
  /** The past holds its like at weekly or monthly spacing: it is a rhythm and no surge. */
  readonly like?: 'weekly' | 'monthly';
}

/**
 * Counts of items are over-dispersed: their spread grows with their level. On the square-root scale (Anscombe 1948, 2√(x + 3/8)) that
 * of a Poisson count is 1 at every level, and what is above 1 is the person's own unevenness. Only active days of the last
 * `baselineDays` are compared with: free days must not make an ordinary day a surge. docs/statistics.md has the measured rates.
 */
export function surprise(day: MeasuredDay, past: readonly PastDay[], baselineDays: number): Surprise {
  const active = past.filter((p) => p.count > 0 && p.daysBefore <= baselineDays);
  const counts = active.map((p) => p.count);
  const middle = stabilised(tamedMean(counts));
  const weekday = stabilised(median(active.filter((p) => p.daysBefore % 7 === 0).map((p) => p.count)));
  const level = unstabilised(middle + WEEKDAY_PART * Math.max(0, weekday - middle));
  const expected = level * busyForEverybody(day.peers ?? []);
  const times = day.count / Math.max(1, expected);
  const seen = { expected, times, days: past.length };
  if (past.length < DAYS_NEEDED) return { ...seen, zScore: 0 };
  const own = (median(counts.map((c) => Math.abs(stabilised(c) - middle))) * MAD_TO_SIGMA) ** 2;
  const prior = 1 + expected / PRIOR.shape;
  const variance = (counts.length * own + PRIOR.days * prior) / (counts.length + PRIOR.days);
  const zScore = (stabilised(day.count) - stabilised(expected)) / Math.sqrt(Math.max(1, variance));
  const like = likeOf(day, past);
  return { ...seen, zScore, ...(like === undefined ? {} : { like }) };
}

/** In half of the weeks that can be seen, at least two, or half of the months, at least one. */
function likeOf(day: MeasuredDay, past: readonly PastDay[]): Surprise['like'] {
  const recurs = (name: 'weekly' | 'monthly', length: number, least: number, isIn: (d: number) => boolean): boolean => {
    const likes = past.filter((p) => p.count >= LIKE_SHARE[name] * day.count).map((p) => p.daysBefore);
    // What this turn of the rhythm has already brought can't come again: after this Monday's report, Tuesday's is no Monday's.
    const taken = likes.filter((d) => d <= 2 * SLIPS[name]).length;
    const turns = new Map<number, number>();
    for (const turn of likes.filter(isIn).map((d) => Math.round(d / length)))
      turns.set(turn, (turns.get(turn) ?? 0) + 1);
    const good = [...turns.values()].filter((n) => n > taken).length;
    return good >= Math.max(least, Math.floor(past.length / length) / 2);
  };
  if (recurs('weekly', 7, 2, (d) => isWeekly(d, SLIPS.weekly))) return 'weekly';
  return recurs('monthly', 30.4, 1, (d) => isMonthly(day.at, d, SLIPS.monthly)) ? 'monthly' : undefined;
}

/** How many times busier than usual the day was for the others; half of them must have been, so that no single one vouches. */
function busyForEverybody(peers: readonly number[]): number {
  const factor = peers.length < PEERS.needed ? 1 : median(peers);
  return factor < PEERS.least ? 1 : Math.min(PEERS.most, factor);
}

/** Mean of counts of which none counts more than some medians: what half of the past can't move, and one day not much. */
function tamedMean(counts: readonly number[]): number {
  const most = WILD * median(counts);
  return counts.length === 0 ? 0 : counts.reduce((n, c) => n + Math.min(c, most), 0) / counts.length;
}

const stabilised = (count: number): number => 2 * Math.sqrt(count + 3 / 8);
const unstabilised = (scaled: number): number => Math.max(0, (scaled / 2) ** 2 - 3 / 8);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
