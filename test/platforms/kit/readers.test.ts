import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Misfit, readerOf } from '../../../platforms/kit/readers.js';
import { maybe, someFlag, someList, someNumber, someText } from '../../../platforms/kit/rows.js';
import { mutationsOf } from '../../support/mutations.js';

const text = z.union([z.string().min(2), z.number().transform(String)]);
const nested: z.ZodType = z.looseObject({ name: text, inside: z.lazy(() => someList(nested)) });

/** Everything that rows are made of, and what is left to zod. */
const SHAPES: Readonly<Record<string, z.ZodType>> = {
  'a text': z.string(),
  'a text of a length': z.string().min(2),
  'a text with other checks': z.string().min(1).max(3),
  'a pattern': z.string().regex(/^a/),
  'a trimmed text': z.string().trim(),
  'a number': z.number(),
  'a whole number': z.int(),
  'an address': z.email(),
  'a link': z.url(),
  'one of several': text,
  'what may be absent': z.string().optional(),
  'by a function': z.string().transform((s) => s.length),
  'by a function that refuses': z.string().transform((s, refusal) => {
    if (s === 'a') refusal.addIssue('no');
    return s;
  }),
  'before it is read': z.preprocess((v) => (v === 7 ? 'seven' : v), z.string()),
  'one after the other': z.union([z.string(), z.number().transform(String)]).pipe(z.string().regex(/^\d/)),
  'a loose object': z.looseObject({ a: z.string(), b: someText, c: someNumber, d: maybe(z.looseObject({ a: text })) }),
  'an object that drops the rest': z.object({ a: z.string() }),
  'an object with nothing else': z.strictObject({ a: z.string() }),
  'objects in objects': z.looseObject({ a: z.looseObject({ b: z.looseObject({ c: z.string().min(2) }) }) }),
  'a checked object': z.looseObject({ a: z.string() }).refine((o) => o.a !== 'a'),
  lists: z.looseObject({ a: someList(z.string().min(2)), b: someList(someFlag), c: z.array(z.string()).optional() }),
  'what must be there, whatever it is': z.looseObject({ a: z.unknown() }),
  'checked, whatever it is': z.unknown().refine((v) => v !== 'a'),
  'one of several, checked': text.refine((t) => t !== 'ab'),
  'what may be absent, checked': z
    .string()
    .optional()
    .refine((t) => t !== 'a'),
  'with a default': z.string().default('d').optional(),
  'made a text': z.coerce.string(),
  'made a number': z.coerce.number(),
  'what holds itself': nested,
};

function same(shape: z.ZodType, value: unknown): void {
  const parsed = shape.safeParse(value);
  const read = readerOf(shape)(value);
  if (parsed.success) expect(read).toEqual(parsed.data);
  else expect(read).toEqual(new Misfit(parsed.error.issues[0]?.path.join('.') ?? ''));
}

const leaf = fc.oneof(
  fc.constantFrom('', 'a', 'ab', ' 12 ', 'true', 'False', '1,234', 0, 7, -1, 1.5, Number.NaN, 2 ** 60, true, null),
  fc.constant(undefined),
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'name', 'inside'), tie('value'), { maxKeys: 5 }),
})).value;

describe.each(Object.entries(SHAPES))('%s', (_, shape) => {
  it('is read as zod reads it, whatever comes', () => {
    fc.assert(fc.property(anything, (value) => same(shape, value)));
  });
});

describe('a row', () => {
  const row = {
    ...{ id: 'r1', name: 'x', size: '1,024', isShared: 'True' },
    actor: { user: { id: 'U1', name: '' } },
    files: [{ id: 'F1' }, { id: 'F2', size: 3 }],
  };
  const shape = z.looseObject({
    ...{ id: z.string().min(1), name: someText, size: someNumber, isShared: someFlag },
    actor: maybe(z.looseObject({ user: z.looseObject({ id: z.string(), name: someText }) })),
    files: someList(z.looseObject({ id: z.string(), size: someNumber })),
  });

  it('is read as zod reads it, whatever became of its fields', () => {
    for (const mutation of mutationsOf(row)) same(shape, mutation.row);
  });

  it('stays as it came in what its shape does not name, and is not written to', () => {
    const came = Object.freeze({ id: 'r1', size: '1', other: { kept: true } });
    expect(readerOf(shape)(came)).toMatchObject({ id: 'r1', size: 1, other: { kept: true } });
    expect(came.size).toBe('1');
  });
});
