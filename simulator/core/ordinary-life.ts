import { z } from 'zod';
import { PLATFORMS, type Platform } from './platforms.js';
import { JOBS, JOB_NAMES, WEEKDAYS, type Weekday } from './life/jobs.js';
import { monthsOf, type Place } from './life/months.js';
import { belongings, WORDING, type Liver, type Spot, type Told } from './life/wording.js';

/**
 * The ordinary months of a person, told in a line: `life: { hanna: { job: payroll_clerk, platform: microsoft, days: 60 } }`.
 * Their own things are `KEY-laptop`, `KEY-phone`; their newest sessions `KEY-s1` (Microsoft), `KEY-k1` (Slack), `KEY-p1` (phone);
 * the address of their home is `ip:KEY-home` unless `home` names another.
 */
const lifeSpec = z.strictObject({
  job: z.enum(JOB_NAMES),
  platform: z.union([z.enum(PLATFORMS), z.array(z.enum(PLATFORMS)).min(1)]),
  days: z.int().positive().max(120).default(60),
  /** What it is where they live when the scenario starts, whatever the real hour. */
  now: z
    .string()
    .regex(/^(sun|mon|tue|wed|thu|fri|sat) ([01]\d|2[0-3])$/, 'a weekday and an hour, e.g. wed 15')
    .default('wed 15'),
  /** Days from the latest month's end to the start; 0 is today. */
  monthEnd: z.int().min(0).max(29).default(11),
  /** Hours before the start since when they have done nothing that this tells of. */
  quietHours: z.number().min(0).default(0),
  /** Away, as days before the start: `[[20, 13]]` is a week. */
  away: z.array(z.tuple([z.int(), z.int()])).default([]),
  /** Where they are on the day of the start; else as the job has it. */
  today: z.enum(['office', 'home', 'road']).optional(),
  /** Keys of `ips`, for places that are not the usual ones. */
  office: z.string().default('office'),
  home: z.string().optional(),
  /** Of their laptop. */
  system: z.enum(['windows', 'mac']).default('windows'),
  /** Whom they write to; the manager unless said, and where those have no account somebody who has. */
  colleague: z.string().optional(),
});
type LifeSpec = z.infer<typeof lifeSpec>;

type Where = z.infer<typeof where>;
/** What a life is told over: the scenario's people and places. */
interface LifeScene {
  readonly people: Readonly<
    Record<string, { readonly accounts: readonly Platform[]; readonly manager?: string | undefined }>
  >;
  readonly ips: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<string, Where>>;
}
interface LifeRow {
  readonly tenant: Platform;
  readonly type: string;
  readonly at: string;
  readonly repeat: number;
  readonly every: string;
  readonly decisive: false;
  readonly [field: string]: unknown;
}
/** Rows to append, and the addresses that they speak of and the scenario does not name. */
interface OrdinaryLife {
  readonly rows: readonly LifeRow[];
  readonly ips: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<string, Where>>;
}

const where = z.strictObject({
  country: z.string(),
  asn: z.int(),
  asName: z.string(),
  city: z.string(),
  lat: z.number(),
  lon: z.number(),
});
/** Of a scenario what a life is told over; everything else passes as it is. */
const living = z.looseObject({
  life: z.record(z.string(), lifeSpec).default({}),
  people: z.record(z.string(), z.looseObject({ accounts: z.array(z.enum(PLATFORMS)), manager: z.string().optional() })),
  ips: z.record(z.string(), z.string()).default({}),
  places: z.record(z.string(), where).default({}),
  rows: z.array(z.unknown()).default([]),
});

/**
 * A scenario as it is written, with `life` told: its rows are appended, its addresses added, the key is gone. One without `life` is
 * given back untouched. Throws a ZodError for a life that is none.
 */
export function withOrdinaryLife(raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (raw['life'] === undefined) return raw;
  const { life, ...scene } = living.parse(raw);
  const { rows, ips, places } = ordinaryLife(life, scene);
  return {
    ...scene,
    rows: [...scene.rows, ...rows],
    ips: { ...ips, ...scene.ips },
    places: { ...places, ...scene.places },
  };
}

const HOUR_MS = 3_600_000;
const HOME: Where = { country: 'DE', asn: 64501, asName: 'Example Broadband', city: 'Berlin', lat: 52.48, lon: 13.36 };
const ROAD: Where = { country: 'DE', asn: 64510, asName: 'Example Mobile', city: 'Berlin', lat: 52.51, lon: 13.38 };
/** Carriers put many phones behind few addresses, and a phone behind another one each time. */
const CARRIER = ['198.51.100.241', '198.51.100.242', '198.51.100.243', '198.51.100.244', '198.51.100.245'];
const FIRST_HOME = 130;

