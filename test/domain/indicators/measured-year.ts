import type { EvidenceEvent } from '../../../domain/evidence.js';
import { surprise, type PastDay } from '../../../domain/indicators/shared/surprise.js';
import { defaultPolicy, event, HOME } from '../fixtures.js';
import { dateOf, DAYS, JOB_NAMES, LEAD, randomOf, type Person } from './simulated-year.js';

export type Stream = 'received' | 'sent';
const STREAMS: readonly Stream[] = ['received', 'sent'];
const { zScore, times, floor, baselineDays } = defaultPolicy.indicators.volume;
const NOON_MS = 43_200_000;

/** A day that is measured and the past that can be seen at it: so many days, from the first on that holds any row. */
export interface PersonDay {
  readonly who: Person;
  readonly day: number;
  /** First day that can be seen. */
  readonly from: number;
}

export function personDay(who: Person, day: number, visible: number): PersonDay {
  let from = Math.max(who.from, day - visible);
  while (from < day && STREAMS.every((s) => who[s][from] === 0)) from += 1;
  return { who, day, from };
}

const pastOf = ({ who, day, from }: PersonDay, stream: Stream): readonly PastDay[] =>
  Array.from({ length: day - from }, (_, i) => ({ daysBefore: i + 1, count: who[stream][day - i - 1] ?? 0 }));

/** The rule of `volumeSurges` on one number a day. */
export function isSurge(at: PersonDay, stream: Stream, count: number, peers: readonly number[] = []): boolean {
  if (count < floor) return false;
  const noon = new Date(dateOf(at.day).getTime() + NOON_MS).toISOString();
  const found = surprise({ count, at: noon, peers }, pastOf(at, stream), baselineDays);
  return found.like === undefined && found.zScore >= zScore && found.times >= times;
}

/**
 * A planted collection: five times the person's mean of active weekdays (Monday to Friday with at least one item, of the visible past),
 * at least 25 items, on top of what the person does that day.
 */
export function planted({ who, day, from }: PersonDay, stream: Stream = 'received'): number {
  const usual: number[] = [];
  for (let d = from; d < day; d++) {
    const weekday = dateOf(d).getUTCDay();
    const count = who[stream][d] ?? 0;
    if (count > 0 && weekday !== 0 && weekday !== 6) usual.push(count);
  }
  return Math.max(25, Math.ceil((5 * usual.reduce((n, c) => n + c, 0)) / Math.max(1, usual.length)));
}

/** What the day was for up to fifteen others of the job who were active: count over their own mean of active days in the month before. */
export function peersOf({ who, day }: PersonDay, people: readonly Person[], stream: Stream): readonly number[] {
  const found: number[] = [];
  for (const other of people) {
    const today = other[stream][day] ?? 0;
    if (other === who || other.job !== who.job || today === 0) continue;
    const month = other[stream].slice(day - baselineDays, day).filter((c) => c > 0);
    if (month.length >= 5) found.push((today * month.length) / month.reduce((n, c) => n + c, 0));
    if (found.length === 15) break;
  }
  return found;
}

export interface Score {
  days: number;
  /** Ordinary person-days with a surge of either stream. */
  surges: number;
  planted: number;
  kept: number;
}
const zero = (): Score => ({ days: 0, surges: 0, planted: 0, kept: 0 });
const COLD = ['3 to 9 days', '10 to 29 days', '30 days'] as const;

export interface Measured {
  readonly jobs: ReadonlyMap<string, Score>;
  /** By how much of the past could be seen. */
  readonly past: ReadonlyMap<string, Score>;
  readonly total: Score;
  /** Person-days whose past was too short to say anything. */
  readonly silent: number;
}

/** Every ordinary person-day of the year, and a collection planted on one in sixteen of those with a past of three days. */
export function measureYear(people: readonly Person[], given: { visible: number; peers: boolean }): Measured {
  const random = randomOf(11);
  const jobs = new Map<string, Score>(JOB_NAMES.map((name) => [name, zero()]));
  const past = new Map<string, Score>(COLD.map((name) => [name, zero()]));
  const total = zero();
  let silent = 0;
  for (const who of people) {
    for (let day = Math.max(LEAD, who.from); day < DAYS; day++) {
      const at = personDay(who, day, given.visible);
      const seen = day - at.from;
      const scores = [
        total,
        jobs.get(who.job)!,
        ...(seen < 3 ? [] : [past.get(COLD[seen < 10 ? 0 : seen < 30 ? 1 : 2])!]),
      ];
      const fires = (stream: Stream, count: number): boolean =>
        isSurge(at, stream, count) && (!given.peers || isSurge(at, stream, count, peersOf(at, people, stream)));
      const surges = STREAMS.some((stream) => fires(stream, who[stream][day] ?? 0));
      const isPlanted = seen >= 3 && random.below(16) === 0;
      const isKept = isPlanted && fires('received', (who.received[day] ?? 0) + planted(at));
      if (seen < 3) silent += 1;
      for (const score of scores) {
        score.days += 1;
        score.surges += Number(surges);
        score.planted += Number(isPlanted);
        score.kept += Number(isKept);
      }
    }
  }
  return { jobs, past, total, silent };
}

export const falseAlarms = (s: Score): number => (100 * s.surges) / Math.max(1, s.days);
export const detection = (s: Score): number => (100 * s.kept) / Math.max(1, s.planted);

/** Whose the rows are is not the question here: all are from the person's managed laptop. */
const LAPTOP = { ...HOME, deviceId: 'laptop', deviceKnown: true } as const;

/** The same days as rows of a log, a few rows a day at office hours, for the indicator itself. */
export function rowsOf({ who, day, from }: PersonDay, extra: number): readonly EvidenceEvent[] {
  const rows: EvidenceEvent[] = [];
  for (let d = from; d <= day; d++)
    for (const stream of STREAMS) {
      const count = (who[stream][d] ?? 0) + (d === day && stream === 'received' ? extra : 0);
      const parts = Math.min(3, count);
      for (let part = 0; part < parts; part++)
        rows.push(
          event({
            kind: stream === 'sent' ? 'message' : 'file_download',
            ...LAPTOP,
            at: new Date(dateOf(d).getTime() + (9 + 4 * part) * 3_600_000).toISOString(),
            count: Math.floor(count / parts) + (part < count % parts ? 1 : 0),
          }),
        );
    }
  return rows;
}
