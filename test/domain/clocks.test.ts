import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf, lengthOf, momentOf, startClock, type ClockRule } from '../../domain/clocks.js';
import { defaultPolicy } from './fixtures.js';

const rule: ClockRule = { id: 'gdpr-33', hours: 72 };
const material: ClockRule = {
  id: 'sec-8k',
  startsAt: 'determination_of_materiality',
  counts: 'business_days',
  businessDays: 4,
  calendar: 'us-federal',
};

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

  it.each([
    ['UTC', 0],
    ['Pacific/Kiritimati', -840],
    ['America/Los_Angeles', 420],
  ])('is the same on a machine in %s', (zone, offset) => {
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    try {
      expect(new Date('2026-03-10T12:00').getTimezoneOffset()).toBe(offset);
      expect(startClock(rule, '2026-03-10T12:00', 'ann')?.dueAt).toBe('2026-03-13T12:00:00.000Z');
      expect(startClock(material, '2026-03-10T02:00', 'ann')?.dueAt).toBe('2026-03-13T21:30:00.000Z');
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  it('runs from awareness, and in hours, where the rule says neither: so were the rules of cases that run', () => {
    expect([entryOf(rule), momentOf(rule), lengthOf(rule)]).toEqual(['aware:gdpr-33', 'aware of it since', '72 hours']);
    expect([entryOf(material), momentOf(material), lengthOf(material)]).toEqual([
      'determination_of_materiality:sec-8k',
      'determined to be material at',
      '4 business days (US federal holidays)',
    ]);
  });

  it('knows the duties of the policy, what starts each, and where it stands', () => {
    expect(
      defaultPolicy.disclosure.clocks.map((c) => [c.id, c.startsAt, lengthOf(c), new URL(c.source ?? '').host]),
    ).toEqual([
      ['gdpr-33', 'awareness', '72 hours', 'eur-lex.europa.eu'],
      ['nis2-early', 'awareness', '24 hours', 'eur-lex.europa.eu'],
      ['nis2-notice', 'awareness', '72 hours', 'eur-lex.europa.eu'],
      ['sec-8k', 'determination_of_materiality', '4 business days (US federal holidays)', 'www.sec.gov'],
    ]);
  });
});
