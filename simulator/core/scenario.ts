import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { PLATFORMS } from './platforms.js';
import { VERDICTS } from '../../domain/case.js';
import { withOrdinaryLife } from './ordinary-life.js';

const platform = z.enum(PLATFORMS);
const duration = z
  .string()
  .regex(/^-?P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/, 'an ISO 8601 duration, e.g. -PT40M');

/** A person of the simulated organisation. Native ids are derived from the key by `nativeId`. */
const person = z.strictObject({
  name: z.string(),
  email: z.email(),
  accounts: z.array(platform),
  /** Where the account is mastered. */
  authority: z.union([platform, z.literal('other')]),
  /** Whose mailbox the person has. */
  mail: platform,
  admin: z.boolean().default(false),
  kind: z.enum(['person', 'guest', 'shared']).default('person'),
  manager: z.string().optional(),
  timeZone: z.string().default('Europe/Berlin'),
  phone: z.string().optional(),
  department: z.string().optional(),
});

/**
 * One row of a tenant's logs or state, in the vendor simulator's own row types (`type` and its fields).
 * In any field `@key` stands for that person's native id on the row's tenant, `@key.email` for the address,
 * `app:key` for the app's id and `ip:key` for the address; `{n}` is the number of a repeated row.
 */
const row = z.looseObject({
  tenant: platform,
  type: z.string(),
  /** Relative to the scenario's start. */
  at: duration,
  repeat: z.int().positive().default(1),
  every: duration.default('PT30S'),
  /** The row can be read only this long after the start (late logs); divided by `pace.lag`. */
  visibleAfter: duration.optional(),
  /** Without the decisive rows the case must not end as compromised. */
  decisive: z.boolean().default(false),
});
export type Row = z.infer<typeof row>;

const outcome = z.enum(['done', 'not_possible', 'late']);
const settings = z.strictObject({
  /** Merged into the configuration; `@key` stands for all native ids of a person, other references as in rows. */
  config: z.record(z.string(), z.unknown()).default({}),
  /** Merged into the policy, with the same references. */
  policy: z.record(z.string(), z.unknown()).default({}),
  /** Written beside the configuration, by name. */
  files: z.record(z.string().regex(/^[\w.-]+$/, 'a file name'), z.string()).default({}),
  /** Credentials that a role is not given, by the role's name. */
  dropCredentials: z.record(z.string(), z.array(z.string())).default({}),
});
export type Settings = z.infer<typeof settings>;

const situation = z.strictObject({
  name: z.string(),
  shows: z.string(),
  /** Divides waits: lag horizons and people's deadlines. */
  pace: z
    .strictObject({ lag: z.number().positive(), people: z.number().positive() })
    .default({ lag: 1200, people: 600 }),
  people: z.record(z.string(), person),
  apps: z.record(z.string(), z.strictObject({ name: z.string(), platform, scopes: z.array(z.string()) })).default({}),
  ips: z.record(z.string(), z.string()).default({}),
  /** Where those addresses are, for the operator's ranges file. */
  places: z
    .record(
      z.string(),
      z.strictObject({
        country: z.string().length(2),
        asn: z.int(),
        asName: z.string(),
        city: z.string(),
        lat: z.number(),
        lon: z.number(),
      }),
    )
    .default({}),
  /** Who may decide, with their roles. */
  deciders: z.record(z.string(), z.array(z.string())).default({}),
  /** Addresses (keys of `ips`) that are the organisation's own way out. */
  ownEgress: z.array(z.string()).default([]),
  /** People (keys) whom the policy calls VIPs. */
  vips: z.array(z.string()).default([]),
  subject: z.string(),
  rows: z.array(row),
  alerts: z.array(
    z.strictObject({
      source: z.string(),
      /** Whose native ids the alert names. */
      platform,
      file: z.string(),
      after: duration.default('PT0S'),
      repeat: z.int().positive().default(1),
      subjects: z.array(z.string()).optional(),
    }),
  ),
  /** What of the organisation's settings is not as in the others. `setup.json` beside the scenario may hold the same. */
  settings: settings.prefault({}),
  plays: z.strictObject({
    subject: z.strictObject({
      answer: z.enum(['me', 'not_me', 'unsure', 'silent']),
      /** What they add on the answer page. */
      words: z.string().optional(),
      afterSeconds: z.number().default(1),
      /** What they answer once more, each so long after the one before. */
      answers: z
        .array(
          z.strictObject({
            answer: z.enum(['me', 'not_me', 'unsure']),
            words: z.string().optional(),
            afterSeconds: z.number().default(1),
          }),
        )
        .default([]),
    }),
    approvers: z
      .array(
        z.strictObject({ person: z.string(), verb: z.enum(['approve', 'deny']), afterSeconds: z.number().default(1) }),
      )
      .default([]),
    /** How people end their tasks: all of them, or by kind; a kind that is not named is done. */
    tasks: z.union([outcome, z.record(z.string(), outcome)]).default('done'),
    /** What the interview (counsel, HR, a manager) finds: whether a need of the business explains it. */
    interview: z.enum(['yes', 'no', 'partly', 'cannot_say']).default('cannot_say'),
    significant: z.boolean().default(true),
  }),
});
/** Who is there, what the tenants hold, which alerts come and what people do. */
export type Situation = z.infer<typeof situation>;

