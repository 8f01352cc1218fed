import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  anId,
  mapRows,
  maybe,
  needed,
  readRows,
  someAsn,
  someFlag,
  someList,
  someNumber,
  someText,
} from '../../../platforms/kit/rows.js';
import { instantOf } from '../../../domain/instants.js';

const shape = z.looseObject({
  id: z.string(),
  time: z.unknown().optional(),
  name: someText,
  size: someNumber,
  ip: z.unknown().optional(),
});

describe('rows of a vendor', () => {
  it('counts and keeps a row that lacks what identifies it, and reads the others', () => {
    const { read, values, odd } = readRows([{ id: 'a' }, { name: 'b' }, null, { id: 7 }, { id: 'c' }], shape);
    expect({ read, ids: values.map((v) => v.id) }).toEqual({ read: 2, ids: ['a', 'c'] });
    expect(odd).toEqual([
      { row: { name: 'b' }, lacks: 'id' },
      { row: null, lacks: '(the row)' },
      { row: { id: 7 }, lacks: 'id' },
    ]);
  });

  it('counts a row whose mapper lacks what it needs, without what it noted before', () => {
    const rows = [
      { id: 'a', time: '2026-03-10T10:00:00Z', ip: '198.51.100.300' },
      { id: 'b', time: 'yesterday', ip: '198.51.100.301' },
    ];
    const mapped = mapRows(rows, shape, (row, notes) => [
      { ip: notes.address('ip', row.ip), at: needed(instantOf(row.time), 'time') },
    ]);
    expect(mapped).toEqual({
      read: 1,
      values: [{ ip: undefined, at: '2026-03-10T10:00:00.000Z' }],
      odd: [
        { field: 'ip', value: '198.51.100.300' },
        { row: rows[1], lacks: 'time' },
      ],
    });
  });

  it('are named by a text or a whole number, and by nothing else', () => {
    const named = z.looseObject({ id: anId });
    const ids = ['a', 7, '', 1.5, 2 ** 53, null, {}, ['a']].map((id) => ({ id }));
    expect(readRows(ids, named).values.map((v) => v.id)).toEqual(['a', '7']);
  });

  it('have the number of a network where it can be one', () => {
    const numbers = [64500, '64500', 4294967295, 0, -1, 1.5, 4294967296, 'AS', null];
    expect(numbers.map((n) => someAsn.parse(n))).toEqual([
      64500,
      64500,
      4294967295,
      ...Array<undefined>(6).fill(undefined),
    ]);
  });

  it('lets a defect through: only what a row lacks is a row’s own fault', () => {
    const broken = (): never => {
      throw new TypeError('a defect');
    };
    expect(() => mapRows([{ id: 'a' }], shape, broken)).toThrow(TypeError);
  });

  it('loses no row, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (rows) => {
        const { read, odd } = readRows(rows, shape);
        expect(read + odd.length).toBe(rows.length);
      }),
    );
  });

  it.each([
    [someNumber, [20480, '20480', '20,480', "20'480", ' 12.5 '], [20480, 20480, 20480, 20480, 12.5]],
    [someNumber, ['', 'many', null, {}, '1,2', true, '0x10', '1e5'], Array(8).fill(undefined)],
    [someText, ['a', 7, '', null, false, {}], ['a', '7', undefined, undefined, undefined, undefined]],
    [someFlag, [true, 'True', '1', 'FALSE', 'yes', 1], [true, true, true, false, undefined, undefined]],
    [maybe(z.int()), [3, 3.5, '3', null], [3, undefined, undefined, undefined]],
    [someList(z.string()), [['a', null, 'b'], 'a', null, 7, undefined], [['a', 'b'], ['a'], [], [], []]],
  ])('reads a field where it fits (%#)', (field: z.ZodType, given, right) => {
    expect(given.map((value) => field.parse(value))).toEqual(right);
    expect(z.object({ field }).parse({})).toEqual({ field: field.parse(undefined) });
  });
});
