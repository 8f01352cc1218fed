import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strangersAttempts } from '../../domain/attempts.js';
import { placesInDoubt, sharedPlaces } from '../../domain/colleagues.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { viewOf } from '../../domain/indicators/index.js';
import type { OwnedSighting } from '../../domain/pivot.js';
import { after, DAY, event, HOUR, input } from './fixtures.js';
import { FIREFOX, FRIEND, HOTEL, OFFICE, ordinaryMonths, RENTED, SCRIPT, takes } from './ordinary.js';

const PAST = ordinaryMonths();
const episodes = (rows: readonly EvidenceEvent[]) => viewOf(input([...PAST, ...rows])).episodes;

describe('a place in doubt', () => {
  it('is new, and nothing else about who came from there is', () => {
    expect(placesInDoubt(episodes(takes(HOTEL)))).toMatchObject([{ address: HOTEL.ip }]);
    expect(placesInDoubt(episodes(takes(OFFICE)))).toEqual([]);
  });

  it.each([
    ['rented machines', RENTED],
    ['another program', { ...HOTEL, userAgent: FIREFOX }],
    ['a script', SCRIPT],
    ['the vendor’s word', { ...HOTEL, reasons: ['anomalousToken'] }],
  ])('is none with %s: that no colleague explains', (_, place) => {
    expect(placesInDoubt(episodes(takes(place)))).toEqual([]);
  });
});

describe('a place that colleagues share', () => {
  const inDoubt = [{ address: '203.0.113.80', from: after(0), to: after(HOUR) }];
  const self = { subjectId: 's-self' };
  const seen = (person: string | undefined, change: Partial<OwnedSighting> = {}): OwnedSighting => ({
    ...{ platform: 'slack', tenant: 'main', nativeId: `U-${person ?? 'x'}`, by: 'address', value: '203.0.113.80' },
    ...{ firstAt: after(0), lastAt: after(HOUR), rows: 3, succeeded: true },
    ...(person === undefined ? {} : { subjectId: `s-${person}` }),
    ...change,
  });
  const shared = (sightings: readonly OwnedSighting[]) => sharedPlaces(inDoubt, sightings, self);
  const people = (n: number): readonly OwnedSighting[] => Array.from({ length: n }, (_, i) => seen(`p${i}`));

  it('is one from two of them on, and everybody’s from four on', () => {
    expect(shared(people(1))).toEqual([]);
    for (const n of [2, 3]) expect(shared(people(n))).toEqual([{ place: '203.0.113.80', many: false }]);
    for (const n of [4, 40]) expect(shared(people(n))).toEqual([{ place: '203.0.113.80', many: true }]);
  });

  it.each([
    ['the person', seen('self')],
    ['somebody who only tried', seen('p1', { succeeded: false })],
    ['an app or a stranger', seen(undefined)],
    ['somebody of last month', seen('p1', { firstAt: after(-40 * DAY), lastAt: after(-30 * DAY) })],
    ['somebody elsewhere', seen('p1', { value: '203.0.113.81' })],
    ['somebody seen by an app', seen('p1', { by: 'app' })],
    ['the same one again, on another platform', seen('p0', { platform: 'google' })],
  ])('does not count %s', (_, sighting) => {
    expect(shared([...people(1), sighting])).toEqual([]);
  });

  it('is the same whatever the order and however often somebody was seen; more people never make it less', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 12 }), fc.nat(8), (who, one) => {
        const all = who.map((i) => seen(`p${i}`));
        const told = shared(all);
        expect(shared([...all].reverse().concat(all))).toEqual(told);
        const more = shared([...all, seen(`p${one}`)]);
        expect(more.length).toBeGreaterThanOrEqual(told.length);
        if (told[0]?.many === true) expect(more[0]?.many).toBe(true);
      }),
    );
  });
});

describe('attempts of a stranger', () => {
  const failed = (given: Partial<EvidenceEvent>): EvidenceEvent =>
    event({ id: 'f', kind: 'sign_in_failed', logSource: 'user_access', at: after(HOUR), outcome: 'failure', ...given });
  const attempts = (rows: readonly EvidenceEvent[]) => strangersAttempts(episodes(rows), '').map((e) => e.id);

  it('come from where nobody ever got in and nothing is the person’s', () => {
    expect(attempts([failed({ ...RENTED, userAgent: FIREFOX })])).toEqual(['f']);
  });

  it('are none at home, nor at a friend’s, nor where the person got in after all', () => {
    expect(attempts([failed(OFFICE)])).toEqual([]);
    expect(attempts([failed(FRIEND)])).toEqual([]);
    expect(attempts([failed(HOTEL), ...takes(HOTEL)])).toEqual([]);
  });
});
