import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Totals } from './totals.js';

const bounds = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine((b) => b.min !== undefined || b.max !== undefined, 'min or max');
/** What a threshold may be set for. Counts are held as shares, so that a threshold holds for a corpus of any size. */
const MEASURES = {
  right: (t) => share(t.right, t.scenarios),
  verdictRight: (t) => share(t.verdictRight, t.scenarios),
  closingRight: (t) => share(t.closingRight, t.scenarios),
  actsRight: (t) => share(t.actsRight, t.scenarios),
  actsDone: (t) => t.actsDone,
  forbiddenActs: (t) => t.forbiddenActs,
  truePositiveRate: (t) => t.truePositiveRate,
  harmlessWithActs: (t) => share(t.harmlessWithActs, t.harmless),
  falsePositiveRejection: (t) => t.falsePositiveRejection,
  novelPerAttack: (t) => t.novelPerAttack,
  novelMedian: (t) => t.novelMedian,
  said: (t) => t.said,
  brier: (t) => t.brier,
  failed: (t) => t.failed,
} as const satisfies Partial<Record<keyof Totals, (totals: Totals) => number | undefined>>;
type Measure = keyof typeof MEASURES;
const share = (n: number, of: number): number | undefined => (of === 0 ? undefined : n / of);

const thresholds = z.partialRecord(z.enum(Object.keys(MEASURES) as [Measure, ...Measure[]]), bounds);
export type Thresholds = z.infer<typeof thresholds>;

/** Throws a ZodError that names the place, or what reading the file throws. */
export const readThresholds = (path: string): Thresholds => thresholds.parse(parse(readFileSync(path, 'utf8')));

/** What was missed, in words; empty when all held. A measure of nothing misses its threshold. */
export function missed(wanted: Thresholds, totals: Totals): readonly string[] {
  return (Object.keys(MEASURES) as Measure[]).flatMap((name) => {
    const bound = wanted[name];
    if (!bound) return [];
    const got = MEASURES[name](totals);
    if (got === undefined) return [`${name}: nothing to measure it by`];
    const { min = -Infinity, max = Infinity } = bound;
    if (got >= min && got <= max) return [];
    return [`${name}: ${shown(got)}, wanted ${got < min ? `at least ${min}` : `at most ${max}`}`];
  });
}

const shown = (value: number): string => String(Math.round(value * 1_000) / 1_000);
