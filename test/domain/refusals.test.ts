import { expect, it } from 'vitest';
import { noteRefusal, refusalsIn, type Refusals } from '../../domain/refusals.js';

it('counts every refusal, keeps the first, and tells of ever fewer', () => {
  const state: Refusals = { refused: [] };
  const told = Array.from({ length: 10_000 }, (_, i) =>
    noteRefusal(state, { at: '2026-03-02T12:00:00.000Z', message: `m-${String(i)}`, code: 'MESSAGE' }),
  ).filter(Boolean);
  expect(refusalsIn(state)).toBe(10_000);
  expect(state.refused.map((r) => r.message)).toEqual(Array.from({ length: 50 }, (_, i) => `m-${String(i)}`));
  expect(told).toHaveLength(50 + 14); // 1, 2, 4, … 8192
});
