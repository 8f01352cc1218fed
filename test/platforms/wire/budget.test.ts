import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RateLimit, VendorRole } from '../../../platforms/operation.js';
import { RateBudget, times } from '../../../platforms/wire/budget.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const limit = (over: Partial<RateLimit> = {}): RateLimit => ({
  bucket: 'audit',
  calls: 50,
  seconds: 60,
  counts: 'app',
  ...over,
});

/** How many calls go without waiting. */
async function atOnce(budget: RateBudget, under: RateLimit): Promise<number> {
  let went = 0;
  for (let n = 0; n < 200; n++)
    budget.turn(under).then(
      () => went++,
      () => undefined,
    );
  await vi.advanceTimersByTimeAsync(0);
  return went;
}

describe('the budget of a role at a tenant', () => {
  it.each<[VendorRole, number]>([
    ['evidence', 30],
    ['containment', 15],
    ['people', 5],
  ])('leaves %s its share of what all apps of a tenant count on', async (role, calls) => {
    expect(await atOnce(new RateBudget({ role }), limit({ counts: 'tenant' }))).toBe(calls);
    expect(await atOnce(new RateBudget({ role }), limit())).toBe(50);
  });

  it('counts by bucket, over all who ask', async () => {
    const budget = new RateBudget({ role: 'evidence' });
    expect(await atOnce(budget, limit({ bucket: 'history' }))).toBe(50);
    expect(await atOnce(budget, limit({ bucket: 'history' }))).toBe(0);
    expect(await atOnce(budget, limit({ bucket: 'files' }))).toBe(50);
  });

  it('gives a share of less than one call a longer time', async () => {
    const budget = new RateBudget({ role: 'containment' });
    const risk = limit({ bucket: 'risk', calls: 1, seconds: 1, counts: 'tenant' });
    (await budget.turn(risk))();
    let went = false;
    void budget.turn(risk).then(() => (went = true));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(went).toBe(false);
    await vi.advanceTimersByTimeAsync(500);
    expect(went).toBe(true);
  });

  it('is as much wider as simulated tenants are', async () => {
    expect(await atOnce(new RateBudget({ role: 'evidence', rates: 3 }), limit())).toBe(150);
  });

  it('never widens a limit by cutting it', () => {
    fc.assert(
      fc.property(
        fc.record({ calls: fc.integer({ min: 1, max: 5_000 }), seconds: fc.integer({ min: 1, max: 3_600 }) }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (whole, factor) => {
          const cut = times(whole, factor);
          expect(Number.isInteger(cut.calls)).toBe(true);
          expect(cut.calls).toBeGreaterThanOrEqual(1);
          const rate = (whole.calls * factor) / whole.seconds;
          expect(cut.calls / cut.seconds).toBeLessThanOrEqual(rate * (1 + 1e-9));
          expect(cut.calls / cut.seconds).toBeGreaterThan(rate / 2);
        },
      ),
    );
  });
});