const scenario = situation.extend({
  promise: z.strictObject({
    verdict: z.enum(VERDICTS),
    closedAs: z.string().optional(),
    cases: z.int().positive().default(1),
    /** Facts the tenant must show at the end; `about` is `@key`, `app:key` or `ip:key`, `is` is compared with the vendor simulator's `inspect`. */
    tenants: z
      .array(
        z.strictObject({
          tenant: platform,
          about: z.string(),
          is: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        }),
      )
      .default([]),
    /** No containment write at all may be in the journal. */
    noWrites: z.boolean().default(false),
  }),
});
export type Scenario = z.infer<typeof scenario>;
export type Person = z.infer<typeof person>;

const FOLDER = new URL('../scenarios/', import.meta.url).pathname;

/** Parses and validates a scenario over the organisation that all share; throws a ZodError that names the place. */
export function parseScenario(text: string): Scenario {
  return scenario.parse(withShared(text));
}

/** What is its own over what all share. */
function withShared(text: string): Readonly<Record<string, unknown>> {
  const own = z.record(z.string(), z.unknown()).parse(parse(text));
  const shared = z
    .record(z.string(), z.unknown())
    .parse(parse(readFileSync(join(FOLDER, 'organisation.yaml'), 'utf8')));
  return withOrdinaryLife(
    Object.fromEntries(
      [...new Set([...Object.keys(shared), ...Object.keys(own)])].map((key) => [key, merge(shared[key], own[key])]),
    ),
  );
}

/** Maps are joined, lists are appended to the shared ones, everything else is the scenario's own. */
function merge(shared: unknown, own: unknown): unknown {
  if (shared === undefined) return own;
  if (own === undefined) return shared;
  if (Array.isArray(shared) && Array.isArray(own)) return [...(shared as unknown[]), ...(own as unknown[])];
  if (typeof shared === 'object' && typeof own === 'object') return { ...shared, ...own };
  return own;
}

export function loadScenario(name: string): Scenario & { readonly folder: string } {
  const folder = join(FOLDER, name);
  return { ...scenario.parse(read(folder)), folder };
}

/** The situation of a scenario in any folder; how it is to end may be told elsewhere. Throws a ZodError, or what reading the file throws. */
export function loadSituation(folder: string): Situation & { readonly folder: string } {
  const { promise: _, ...own } = read(folder);
  return { ...situation.parse(own), folder };
}

function read(folder: string): Readonly<Record<string, unknown>> {
  const own = withShared(readFileSync(join(folder, 'scenario.yaml'), 'utf8'));
  const setup = join(folder, 'setup.json');
  if (!existsSync(setup)) return own;
  return { ...own, settings: merge(own['settings'], JSON.parse(readFileSync(setup, 'utf8'))) };
}

export function listScenarios(): readonly string[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort();
}

/** Milliseconds of an ISO 8601 duration of days and below; negative with a leading `-`. */
export function durationMs(text: string): number {
  const m = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!m) throw new TypeError(`not a duration: ${text}`);
  const [, sign, d = '0', h = '0', min = '0', s = '0'] = m;
  const ms = (((Number(d) * 24 + Number(h)) * 60 + Number(min)) * 60 + Number(s)) * 1000;
  return sign ? -ms : ms;
}
