import { Chance } from './chance.js';
import { WEEKDAYS, type Job, type Weekday } from './jobs.js';

/** Where somebody is, and with what. */
export type Place = 'office' | 'home' | 'road';

/** One thing that somebody does, as any platform would log it. `ago` is in milliseconds before the start. */
export type Moment = { readonly ago: number; readonly place: Place; readonly phone: boolean } & (
  | { readonly does: 'sign_in'; readonly first: boolean }
  | { readonly does: 'read' | 'send' | 'meet' | 'reset' }
  | { readonly does: 'upload'; readonly file: string }
  | {
      readonly does: 'download' | 'view';
      readonly file: string;
      readonly label?: string;
      readonly repeat: number;
      readonly everyMs: number;
    }
);

export interface Months {
  readonly seed: string;
  readonly job: Job;
  /** How many days back. */
  readonly days: number;
  /** What it is in the person's own place when the scenario starts. */
  readonly weekday: Weekday;
  readonly hour: number;
  /** Days from the latest month's end to the start. */
  readonly monthEnd: number;
  /** Nothing is done in the last milliseconds before the start. */
  readonly untilAgo: number;
  /** Where the day of the start is spent, when it is not left to chance. */
  readonly today?: Place | undefined;
  /** Days, counted back, on which the person is away: from, to (the later). */
  readonly away: readonly (readonly [number, number])[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTH_DAYS = 30;
/** Of a working day: illness, holiday, a day off in lieu. */
const ABSENT = 0.05;

/**
 * The ordinary months of one person, oldest first. The calendar is the scenario's own: it starts on a given weekday at a given hour
 * whatever the real date, so that a scenario reads the same on every day on which it is run.
 */
export function monthsOf(months: Months): readonly Moment[] {
  return Array.from({ length: months.days + 1 }, (_, i) => months.days - i)
    .flatMap((daysAgo) => dayOf(months, daysAgo))
    .filter(({ ago }) => ago >= Math.max(months.untilAgo, 1))
    .sort((a, b) => b.ago - a.ago);
}

export function weekdayOf({ weekday }: Pick<Months, 'weekday'>, daysAgo: number): Weekday {
  return WEEKDAYS[(((WEEKDAYS.indexOf(weekday) - daysAgo) % 7) + 7) % 7] ?? weekday;
}

function dayOf(months: Months, daysAgo: number): readonly Moment[] {
  const { seed, job, hour, away } = months;
  const fixed = daysAgo === 0 ? months.today : undefined;
  if (away.some(([from, to]) => daysAgo <= from && daysAgo >= to)) return [];
  const chance = new Chance(`${seed}:${daysAgo}`);
  const agoOf = (local: number): number => daysAgo * DAY_MS + (hour - local) * HOUR_MS;
  const peak = peakOf(months, daysAgo);
  // Who has to deliver comes in.
  const works = isWorkday(months, daysAgo) && (!chance.is(ABSENT) || peak.length > 0 || fixed !== undefined);
  if (!works) return chance.is(job.dayOff) ? glance(job, chance, agoOf, chance.between(10, 20)) : [];

  const where = chance.next();
  const usual: Place = where < job.office ? 'office' : where < job.office + (job.road ?? 0) ? 'road' : 'home';
  const place = fixed ?? usual;
  const begin = job.begins + chance.between(-0.5, 0.6);
  const length = job.hours + chance.between(-0.8, 0.8);
  const here = { place, phone: place === 'road' };
  const when = (): number => agoOf(begin + chance.between(0.1, length));
  const times = <T>(mean: number, one: () => T): readonly T[] => Array.from({ length: chance.count(mean) }, one);
  const file = (): string => chance.pick(job.files).replace('{n}', String(Math.floor(chance.between(1, 400))));
  const once = { repeat: 1, everyMs: 1_000 };
  return [
    { ago: agoOf(begin), ...here, does: 'sign_in', first: true },
    { ago: agoOf(begin + length * 0.55), ...here, does: 'sign_in', first: false },
    ...times(job.downloads, () => ({ ago: when(), ...here, does: 'download' as const, file: file(), ...once })),
    ...times(job.views, () => ({ ago: when(), ...here, does: 'view' as const, file: file(), ...once })),
    ...times(job.reads, () => ({ ago: when(), ...here, does: 'read' as const })),
    ...times(job.messages, () => ({ ago: when(), ...here, does: 'send' as const })),
    ...times(job.uploads, () => ({ ago: when(), ...here, does: 'upload' as const, file: file() })),
    ...times(job.meetings, () => ({ ago: when(), ...here, does: 'meet' as const })),
    ...times(job.resets ?? 0, () => ({ ago: when(), ...here, does: 'reset' as const })),
    ...peak.map((p) => ({ ...p, ago: agoOf(p.at), ...here })),
    ...(chance.is(job.evening) ? glance(job, chance, agoOf, Math.max(begin + length + 1, 19.5)) : []),
  ];
}

/** A look at things from home, as a rule with the phone. */
function glance(job: Job, chance: Chance, agoOf: (local: number) => number, at: number): readonly Moment[] {
  const here = { place: 'home' as const, phone: chance.is(0.6) };
  return [
    { ago: agoOf(at), ...here, does: 'sign_in', first: true },
    { ago: agoOf(at + 0.1), ...here, does: 'read' },
    { ago: agoOf(at + 0.2), ...here, does: 'send' },
    {
      ...{ ago: agoOf(at + 0.3), ...here, does: 'view' as const, repeat: 1, everyMs: 1_000 },
      file: chance.pick(job.files).replace('{n}', String(Math.floor(chance.between(1, 400)))),
    },
  ];
}

const isWorkday = (months: Months, daysAgo: number): boolean => months.job.days.includes(weekdayOf(months, daysAgo));

/** The working day on which a month that ends on the given day is closed: the day itself, or the one before a day off. */
function closingDay(months: Months, monthEnd: number): number {
  let daysAgo = monthEnd;
  while (!isWorkday(months, daysAgo)) daysAgo++;
  return daysAgo;
}

function peakOf(months: Months, daysAgo: number) {
  const peak = months.job.peak;
  if (!peak) return [];
  const ends = Array.from(
    { length: Math.ceil(months.days / MONTH_DAYS) + 1 },
    (_, i) => months.monthEnd + i * MONTH_DAYS,
  );
  const today =
    peak.when === 'month_end'
      ? ends.some((end) => closingDay(months, end) === daysAgo)
      : weekdayOf(months, daysAgo) === peak.when.weekday;
  if (!today) return [];
  const chance = new Chance(`${months.seed}:peak:${daysAgo}`);
  return [
    {
      does: peak.view === true ? ('view' as const) : ('download' as const),
      at: peak.hour + chance.between(-0.3, 0.5),
      file: peak.name,
      ...(peak.label === undefined ? {} : { label: peak.label }),
      repeat: Math.round(peak.files * chance.between(0.92, 1.08)),
      everyMs: peak.every * 1_000,
    },
  ];
}
