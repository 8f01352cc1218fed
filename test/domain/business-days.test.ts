import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfBusinessDays, federalHolidays, isBusinessDay } from '../../domain/business-days.js';

const DAY_MS = 86_400_000;
const iso = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const end = (from: string, days = 4): string =>
  new Date(endOfBusinessDays('us-federal', Date.parse(from), days)).toISOString();
/** Since the rule for daylight time is what it is (2007). */
const moment = fc.date({ noInvalidDate: true, min: new Date('2007-01-01'), max: new Date('2090-01-01') });
const newYork = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  weekday: 'short',
  hourCycle: 'h23',
});
const local = (ms: number): Readonly<Record<string, string>> =>
  Object.fromEntries(newYork.formatToParts(ms).map((p) => [p.type, p.value]));

describe('US federal business days', () => {
  // As the Office of Personnel Management publishes them.
  it.each([
    [2026, '01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25'],
    [2027, '01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24'],
    [2020, '01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25'],
  ])('knows the holidays of %i', (year, days) => {
    expect(federalHolidays(year).map(iso)).toEqual(days.split(' ').map((d) => `${year}-${d}`));
  });

  it.each([
    ['2026-03-06T15:00:00Z', '2026-03-12T21:30:00.000Z'], // over the change to daylight time
    ['2025-11-29T12:00:00Z', '2025-12-04T22:30:00.000Z'], // a Saturday: Monday is the first that counts
    ['2025-07-03T12:00:00Z', '2025-07-10T21:30:00.000Z'], // Independence Day does not count
    ['2025-11-25T12:00:00Z', '2025-12-02T22:30:00.000Z'], // nor does Thanksgiving
    ['2021-12-29T12:00:00Z', '2022-01-05T22:30:00.000Z'], // New Year's Day of the next year is kept in this one
    ['2026-03-10T02:00:00Z', '2026-03-13T21:30:00.000Z'], // still Monday evening in Washington
  ])('from %s four of them end at %s', (from, due) => {
    expect(end(from)).toBe(due);
  });

  it('end at half past five in Washington, on no weekend and no holiday', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 30 }), (from, days) => {
        const due = local(endOfBusinessDays('us-federal', from.getTime(), days));
        expect([due['hour'], due['minute']]).toEqual(['17', '30']);
        expect(['Sat', 'Sun']).not.toContain(due['weekday']);
        const date = `${due['year'] ?? ''}-${due['month'] ?? ''}-${due['day'] ?? ''}`;
        expect(federalHolidays(Number(due['year'])).map(iso)).not.toContain(date);
      }),
      { numRuns: 500 },
    );
  });

  it('end no earlier for a later start, and later for more days', () => {
    fc.assert(
      fc.property(moment, fc.nat(20 * 24), fc.integer({ min: 1, max: 10 }), (from, hours, days) => {
        const first = endOfBusinessDays('us-federal', from.getTime(), days);
        const later = from.getTime() + hours * 3_600_000;
        expect(endOfBusinessDays('us-federal', later, days)).toBeGreaterThanOrEqual(first);
        expect(endOfBusinessDays('us-federal', from.getTime(), days + 1)).toBeGreaterThan(first);
        expect(first).toBeGreaterThan(from.getTime());
      }),
      { numRuns: 500 },
    );
  });

  it('holds exactly so many business days after the day of the start', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 12 }), (from, days) => {
        const { year, month, day } = local(from.getTime());
        const start = Date.UTC(Number(year), Number(month) - 1, Number(day)) / DAY_MS;
        const due = local(endOfBusinessDays('us-federal', from.getTime(), days));
        const last = Date.UTC(Number(due['year']), Number(due['month']) - 1, Number(due['day'])) / DAY_MS;
        const between = Array.from({ length: last - start }, (_, i) => start + 1 + i);
        expect(between.filter((d) => isBusinessDay('us-federal', d))).toHaveLength(days);
      }),
      { numRuns: 300 },
    );
  });
});
