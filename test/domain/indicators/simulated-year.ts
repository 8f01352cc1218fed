/**
 * A year of ordinary work: 500 people in different jobs, drawn from a seed. Pure; no clock, no Math.random.
 * Counts of a day are negative binomial around the job's mean, so that their spread grows with their level; over that lie weekly,
 * monthly, quarterly and seasonal rhythms, holidays, growth, days when everybody is busy, and sprees that have no reason.
 */
const DAY_MS = 86_400_000;
/** Before the measured year, so that its first day has a past. */
export const LEAD = 95;
export const DAYS = LEAD + 365;
const FIRST = Date.UTC(2025, 0, 1) - LEAD * DAY_MS;
export const dateOf = (day: number): Date => new Date(FIRST + day * DAY_MS);

export interface Person {
  readonly job: JobName;
  /** First day of work; before it nothing is logged. */
  readonly from: number;
  /** Items a day: files and conversations taken, and messages and files sent. */
  readonly received: readonly number[];
  readonly sent: readonly number[];
}

interface Job {
  readonly share: number;
  readonly received: number;
  readonly sent: number;
  /** Of the negative binomial: small is bursty. */
  readonly shape: number;
  readonly works: (day: Calendar, who: Habits) => number;
}
interface Calendar {
  readonly day: number;
  readonly month: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly date: number;
  /** 0 on the last day of the month. */
  readonly toEnd: number;
  /** Working days of the month so far, this one included. */
  readonly workday: number;
  /** Working days of the month after this one. */
  readonly workdaysLeft: number;
}
interface Habits {
  /** Which weekdays a part-timer works, which phase a shift has. */
  readonly phase: number;
}

const isWeekend = (c: Pick<Calendar, 'weekday'>): boolean => c.weekday === 0 || c.weekday === 6;
const office = (c: Calendar): number => (isWeekend(c) ? 0 : 1);
const endsQuarter = (c: Calendar): boolean => c.month % 3 === 2;
const startsQuarter = (c: Calendar): boolean => c.month % 3 === 0;

const JOBS = {
  engineer: { share: 18, received: 14, sent: 30, shape: 2, works: office },
  manager: { share: 10, received: 9, sent: 40, shape: 2, works: (c) => office(c) * (c.weekday === 1 ? 1.8 : 1) },
  sales: {
    share: 12,
    received: 22,
    sent: 45,
    shape: 2.5,
    works: (c) => office(c) * (endsQuarter(c) && c.workdaysLeft < 8 ? 2.2 : 1),
  },
  marketing: { share: 8, received: 20, sent: 25, shape: 1.5, works: office },
  counsel: { share: 4, received: 30, sent: 15, shape: 1.5, works: office },
  support: { share: 12, received: 60, sent: 80, shape: 8, works: (c, who) => ((c.day + who.phase) % 6 < 4 ? 1 : 0) },
  nurse_desk: { share: 5, received: 25, sent: 20, shape: 4, works: (c, who) => ((c.day + who.phase) % 8 < 5 ? 1 : 0) },
  accountant: {
    share: 7,
    received: 35,
    sent: 20,
    shape: 4,
    works: (c) => office(c) * (c.workday <= 4 ? (startsQuarter(c) ? 4 : 3) : c.workdaysLeft < 2 ? 2 : 1),
  },
  payroll: { share: 3, received: 15, sent: 12, shape: 4, works: (c) => office(c) * (c.workdaysLeft < 2 ? 8 : 1) },
  analyst: {
    share: 6,
    received: 18,
    sent: 15,
    shape: 4,
    works: (c, who) => office(c) * (c.weekday === 1 + (who.phase % 5) ? 5 : 1),
  },
  part_timer: {
    share: 7,
    received: 12,
    sent: 15,
    shape: 2,
    works: (c, who) => ((c.weekday + who.phase) % 7 < 3 && !isWeekend(c) ? 1 : 0),
  },
  occasional: { share: 4, received: 6, sent: 4, shape: 1, works: (c) => office(c) * 0.3 },
  retail: { share: 4, received: 20, sent: 25, shape: 4, works: (c) => (c.weekday === 0 ? 0 : c.month >= 10 ? 2.6 : 1) },
} as const satisfies Record<string, Job>;
export type JobName = keyof typeof JOBS;
export const JOB_NAMES = Object.keys(JOBS) as readonly JobName[];

