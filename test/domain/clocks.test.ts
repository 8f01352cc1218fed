import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startClock } from '../../domain/clocks.js';
import { defaultPolicy } from './fixtures.js';

const rule = { id: 'gdpr-33', hours: 72 };

describe('a legal clock', () => {
  it.each([
    ['2026-03-10T12:00:00.000Z', '2026-03-13T12:00:00.000Z'],
    ['2026-03-10T12:00', '2026-03-13T12:00:00.000Z'], // a form field without a zone is UTC
    [' 2026-03-10T12:00:30 ', '2026-03-13T12:00:30.000Z'],
    ['2026-03-28T12:00:00+01:00', '2026-03-31T11:00:00.000Z'], // over the change to summer time: hours are hours
  ])('counts from %s to %s', (aware, dueAt) => {
    expect(startClock(rule, aware, 'ann')).toMatchObject({ id: 'gdpr-33', dueAt, by: 'ann' });
  });

  it.each([undefined, '', 'yesterday', '2026-03-10', '2026-13-40T12:00', 5, true, null])(
    'does not run from %j',
    (aware) => {
      expect(startClock(rule, aware, 'ann')).toBeUndefined();
    },
  );

  it('ends exactly so many hours after it starts', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }),
        fc.nat(10_000),
        (date, hours) => {
          const clock = startClock({ id: 'c', hours }, date.toISOString(), 'ann');
          expect(Date.parse(clock?.dueAt ?? '') - date.getTime()).toBe(hours * 3_600_000);
        },
      ),
    );
  });

  it('knows the duties of the policy', () => {
    expect(defaultPolicy.disclosure.clocks.map((c) => [c.id, c.hours])).toEqual([
      ['gdpr-33', 72],
      ['nis2-early', 24],
      ['nis2-notice', 72],
      ['sec-8k', 96],
    ]);
  });
});
