import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { IndicatorInput } from '../../../domain/indicators/index.js';
import { input } from '../fixtures.js';
import { Row, rowsOf } from '../rows.js';
import { quietPast } from '../takeover.js';

const CRITICAL = { labels: ['Confidential'], channels: ['board'], names: ['salary'], highItems: 5 };

/** A row, and what others found in it. */
const Found = Row.extend({
  secret: z.strictObject({ kind: z.string(), fingerprint: z.string(), confirmed: z.boolean().optional() }).optional(),
  listed: z
    .strictObject({ indicator: z.string(), list: z.string(), confidence: z.enum(['low', 'medium', 'high']).optional() })
    .optional(),
});
const Scene = z.strictObject({
  name: z.string().min(1),
  /** Two weeks of mornings at home before the rows, four of the same, or nothing at all. */
  past: z.enum(['quiet', 'month', 'none']).default('quiet'),
  involvements: z.int().optional(),
  ownApps: z.array(z.string()).optional(),
  ownEgress: z.string().optional(),
  rows: z.array(Found),
});
/** One finding. `rows`: how many it cites; `measures`: numbers that it must show; `shows`: names of what it must show, where the number is a weight. */
const Expected = z.strictObject({
  confidence: z.enum(['low', 'medium', 'high']),
  whose: z.enum(['own', 'other', 'app', 'job', 'unknown']),
  rows: z.int(),
  measures: z.record(z.string(), z.number()).default({}),
  shows: z.array(z.string()).default([]),
  usual: z.enum(['daily', 'weekly', 'monthly']).optional(),
});
export const Cases = z.strictObject({
  match: z.array(Scene.extend({ expect: z.array(Expected).min(1) })).min(2),
  noMatch: z.array(Scene).min(2),
});
export type Cases = z.infer<typeof Cases>;

export const FOLDER = new URL('../../../domain/indicators/', import.meta.url);
export const SUFFIX = '.cases.yaml';

/** What an indicator must find and must not, as it is written beside it. */
export const casesOf = (id: string): Cases =>
  Cases.parse(parse(readFileSync(new URL(`${id}${SUFFIX}`, FOLDER), 'utf8')));

/** The rows of a case after the subject's own past, with what is known beside them. */
export function inputOf({ past, rows, involvements, ownApps, ownEgress }: z.infer<typeof Scene>): IndicatorInput {
  const told = rows.flatMap(({ secret, listed, ...row }) =>
    rowsOf(row).map((event, i) => ({ event, i, secret, listed })),
  );
  const before = past === 'none' ? [] : quietPast(past === 'month' ? 28 : 14);
  return input([...before, ...told.map((t) => t.event)], {
    platform: 'slack',
    critical: CRITICAL,
    secrets: told.flatMap(({ event, i, secret }) =>
      secret
        ? [
            {
              ...{ eventId: event.id, kind: secret.kind, fingerprint: secret.fingerprint.replaceAll('{n}', String(i)) },
              ...(secret.confirmed === undefined ? {} : { confirmed: secret.confirmed }),
            },
          ]
        : [],
    ),
    intelligence: told.flatMap(({ event, listed }) =>
      listed
        ? [
            {
              ...{ eventId: event.id, indicator: listed.indicator, list: listed.list },
              ...(listed.confidence === undefined ? {} : { confidence: listed.confidence }),
            },
          ]
        : [],
    ),
    ...(involvements === undefined ? {} : { involvements }),
    ...(ownApps === undefined ? {} : { ownApps }),
    ...(ownEgress === undefined ? {} : { isOwnEgress: (ip) => ip === ownEgress }),
  });
}