/** New Year, Epiphany, Easter, May Day, Ascension, Whitsun, national day, Christmas: month-date. */
const HOLIDAYS = ['0-1', '0-6', '3-18', '3-21', '4-1', '4-29', '5-9', '9-3', '11-24', '11-25', '11-26', '11-31'];
const isHoliday = (day: number): boolean =>
  HOLIDAYS.includes(`${dateOf(day).getUTCMonth()}-${dateOf(day).getUTCDate()}`);

function calendarOf(day: number): Calendar {
  const at = dateOf(day);
  const month = at.getUTCMonth();
  const length = new Date(Date.UTC(at.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const date = at.getUTCDate();
  const works = (from: number, to: number): number =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => day - date + from + i).filter(
      (d) => !isWeekend({ weekday: dateOf(d).getUTCDay() }) && !isHoliday(d),
    ).length;
  return {
    day,
    month,
    weekday: at.getUTCDay(),
    date,
    toEnd: length - date,
    workday: works(1, date),
    workdaysLeft: works(date + 1, length),
  };
}

/** Everything random of one world, from one seed. */
export function simulatedYear(seed: number, people = 500): readonly Person[] {
  const random = randomOf(seed);
  const calendar = Array.from({ length: DAYS }, (_, day) => calendarOf(day));
  const lively = new Map(Array.from({ length: 2 }, () => [LEAD + random.below(365), 1.5 + random.uniform()]));
  const total = JOB_NAMES.reduce((n, name) => n + JOBS[name].share, 0);
  const jobs = JOB_NAMES.flatMap((name) =>
    Array.from({ length: Math.ceil((people * JOBS[name].share) / total) }, () => name),
  );
  return jobs.slice(0, people).map((job) => personOf(job, calendar, lively, random));
}

function personOf(
  job: JobName,
  calendar: readonly Calendar[],
  lively: ReadonlyMap<number, number>,
  random: Random,
): Person {
  const { received, sent, shape, works }: Job = JOBS[job];
  const level = Math.exp(0.5 * random.normal());
  const growth = Math.exp(0.15 + 0.25 * random.normal());
  const from = random.uniform() < 0.1 ? LEAD + random.below(330) : 0;
  const habits: Habits = { phase: random.below(56) };
  const away = new Set<number>();
  for (let block = 0; block < 3; block++) {
    const start = random.below(DAYS);
    for (let d = start; d < start + 4 + random.below(18); d++) away.add(d);
  }
  /** A level that changes for good: a new task. */
  const step =
    random.uniform() < 0.15 ? { at: random.below(DAYS), by: Math.exp(0.7 * random.normal()) } : { at: DAYS, by: 1 };
  const worked = calendar.map((c): number => {
    if (c.day < from || away.has(c.day) || random.uniform() < 0.03) return 0;
    if (isHoliday(c.day) && job !== 'support' && job !== 'nurse_desk') return random.uniform() < 0.05 ? 0.4 : 0;
    const planned = works(c, habits);
    const stays = planned === 0 ? (random.uniform() < 0.03 ? 0.5 : 0) : planned;
    const season =
      (c.month === 11 && c.date > 19 ? 0.4 : c.month === 7 ? 0.85 : 1) *
      (1 + 0.1 * Math.sin((2 * Math.PI * c.day) / 365));
    const onboarding = from > 0 && c.day < from + 10 ? 1.8 : 1;
    return (
      stays *
      season *
      onboarding *
      growth ** (c.day / 365) *
      (c.day >= step.at ? step.by : 1) *
      (lively.get(c.day) ?? 1)
    );
  });
  const stream = (mean: number): readonly number[] =>
    worked.map((w) => {
      // Once in a year's working days: an archive is tidied, a project handed over.
      const spree = random.uniform() < 1 / 230 ? Math.exp(Math.log(2) + random.uniform() * Math.log(2.5)) : 1;
      return w === 0 ? 0 : random.negativeBinomial(mean * level * w * spree, shape);
    });
  return { job, from, received: stream(received), sent: stream(sent) };
}

export interface Random {
  uniform(): number;
  below(n: number): number;
  normal(): number;
  negativeBinomial(mean: number, shape: number): number;
}

/** Mulberry32: small, fast, good enough to draw a world. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  /** Marsaglia and Tsang (2000); below 1 by its own boost. */
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const poisson = (mean: number): number => {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let n = -1;
    for (let p = 1; p > Math.exp(-mean); p *= uniform()) n += 1;
    return Math.max(0, n);
  };
  return {
    uniform,
    normal,
    below: (n) => Math.floor(uniform() * n),
    negativeBinomial: (mean, shape) => poisson((mean * gamma(shape)) / shape),
  };
}
