import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { VERDICTS } from '../../../domain/case.js';

/** `action` is a kind of act, several of them (`a|b`), or `*`; `about` is `@key`, `app:key`, `ip:key`, or `*`. */
const act = z.strictObject({ action: z.string(), about: z.string(), why: z.string().default('') });
export type ActPattern = z.infer<typeof act>;

const oneOf = <T extends z.ZodType>(one: T) =>
  z.union([one.transform((value) => [value]), z.array(one).min(1)]) as unknown as z.ZodType<
    readonly z.output<T>[],
    z.input<T> | readonly z.input<T>[]
  >;

const expected = z.strictObject({
  situation: z.string(),
  truth: z.enum(['attack', 'benign']),
  /** Those that a careful senior analyst could give. */
  verdicts: z.array(z.enum(VERDICTS)).min(1),
  /** How the case may close; without it, however it does. */
  closedAs: z.array(z.string()).default([]),
  /** Acts that must be done, by a write that holds or by a person's task; of `anyOf` one is enough. */
  must: z
    .array(z.union([act, z.strictObject({ anyOf: z.array(act).min(1), why: z.string().default('') })]))
    .default([]),
  /** Acts that no plan may even propose. */
  mustNot: z.array(act).default([]),
  /** Facts that report or case has to tell: a text or reference, or a list of which one is enough. */
  mustSay: z.array(oneOf(z.string())).default([]),
  why: z.string().default(''),
  maxCases: z.int().positive().optional(),
  /** Whose case is judged: `@key`; by default the scenario's subject, `*` for any. */
  caseOf: z.string().optional(),
});
/** How a scenario is to end: the label that a run is judged by. */
export type Expected = z.infer<typeof expected>;

/** Throws a ZodError that names the place, or what reading the file throws. */
export const readExpected = (folder: string): Expected =>
  parseExpected(readFileSync(join(folder, 'expected.json'), 'utf8'));
export const parseExpected = (text: string): Expected => expected.parse(JSON.parse(text));

/** Whom and what a label names. */
export const aboutsOf = ({ must, mustNot, caseOf = '*' }: Expected): readonly string[] =>
  [...[...must.flatMap((m) => ('anyOf' in m ? m.anyOf : [m])), ...mustNot].map((a) => a.about), caseOf].filter(
    (about) => about !== '*',
  );

/**
 * Whether what happened can be known from what may be read: an attack whose label allows neither of the verdicts that say so is
 * no measure of how well attacks are found.
 */
export const knowable = ({ truth, verdicts }: Pick<Expected, 'truth' | 'verdicts'>): boolean =>
  truth === 'benign' || verdicts.includes('compromised') || verdicts.includes('insider');
