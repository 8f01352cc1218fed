import { describe, expect, it } from 'vitest';
import { compileFilter, FilterError, pageOf } from '../../../simulator/microsoft/odata.js';

const ALLOWED = { name: ['eq', 'startswith'], at: ['ge', 'le'], 'by/user/id': ['eq'], tags: ['any'], props: ['any'] };
const keep = (filter: string, row: object): boolean => compileFilter(filter, ALLOWED)(row);

describe('filters', () => {
  it.each([
    ["name eq 'Ann'", true],
    ["name eq 'ann'", true],
    ["name eq 'Bob'", false],
    ["startswith(name, 'A')", true],
    ["by/user/id eq 'u1' and name eq 'Ann'", true],
    ["name eq 'Bob' or by/user/id eq 'u1'", true],
    ["name eq 'Bob' or name eq 'Ann' and by/user/id eq 'u2'", false],
    ["(name eq 'Bob' or name eq 'Ann') and by/user/id eq 'u1'", true],
    ['at ge 2026-01-01T00:00:00.000Z and at le 2026-01-31T00:00:00Z', true],
    ['at ge 2026-02-01T00:00:00Z', false],
    ["tags/any(t: t eq 'x')", true],
    ["tags/any(t:t eq 'y')", false],
    ["props/any(p: p/id eq 'String {x} Name K' and p/value eq 'case-1/ask: 2')", true],
    ["props/any(p: p/id eq 'String {x} Name K' and p/value eq 'other')", false],
  ])('%s', (filter, expected) => {
    expect(
      keep(filter, {
        name: 'Ann',
        at: '2026-01-15T10:00:00Z',
        by: { user: { id: 'u1' } },
        tags: ['w', 'x'],
        props: [{ id: 'String {x} Name K', value: 'case-1/ask: 2' }],
      }),
    ).toBe(expected);
  });

  it("doubles quotes, and takes '' for one", () => {
    expect(keep("name eq 'O''Neil'", { name: "O'Neil" })).toBe(true);
  });

  it.each(["name ne 'x'", "secret eq 'x'", 'name eq', "name eq 'a' name", "(name eq 'a'", "tags/any(t: u eq 'x')"])(
    'refuses %s',
    (filter) => {
      expect(() => compileFilter(filter, ALLOWED)).toThrow(FilterError);
    },
  );
});

describe('pages', () => {
  const rows = Array.from({ length: 5 }, (_, n) => ({ n }));
  const page = (query: Record<string, string>) =>
    pageOf({
      rows,
      query,
      address: 'https://graph.microsoft.com/v1.0/things',
      defaultTop: 2,
      maxTop: 3,
      now: new Date('2026-01-01T00:00:00Z'),
    });

  it('go on until everything was given once, never beyond the service maximum', () => {
    const seen: unknown[] = [];
    let query: Record<string, string> = { $top: '100' };
    for (let n = 0; n < 5; n++) {
      const { value, '@odata.nextLink': next } = page(query);
      expect(value.length).toBeLessThanOrEqual(3);
      seen.push(...value.map((r) => r['n']));
      if (next === undefined) break;
      query = Object.fromEntries(new URL(next).searchParams);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('refuse a token that is not one', () => {
    expect(() => page({ $skiptoken: 'abc' })).toThrow(FilterError);
  });
});
