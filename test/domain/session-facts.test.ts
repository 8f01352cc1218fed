import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Episode } from '../../domain/attribution.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { viewOf, type IndicatorInput } from '../../domain/indicators/index.js';
import { after, DAY, event, HOUR, input, MINUTE } from './fixtures.js';
import { CHROME, FIREFOX, FLAT, FRIEND, HOTEL, OFFICE, ordinaryMonths, RENTED, takes } from './ordinary.js';

/** What makes a session the person's own, and what it has to do with the others. */

const PAST = ordinaryMonths();
const LAPTOP = { deviceId: 'laptop', deviceKnown: true } as const;
const managedPast = ordinaryMonths(LAPTOP);

function episodeOf(rows: readonly EvidenceEvent[], id: string, given: Partial<IndicatorInput> = {}): Episode {
  const view = viewOf(input(rows, given));
  return view.episodeOf(rows.find((e) => e.id === id)!)!;
}
const codes = (e: Episode): readonly string[] => e.facts.map((f) => f.code);

describe('what everybody has', () => {
  it('makes nothing the person’s: the usual program, the country and a second factor at a new place', () => {
    const rows = [...PAST, ...takes({ ...FRIEND, authentication: 'mfa' })];
    const episode = episodeOf(rows, 'x-in');
    expect(codes(episode)).toEqual(expect.arrayContaining(['client.own', 'country.own', 'authentication.mfa']));
    expect(episode.attribution).not.toBe('own');
  });

  it('is enough neither without a network that is told', () => {
    const { asn: _, asName: __, ...bare } = FRIEND;
    const episode = episodeOf([...PAST, ...takes({ ...bare, authentication: 'mfa' })], 'x-in');
    expect(episode.score).toBeGreaterThanOrEqual(1);
    expect(episode.attribution).toBe('unknown');
  });
});

describe('a device', () => {
  it('that sign-ins by this program name is missed where there is none', () => {
    const sure = episodeOf([...managedPast, ...takes({ ...FRIEND, ...LAPTOP })], 'x-in');
    const bare = episodeOf([...managedPast, ...takes(FRIEND)], 'x-in');
    expect(sure.attribution).toBe('own');
    expect(codes(bare)).toContain('device.missing');
    expect(codes(episodeOf([...PAST, ...takes(FRIEND)], 'x-in'))).not.toContain('device.missing');
    // Another program may be on a phone that no organisation manages.
    expect(codes(episodeOf([...managedPast, ...takes({ ...FRIEND, userAgent: FIREFOX })], 'x-in'))).not.toContain(
      'device.missing',
    );
  });

  it('of the organisation goes out by rented machines without being anybody’s else', () => {
    const gateway = { ...RENTED, location: { lat: 52.37, lon: 4.9 } };
    const home = { location: { lat: 52.52, lon: 13.4 } };
    const past = ordinaryMonths({ ...LAPTOP, ...home });
    const phone = event({ kind: 'sign_in', at: after(10 * HOUR + 5 * MINUTE), ...FLAT, ...home });
    const withDevice = episodeOf([...past, ...takes({ ...gateway, ...LAPTOP }), phone], 'x-in');
    expect(withDevice.attribution).toBe('own');
    expect(codes(withDevice)).not.toContain('network.hosting');
    const without = episodeOf([...past, ...takes(gateway), phone], 'x-in');
    expect(without.attribution).toBe('other');
    expect(codes(without)).toEqual(expect.arrayContaining(['network.hosting', 'travel.impossible']));
  });

  const beside = (given: Partial<EvidenceEvent>, at = 10 * HOUR): Episode =>
    episodeOf(
      [...managedPast, ...takes({ ...HOTEL, ...LAPTOP }, 3), ...takes({ ...HOTEL, ...given }, 3, at, 'y')],
      'y-in',
    );

  it('explains who is at its address in the same hours', () => {
    const chat = beside({ platform: 'google', userAgent: CHROME });
    expect(codes(chat)).toContain('address.device');
    expect(chat.attribution).toBe('own');
  });

  it.each([
    ['another program', { userAgent: FIREFOX }],
    ['a script', { userAgent: 'python-requests/2.31' }],
    ['a code for another device', { authentication: 'device_code' as const }],
    ['the vendor’s word against it', { reasons: ['anomalousToken'] }],
  ])('does not explain %s there', (_, given) => {
    const episode = beside(given);
    expect(codes(episode)).not.toContain('address.device');
    expect(episode.attribution).not.toBe('own');
  });

  it('explains nobody days later', () => {
    expect(codes(beside({ platform: 'google' }, 10 * HOUR + 2 * DAY))).not.toContain('address.device');
  });
});

