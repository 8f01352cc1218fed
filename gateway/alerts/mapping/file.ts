import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import { SEVERITIES } from '../../../domain/platform.js';
import { PLATFORMS } from '../../../platforms/registry.js';
import { expressionOf } from './expression.js';

/** A JMESPath expression as it stands in the file, parsed when the file is read. */
const expression = z.string().transform((text, ctx) => {
  try {
    return expressionOf(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    ctx.addIssue({ code: 'custom', message: `the expression ${text} cannot be used: ${why}` });
    return z.NEVER;
  }
});
const several = z.union([expression.transform((one) => [one]), z.array(expression).min(1)]);
/** A path, or a path with a table from the detector's words to ours. */
const word = <T extends z.ZodType>(ours: T) =>
  z.union([
    expression.transform((from) => ({ from, table: undefined, otherwise: undefined })),
    z.strictObject({ from: expression, table: z.record(z.string(), ours).optional(), otherwise: ours.optional() }),
  ]);
const platform = z.enum(PLATFORMS.ids);
const STATES = ['new', 'update', 'closed'] as const;
const EVIDENCE = ['file', 'url', 'message', 'channel', 'app', 'ip', 'session', 'device', 'query'] as const;

const MappingSchema = z.strictObject({
  /** True of a body (or true, non-empty text or list) that is of this format. */
  match: expression,
  /** The list of alerts in a body that holds several; the other paths start at one of them. */
  split: expression.optional(),
  dedupeKey: expression,
  groupKey: expression.optional(),
  title: expression.optional(),
  severity: word(z.enum(SEVERITIES)).optional(),
  state: word(z.enum(STATES)).optional(),
  /** One platform for all of its alerts, or where it stands. */
  platform: z.union([platform, z.strictObject({ from: expression, table: z.record(z.string(), platform) })]).optional(),
  occurredAt: expression.optional(),
  detectedAt: expression.optional(),
  /** Of times that name none: an offset or an IANA name. */
  zone: z.string().refine(isZone, 'no time zone that there is').optional(),
  subjects: z
    .array(
      z
        .strictObject({
          /** A list of people; the paths beside it start at one of them. */
          each: expression.optional(),
          email: expression.optional(),
          nativeId: expression.optional(),
          /** Mail suffix of names without one. */
          domain: expression.optional(),
          platform: platform.optional(),
          kind: z.enum(['person', 'app']).default('person'),
        })
        .refine((s) => s.email ?? s.nativeId, 'needs email or nativeId'),
    )
    .min(1),
  addresses: several.optional(),
  userAgent: expression.optional(),
  session: expression.optional(),
  evidence: z.array(z.strictObject({ type: z.enum(EVIDENCE), value: expression })).default([]),
  attack: several.optional(),
  link: expression.optional(),
});
/** A mapping with the text that it was read from. */
export type Mapping = z.infer<typeof MappingSchema> & { readonly text: string };

function isZone(zone: string): boolean {
  if (/^[+-]\d{2}:?\d{2}$/.test(zone)) return true;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Reads and checks a mapping file. Errors: CONFIG with the line and the field of each mistake. */
export function readMapping(path: string): Mapping {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new QuellError('CONFIG', `the mapping file ${path} cannot be read`, { cause });
  }
  return mappingOf(text, path);
}

/** The same of a text; `name` is what errors call it. */
export function mappingOf(text: string, name: string): Mapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors.map(
    (e) => `${name}:${lines.linePos(e.pos[0]).line}: ${e.message.split('\n')[0] ?? ''}`,
  );
  if (broken.length > 0) throw new QuellError('CONFIG', broken.join('; '));
  const parsed = MappingSchema.safeParse(document.toJS());
  if (parsed.success) return { ...parsed.data, text };
  const wrong = parsed.error.issues.flatMap(leaves).map(({ path, message }) => {
    const line = lineOf(document, lines, path);
    return `${name}:${line}: ${path.length === 0 ? 'the file' : path.join('.')}: ${message}`;
  });
  throw new QuellError('CONFIG', [...new Set(wrong)].join('; '));
}

interface Wrong {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of a union the mistake of the branch that came furthest. */
function leaves(issue: z.core.$ZodIssue): readonly Wrong[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'there is no such field' }));
  if (issue.code !== 'invalid_union') return [{ path: issue.path, message: issue.message }];
  const branches = issue.errors.map((errors) =>
    errors.flatMap(leaves).map((one) => ({ ...one, path: [...issue.path, ...one.path] })),
  );
  const isOfType = (branch: readonly Wrong[]): boolean =>
    !branch.some(
      ({ path, message }) => path.length === issue.path.length && /expected (?:string|object|array)/.test(message),
    );
  return branches.find(isOfType) ?? branches[0] ?? [{ path: issue.path, message: issue.message }];
}

/** The line of a field, or of the nearest that holds it. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let n = path.length; n >= 0; n--) {
    const node = document.getIn(path.slice(0, n), true);
    const range = typeof node === 'object' && node !== null && 'range' in node ? (node.range as number[] | null) : null;
    if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
  }
  return 1;
}
