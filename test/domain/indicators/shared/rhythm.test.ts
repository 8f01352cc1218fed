import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../../domain/evidence.js';
import { isMonthly, isWeekly, likeBefore } from '../../../../domain/indicators/shared/rhythm.js';
import { after, DAY, event, HOUR } from '../../fixtures.js';

type Named = (i: number) => Partial<EvidenceEvent>;
const payslip: Named = (i) => ({ target: { type: 'file', id: `P${i}`, name: `Payslip-2026-03-${1000 + i}.pdf` } });
const backup: Named = (i) => ({ target: { type: 'file', id: `B${i}`, name: `backup_${i}.zip` } });

/** So many downloads within an hour, so many days before the burst. */
const batch = (daysBefore: number, n: number, named: Named = payslip, given: Partial<EvidenceEvent> = {}) =>
  Array.from({ length: n }, (_, i) =>
    event({
      kind: 'file_download',
      at: after(10 * HOUR - daysBefore * DAY + (i * HOUR) / n),
      ...named(i),
      ...given,
    }),
  );
const burst = batch(0, 120);
const days = (list: readonly number[], n: number, named?: Named, given?: Partial<EvidenceEvent>): EvidenceEvent[] =>
  list.flatMap((d) => batch(d, n, named, given));
/** What shows how far the past reaches back, without being like anything. */
const quiet = (reach: number): EvidenceEvent[] => Array.from({ length: reach }, (_, i) => batch(i + 1, 3)).flat();

describe('has its like', () => {
  it.each<[string, EvidenceEvent[], string, number]>([
    ['payroll at the end of three months', days([28, 58, 88], 110), 'monthly', 3],
    ['payroll of a month ago, when no more can be seen', [...quiet(30), ...days([30], 100)], 'monthly', 1],
    ['the copy of every week', [...quiet(30), ...days([7, 14, 21, 28], 120, payslip)], 'weekly', 4],
    ['the copy of every week, moved by holidays', [...quiet(30), ...days([9, 14, 20, 28], 90)], 'weekly', 4],
    ['a job of every other night', days([2, 4, 6, 8, 10, 12, 14, 16, 18, 20], 120), 'daily', 10],
    ['a job two or three days apart', days([2, 5, 7, 10, 12, 15, 18], 100), 'daily', 7],
    [
      'an hour earlier, an hour later',
      days([7, 14], 100, payslip).map((e, i) => shifted(e, i % 2 ? HOUR : -HOUR)),
      'weekly',
      2,
    ],
    ['rows that carry no names', days([7, 14, 21], 100, () => ({})), 'weekly', 3],
  ])('%s', (_, past, kind, n) => {
    const found = likeBefore(burst, past);
    expect(found?.kind).toBe(kind);
    expect(found?.days).toHaveLength(n);
    expect(found?.share).toBeGreaterThanOrEqual(0.5);
  });

  it('says which days and how alike they are', () => {
    const past = [...quiet(30), ...days([7], 90), ...days([14], 240)];
    // The quiet rows of the day come on top: 93 of 120.
    expect(likeBefore(burst, past)).toEqual({ kind: 'weekly', days: ['2026-03-03', '2026-02-24'], share: 0.775 });
  });

  it('by a label where names differ', () => {
    const hr: Partial<EvidenceEvent> = { labels: ['HR'] };
    expect(likeBefore(batch(0, 120, payslip, hr), days([7, 14], 120, backup, hr))?.kind).toBe('weekly');
    expect(likeBefore(batch(0, 120, payslip, hr), days([7, 14], 120, backup))).toBeUndefined();
  });
});

describe('has no like', () => {
  it.each<[string, EvidenceEvent[]]>([
    ['a first spree', quiet(30)],
    ['nothing before', []],
    ['three days of the same thief', [...quiet(30), ...days([1, 2, 3], 120)]],
    ['ten days of the same thief', [...quiet(30), ...days([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 120)]],
    ['a spree of last week alone', [...quiet(30), ...days([7], 120)]],
    ['two sprees at no rhythm', [...quiet(30), ...days([11, 18], 120)]],
    ['less than half as much', days([7, 14, 21, 28], 55)],
    ['other files', days([7, 14, 21, 28], 120, backup)],
    ['other rows', days([7, 14, 21, 28], 120, payslip, { kind: 'file_upload' })],
    ['another platform', days([7, 14, 21, 28], 120, payslip, { platform: 'google' })],
    ['two of the thirteen weeks that can be seen', [...quiet(90), ...days([7, 14], 120)]],
  ])('%s', (_, past) => {
    expect(likeBefore(burst, past)).toBeUndefined();
  });

  it('a kind of row that is a fair part of the burst and was never there', () => {
    const shares = batch(0, 60, payslip, { kind: 'share' });
    const past = days([7, 14, 21, 28], 120);
    expect(likeBefore([...burst, ...shares], past)).toBeUndefined();
    // A few shares beside the files are no part that a like must hold; what they mean is judged elsewhere.
    expect(likeBefore([...burst, ...shares.slice(0, 3)], past)?.kind).toBe('weekly');
  });

  it('without a burst', () => expect(likeBefore([], burst)).toBeUndefined());
});

it('neither order nor repeated rows change anything, and a row of the burst never vouches for it', () => {
  const past = [...quiet(30), ...days([7, 14, 21], 70)];
  const found = likeBefore(burst, past);
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...past, ...past], { minLength: 2 * past.length }),
      fc.shuffledSubarray([...burst, ...burst], { minLength: 2 * burst.length }),
      (p, b) => {
        expect(likeBefore(b, [...p, ...b])).toEqual(found);
      },
    ),
    { numRuns: 25 },
  );
});

describe('spacing', () => {
  it('a week and its multiples, never nearer than six days', () => {
    const within = (tolerance: number): number[] =>
      Array.from({ length: 17 }, (_, d) => d).filter((d) => isWeekly(d, tolerance));
    expect(within(0)).toEqual([7, 14]);
    expect(within(1)).toEqual([6, 7, 8, 13, 14, 15]);
    expect(within(2)).toEqual([6, 7, 8, 9, 12, 13, 14, 15, 16]);
  });

  it.each([
    ['2026-03-31', 31, 'the last of a shorter month'],
    ['2026-03-31', 59, 'the last of January'],
    ['2026-02-28', 28, 'the last of January, by its end'],
    ['2026-02-28', 31, 'the 28th of January'],
    ['2026-01-15', 31, 'the 15th of December, a year before'],
  ])('%s: %i days before is %s', (date, daysBefore, _) => {
    expect(isMonthly(`${date}T12:00:00.000Z`, daysBefore, 0)).toBe(true);
    expect(isMonthly(`${date}T12:00:00.000Z`, daysBefore + 7, 3)).toBe(false);
    expect(isMonthly(`${date}T12:00:00.000Z`, 3, 3)).toBe(false);
  });
});

function shifted(e: EvidenceEvent, ms: number): EvidenceEvent {
  return { ...e, at: new Date(Date.parse(e.at) + ms).toISOString() };
}