describe('one session in two networks', () => {
  /** A session at the office, and rows of it from a friend's line. */
  const session = (elsewhere: readonly number[], place: Partial<EvidenceEvent> = FRIEND): Episode => {
    const of = (id: string, minute: number, given: Partial<EvidenceEvent>): EvidenceEvent =>
      event({ id, kind: 'file_view', at: after(10 * HOUR + minute * MINUTE), sessionId: 'S', ...given });
    const rows = [
      ...PAST,
      ...Array.from({ length: 30 }, (_, i) => of(`here-${i}`, 2 * i, OFFICE)),
      ...elsewhere.map((minute) => of(`there-${minute}`, minute, place)),
    ];
    return episodeOf(rows, `there-${elsewhere[0] ?? 0}`);
  };

  it('to and fro within minutes is two people', () => {
    const episode = session([5, 15, 25]);
    expect(codes(episode)).toContain('session.simultaneous');
  });

  it('once is a person who goes home', () => {
    expect(codes(session([61, 65, 70]))).not.toContain('session.simultaneous');
  });

  it('of two kinds of address is one line with both', () => {
    expect(codes(session([5, 15, 25], { ...FRIEND, ip: '2001:db8::7' }))).not.toContain('session.simultaneous');
  });

  it('of one network is no two', () => {
    const doubtful = { ...FRIEND, userAgent: FIREFOX, reasons: ['ip_address'] };
    expect(codes(session([5, 15, 25], doubtful))).toContain('session.simultaneous');
    expect(codes(session([5, 15, 25], { ...doubtful, asn: OFFICE.asn! }))).not.toContain('session.simultaneous');
  });
});

describe('how it was signed in', () => {
  const usual = ordinaryMonths({ authentication: 'mfa' });
  it('by the password alone is weak where the person uses a second factor', () => {
    expect(codes(episodeOf([...usual, ...takes({ ...FRIEND, authentication: 'password' })], 'x-in'))).toContain(
      'authentication.weak',
    );
    expect(codes(episodeOf([...PAST, ...takes({ ...FRIEND, authentication: 'password' })], 'x-in'))).not.toContain(
      'authentication.weak',
    );
  });
});

describe('an account without a past', () => {
  it('that wakes up is told, and nothing vouches for it', () => {
    const episode = episodeOf(takes(FRIEND), 'x-in');
    expect(codes(episode)).toContain('dormant');
    expect(episode.attribution).not.toBe('own');
    expect(codes(episodeOf(takes({ ...FRIEND, ...LAPTOP }), 'x-in'))).not.toContain('dormant');
  });

  it('is not explained by colleagues: nobody knows whether only the place is new', () => {
    const sharedPlaces = [{ place: FRIEND.ip!, many: true }];
    expect(codes(episodeOf(takes(FRIEND), 'x-in', { sharedPlaces }))).not.toContain('address.crowd');
    expect(codes(episodeOf([...PAST, ...takes(FRIEND)], 'x-in', { sharedPlaces }))).toContain('address.crowd');
  });

  it('of a few days calls less new than one of months', () => {
    const score = (span: number): number => episodeOf([...ordinaryMonths({}, span), ...takes(HOTEL)], 'x-in').score;
    expect(score(7)).toBeGreaterThan(score(60));
  });
});

describe('an app from another network', () => {
  const app = { id: 'A1', name: 'Deploys' };
  const acts = (given: Partial<EvidenceEvent>, count = 3, name = 'z'): readonly EvidenceEvent[] =>
    Array.from({ length: count }, (_, i) =>
      event({
        ...{ id: `${name}-${i}`, kind: 'file_upload', operation: 'file_uploaded', app, at: after(HOUR + i * MINUTE) },
        ...{ ...RENTED, userAgent: 'deploys/2.1' },
        ...given,
      }),
    );
  const usual = Array.from({ length: 40 }, (_, i) =>
    event({
      ...{ id: `usual-${i}`, kind: 'file_upload', operation: 'file_uploaded', app, at: after(-i * DAY) },
      ...{ ...OFFICE, userAgent: 'deploys/2.1', count: 3 },
    }),
  );

  it.each([
    ['does what it always did', {}, 3, true],
    ['takes', { kind: 'file_download' as const, operation: 'file_downloaded' }, 3, false],
    ['does what it never did', { operation: 'channel_created' }, 3, false],
    ['has another program', { userAgent: 'curl/8.9' }, 3, false],
    ['does far more of it', {}, 9, false],
  ])('that %s', (_, given, count, behaves) => {
    const episode = episodeOf([...usual, ...acts(given, count)], 'z-0');
    expect(codes(episode)).toContain('app.elsewhere');
    expect(codes(episode).includes('app.behaves')).toBe(behaves);
    expect(episode.attribution === 'app').toBe(!behaves);
  });
});

it('says the same whatever the order of rows, and however often a row is told', () => {
  const rows = [...managedPast, ...takes({ ...HOTEL, ...LAPTOP }, 5), ...takes(HOTEL, 5, 10 * HOUR, 'y')];
  const told = (all: readonly EvidenceEvent[]): unknown =>
    viewOf(input(all))
      .episodes.map((e) => [e.id, e.attribution, e.score])
      .sort();
  const expected = told(rows);
  fc.assert(
    fc.property(fc.shuffledSubarray([...rows], { minLength: rows.length }), (shuffled) => {
      expect(told([...shuffled, ...shuffled.slice(0, 20)])).toEqual(expected);
    }),
    { numRuns: 15 },
  );
});
