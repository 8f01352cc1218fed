import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyObject,
  either,
  flag,
  id,
  instant,
  list,
  number,
  object,
  oneOf,
  optional,
  record,
  text,
} from '../../domain/shape.js';

interface Thing {
  readonly name: string;
  readonly many: readonly number[];
  readonly maybe?: string;
  readonly facts: Readonly<Record<string, string | boolean>>;
}
const thing = object<Thing>({
  name: text(5),
  many: list(number, 3, 1),
  maybe: optional(id),
  facts: record(either(text(3), flag), 2),
});
const good: Thing = { name: 'abc', many: [1, 2.5], facts: { a: true } };

describe('an object', () => {
  it('is taken with exactly its fields', () => {
    expect(thing(good)).toBe(true);
    expect(thing({ ...good, maybe: 'x-1' })).toBe(true);
  });
  it.each<[string, unknown]>([
    ['a field beyond them', { ...good, more: 1 }],
    ['a field missing', { many: [1], facts: {} }],
    ['another type', { ...good, name: 7 }],
    ['nothing for a field', { ...good, maybe: null }],
    ['a long text', { ...good, name: 'abcdef' }],
    ['no item', { ...good, many: [] }],
    ['many items', { ...good, many: [1, 2, 3, 4] }],
    ['a wrong item', { ...good, many: [1, null] }],
    ['what is no number', { ...good, many: [NaN] }],
    ['what JSON reads as endless', { ...good, many: JSON.parse('[1e999]') }],
    ['an id of other signs', { ...good, maybe: 'a|b' }],
    ['many facts', { ...good, facts: { a: 'x', b: 'x', c: 'x' } }],
    ['a fact of another type', { ...good, facts: { a: 1 } }],
    ['a prototype for a fact', { ...good, facts: JSON.parse('{"__proto__":"x"}') }],
    ['a prototype of its own', JSON.parse(`{"__proto__":{},${JSON.stringify(good).slice(1)}`)],
    ['a list', [good]],
    ['nothing', null],
    ['fields that are inherited', Object.create(good)],
  ])('is refused with %s', (_, value) => {
    expect(thing(value)).toBe(false);
  });
  it('is not read beyond the length that a list may have', () => {
    const endless = new Proxy(Array.from({ length: 10 }), {
      get: (target, key) => {
        if (key === '0') throw new Error('it was read');
        return Reflect.get(target, key) as unknown;
      },
    });
    expect(list(number, 3)(endless)).toBe(false);
  });
});

it.each([
  ['2026-03-02T12:00:00Z', true],
  ['2026-03-02T12:00:00.123456Z', true],
  ['2026-02-30T12:00:00+01:00', false],
  ['2026-13-02T12:00:00Z', false],
  ['+123456-01-01T00:00:00Z', false],
  ['0001-01-01T00:00:00Z', false],
  ['2026-03-02', false],
  ['', false],
])('%s is an instant: %s', (value, is) => {
  expect(instant(value)).toBe(is);
});

it('takes any object that is small and shallow enough to be hashed', () => {
  const few = anyObject<object>(10, 3);
  expect(few({ a: [{ b: 1 }] })).toBe(true);
  expect(few({ a: [{ b: [1] }] })).toBe(false);
  expect(few({ a: Array.from({ length: 10 }, () => 1) })).toBe(false);
  expect(few(JSON.parse('{"a":1e999}'))).toBe(false);
  const deep = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) as unknown;
  expect(anyObject<object>(1_000_000)(deep)).toBe(false);
});

it('never throws and never changes what it looks at', () => {
  const shapes = [thing, id, instant, flag, oneOf(['a']), anyObject<object>(50), record(number, 5)];
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const before = JSON.stringify(value);
      for (const shape of shapes) expect(typeof shape(value)).toBe('boolean');
      expect(JSON.stringify(value)).toBe(before);
    }),
  );
});