/**
 * Pure and the same each time: the same lives in the same scene give the same rows. Rows lie before the start. Throws for a person or a
 * place that the scenario does not have.
 */
function ordinaryLife(lives: Readonly<Record<string, LifeSpec>>, scene: LifeScene): OrdinaryLife {
  const keys = Object.keys(lives);
  const ips: Record<string, string> = {};
  const places: Record<string, Where> = {};
  const add = (key: string, ip: string, where: Where): void => {
    if (key in scene.ips) return;
    ips[key] = ip;
    places[key] = where;
  };
  for (const [i, key] of keys.entries())
    add(`${key}-home`, `192.0.2.${FIRST_HOME + i}`, { ...HOME, lat: HOME.lat + i / 200 });
  if (keys.some((key) => 'road' in JOBS[lives[key]?.job ?? 'engineer']))
    for (const [i, ip] of CARRIER.entries()) add(`carrier${i + 1}`, ip, ROAD);
  const whole = { people: scene.people, ips: { ...scene.ips, ...ips }, places: { ...scene.places, ...places } };
  const rows = keys.flatMap((key) => {
    const spec = lives[key];
    return spec ? rowsOf(key, spec, whole, keys) : [];
  });
  return { rows, ips, places };
}

function rowsOf(key: string, spec: LifeSpec, scene: LifeScene, told: readonly string[]): readonly LifeRow[] {
  const person = scene.people[key];
  if (!person) throw new Error(`life is told of ${key}, who is nobody of the scenario`);
  const [weekday, hour] = spec.now.split(' ') as [Weekday, string];
  const job = JOBS[spec.job];
  const spots: Record<Place, (daysAgo: number) => string> = {
    office: () => spec.office,
    home: () => spec.home ?? `${key}-home`,
    road: (daysAgo) => `carrier${((daysAgo * 7 + key.length) % CARRIER.length) + 1}`,
  };
  /** Others with an account there. A help desk has its ordinary work with those of whom nothing else is told. */
  const others = (platform: Platform): readonly string[] =>
    Object.keys(scene.people).filter(
      (other) => other !== key && scene.people[other]?.accounts.includes(platform) === true,
    );
  const lifeOn = (platform: Platform): Liver => ({
    ...{ key, job, days: spec.days, system: spec.system },
    colleague:
      [spec.colleague, person.manager, ...others(platform)].find(
        (c) => c !== undefined && others(platform).includes(c),
      ) ?? key,
    others: others(platform).filter((other) => !told.includes(other)),
    spot: (place, daysAgo) => spotOf(scene, spots[place](daysAgo)),
  });
  const moments = monthsOf({
    ...{ seed: `${key}:${spec.job}`, job, days: spec.days, weekday: WEEKDAYS.find((d) => d === weekday) ?? 'wed' },
    ...{ hour: Number(hour), monthEnd: spec.monthEnd, untilAgo: spec.quietHours * HOUR_MS },
    ...{ away: spec.away, today: spec.today },
  });
  return [spec.platform].flat().flatMap((platform) => {
    const life = lifeOn(platform);
    return [...belongings(platform, life), ...moments.flatMap((m) => WORDING[platform](life, m))].flatMap((t) =>
      rowOf(platform, t),
    );
  });
}

function spotOf({ ips, places }: LifeScene, ip: string): Spot {
  const where = places[ip];
  if (!(ip in ips) || !where) throw new Error(`life is led at ${ip}, which the scenario has no address or place for`);
  return { ip, ...where };
}

/** A burst that would run past the start ends before it. */
function rowOf(tenant: Platform, { ago, repeat = 1, everyMs = 1_000, type, ...fields }: Told): readonly LifeRow[] {
  const fitting = Math.min(repeat, Math.floor(ago / everyMs));
  if (fitting < 1) return [];
  return [
    {
      ...{ tenant, type, at: `-${isoDuration(ago)}`, repeat: fitting, every: isoDuration(everyMs), decisive: false },
      ...fields,
    },
  ];
}

/** Whole seconds. */
function isoDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400];
  return `P${days}DT${Math.floor(rest / 3_600)}H${Math.floor((rest % 3_600) / 60)}M${rest % 60}S`;
}
