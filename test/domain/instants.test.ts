import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../domain/instants.js';

const AT = '2026-03-10T10:00:00.000Z';
const MS = Date.parse(AT);
/** Milliseconds of the time that is believed, from 1980 to 2199. */
const time = fc.integer({ min: Date.UTC(1980, 0), max: Date.UTC(2200, 0) - 1 });

describe('an instant', () => {
  it.each([
    [AT, AT],
    ['2026-03-10T10:00:00Z', AT],
    ['2026-03-10T10:00:00', AT],
    ['2026-03-10 10:00:00', AT],
    ['2026-03-10T10:00Z', AT],
    ['2026-03-10', '2026-03-10T00:00:00.000Z'],
    ['2026-03-10T11:00:00+01:00', AT],
    ['2026-03-10T11:00:00+0100', AT],
    ['2026-03-10T05:00:00-05', AT],
    ['2026-03-10T10:00:00.1234567Z', '2026-03-10T10:00:00.123Z'],
    ['2026-03-10T10:00:00.999999999Z', '2026-03-10T10:00:00.999Z'],
    ['2026-03-10T10:00:00,5Z', '2026-03-10T10:00:00.500Z'],
    [MS, AT],
    [MS / 1000, AT],
    [String(MS / 1000), AT],
    ['1773136800.000200', AT], // as Slack writes a message's time
    [`/Date(${MS})/`, AT],
    [`/Date(${MS}+0100)/`, AT],
    [`\\/Date(${MS})\\/`, AT],
    ['Tue, 10 Mar 2026 10:00:00 GMT', AT],
    ['10 Mar 2026 11:00:00 +0100', AT],
    ['Mar 10 2026 10:00:00 UTC', AT],
    ['Mar 10 2026 11:00:00.000 +0100', AT],
    ['Mar  1 2026 10:00:00', '2026-03-01T10:00:00.000Z'],
    ['3/10/2026 10:00:00 AM', AT],
    ['03/10/2026 10:00:00', AT],
    ['3/10/2026 12:00:00 AM', '2026-03-10T00:00:00.000Z'],
    ['3/10/2026 12:30:00 PM', '2026-03-10T12:30:00.000Z'],
    ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00.000Z'],
    ['2026-03-10T24:00:00Z', '2026-03-11T00:00:00.000Z'],
  ])('%j is %s', (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  it.each([
    ...[
      '',
      'x',
      'yesterday',
      '2026-02-30T10:00:00Z',
      '2025-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '13/10/2026 10:00:00',
    ],
    ...[
      '2026-03-10T25:00:00Z',
      '2026-03-10T10:60:00Z',
      '0001-01-01T00:00:00Z',
      '1601-01-01T00:00:00Z',
      '1970-01-01T00:00:00Z',
    ],
    ...['2026-03-10T10:00:00 Nowhere/Town', '9'.repeat(80), 0, -1, Number.NaN, Infinity, null, undefined, {}, [], true],
  ])('%j is none', (text) => {
    expect(instantOf(text)).toBeUndefined();
  });

  it('comes back from every form that it is written in', () => {
    fc.assert(
      fc.property(time, (ms) => {
        const instant = new Date(ms).toISOString();
        const whole = new Date(Math.floor(ms / 1000) * 1000).toISOString();
        for (const written of [
          ms,
          String(ms),
          ms * 1000,
          `${String(ms)}000000`,
          instant,
          instant.replace('Z', '+00:00'),
          `/Date(${String(ms)})/`,
        ])
          expect(instantOf(written)).toBe(instant);
        for (const written of [Math.floor(ms / 1000), new Date(ms).toUTCString(), instant.replace(/\.\d+Z/, 'Z')])
          expect(instantOf(written)).toBe(whole);
      }),
    );
  });

  it('keeps the order of time in the order of texts, whatever the form', () => {
    fc.assert(
      fc.property(time, time, fc.nat(999_999), (a, b, fraction) => {
        const [x, y] = [instantOf(a * 1000), instantOf(new Date(b).toISOString())];
        expect((x ?? '') < (y ?? '')).toBe(a < b);
        const finer = instantOf(new Date(b).toISOString().replace('Z', `${String(fraction).padStart(6, '0')}Z`));
        expect((finer ?? '') >= (y ?? '')).toBe(true);
      }),
    );
  });

  it('of a wall clock is in the zone that is named, summer time and its edges included', () => {
    expect(instantOf('2026-03-10 11:00:00', 'Europe/Berlin')).toBe(AT);
    expect(instantOf('2026-07-10 12:00:00', 'Europe/Berlin')).toBe('2026-07-10T10:00:00.000Z');
    expect(instantOf('2026-03-29 03:30:00', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(instantOf('2026-03-29 01:59:59', 'Europe/Berlin')).toBe('2026-03-29T00:59:59.000Z');
    expect(instantOf('2026-03-10 02:00:00', '-08:00')).toBe(AT);
    expect(instantOf('2026-03-10T10:00:00Z', 'Europe/Berlin')).toBe(AT);
    expect(instantOf('2026-03-10 11:00:00', 'Nowhere/Town')).toBeUndefined();
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Pacific/Chatham',
      'UTC',
    );
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }), zone, (ms, timeZone) => {
        const second = Math.floor(ms / 1000) * 1000;
        const wall = new Date(second).toLocaleString('sv-SE', { timeZone });
        const back = Date.parse(instantOf(wall, timeZone) ?? '');
        // An hour that comes twice is either.
        expect(Math.abs(back - second)).toBeLessThanOrEqual(3_600_000);
        if (back !== second) expect(new Date(back).toLocaleString('sv-SE', { timeZone })).toBe(wall);
      }),
    );
  });

  it('never breaks anything', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect([24, undefined]).toContain(instantOf(value)?.length);
      }),
    );
  });
});
