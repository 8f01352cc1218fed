import { z } from 'zod';
import { ACTION_KINDS } from '../../domain/acts/index.js';
import { CLOSINGS, VERDICTS } from '../../domain/case.js';

const reference = z.string().regex(/^(@|app:|ip:)[a-z0-9_-]+$|^\*$/, '@key, app:key, ip:key or *');
const kinds: readonly string[] = ACTION_KINDS;
/** Kinds of acts, one of them with `|` between, or any. */
const action = z
  .string()
  .refine((text) => text === '*' || text.split('|').every((kind) => kinds.includes(kind)), 'kinds of acts');
const act = z.strictObject({ action, about: reference, why: z.string() });

/** What a careful senior analyst would accept of a scenario: `expected.json` beside `scenario.yaml`. */
export const expected = z.strictObject({
  situation: z.string().min(20),
  truth: z.enum(['attack', 'benign']),
  verdicts: z.array(z.enum(VERDICTS)).min(1).max(4),
  closedAs: z.array(z.enum(CLOSINGS)).default([]),
  must: z.array(z.union([act, z.strictObject({ anyOf: z.array(act).min(2), why: z.string() })])).default([]),
  mustNot: z.array(act).default([]),
  /** Texts or references that report or case must hold; a list inside is one of. */
  mustSay: z.array(z.union([z.string(), z.array(z.string()).min(1)])).default([]),
  /** Whose case is judged, when it is not the subject's. */
  caseOf: reference.optional(),
  maxCases: z.int().positive().optional(),
  why: z.string().min(30),
});
export type Expected = z.infer<typeof expected>;
