import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Totals } from './totals.js';

const bounds = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine((b) => b.min !== undefined || b.max !== undefined, 'min or max');
/** Rates of counts, as `rightRate`, are written `right: { min: 0.9 }`: a share of the scenarios. */
const SHARES = ['right', 'verdictRight', 'closingRight', 'actsRight'] as const satisfies readonly (keyof Totals)[];
const MEASURES = [
  ...SHARES,
  'actsDone',
  'forbiddenActs',
  'truePositiveRate',
  'harmlessWithActs',
  'falsePositiveRejection',
  'novelPerAttack',
  'novelMedian',
  'said',
  'secondsMedian',
  'brier',
  'failed',
] as const satisfies readonly (keyof Totals)[];
const thresholds = z.partialRecord(z.enum(MEASURES), bounds);
export type Thresholds = z.infer<typeof thresholds>;

/** Throws a ZodError that names the place, or what reading the file throws. */
export const readThresholds = (path: string): Thresholds => thresholds.parse(parse(readFileSync(path, 'utf8')));

/** What was missed, in words; empty when all held. A measure of nothing misses its threshold. */
export function missed(wanted: Thresholds, totals: Totals): readonly string[] {
  return MEASURES.flatMap((name) => {
    const bound = wanted[name];
    if (!bound) return [];
    const counted = totals[name];
    const got = isShare(name) ? (counted ?? 0) / Math.max(1, totals.scenarios) : counted;
    if (got === undefined) return [`${name}: nothing to measure it by`];
    const { min = -Infinity, max = Infinity } = bound;
    if (got >= min && got <= max) return [];
    return [`${name}: ${shown(got)}, wanted ${got < min ? `at least ${min}` : `at most ${max}`}`];
  });
}

const isShare = (name: keyof Totals): boolean => (SHARES as readonly string[]).includes(name);
const shown = (value: number): string => String(Math.round(value * 1_000) / 1_000);
