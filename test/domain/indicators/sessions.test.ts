import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { Finding } from '../../../domain/finding.js';
import { computeFindings } from '../../../domain/indicators/index.js';
import { kilometres, travel } from '../../../domain/indicators/shared/travel.js';
import { after, AWAY, defaultPolicy, event, HOME, HOUR, homePast, input, MINUTE, series } from '../fixtures.js';

const bulk = (events: readonly EvidenceEvent[]): readonly Finding[] =>
  computeFindings(input(events)).filter((f) => f.kind === 'bulk_collection');
const downloads = (given: Partial<EvidenceEvent> = {}): EvidenceEvent[] =>
  series(25, { kind: 'file_download', ...given });
const signIn = (given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  event({ kind: 'sign_in', logSource: 'user_access', at: after(9 * HOUR), ...given });

describe('whose session it is', () => {
  it.each<[string, readonly EvidenceEvent[], { inSession: boolean; ownSession: boolean }]>([
    [
      'home address after a sign-in from home',
      [signIn(HOME), ...downloads({ ip: HOME.ip })],
      { inSession: true, ownSession: true },
    ],
    ['home address without a sign-in in reach', downloads({ ip: HOME.ip }), { inSession: false, ownSession: true }],
    [
      'foreign address after a foreign sign-in',
      [signIn(AWAY), ...downloads({ ip: AWAY.ip })],
      { inSession: true, ownSession: false },
    ],
    ['foreign address without any sign-in', downloads({ ip: AWAY.ip }), { inSession: false, ownSession: false }],
    [
      'a sign-in from home does not explain a foreign address',
      [signIn(HOME), ...downloads({ ip: AWAY.ip })],
      { inSession: false, ownSession: false },
    ],
    [
      'no address: the latest sign-in before decides (home)',
      [signIn({ ...AWAY, at: after(8 * HOUR) }), signIn(HOME), ...downloads()],
      { inSession: true, ownSession: true },
    ],
    [
      'no address: the latest sign-in before decides (foreign)',
      [signIn({ ...HOME, at: after(8 * HOUR) }), signIn(AWAY), ...downloads()],
      { inSession: true, ownSession: false },
    ],
    [
      'a session id that signed in from elsewhere',
      [signIn({ ...AWAY, sessionId: 'S9' }), ...downloads({ sessionId: 'S9' })],
      { inSession: true, ownSession: false },
    ],
    [
      'rows tell their own place: a session in two places is a finding of its own',
      [signIn({ ...AWAY, sessionId: 'S9' }), ...downloads({ sessionId: 'S9', ip: HOME.ip })],
      { inSession: true, ownSession: true },
    ],
    [
      'rows without a place are where their session is',
      [signIn({ ...AWAY, sessionId: 'S9' }), ...downloads({ sessionId: 'S9' })],
      { inSession: true, ownSession: false },
    ],
    [
      'a managed device in a foreign place',
      [
        signIn({ ...AWAY, userAgent: HOME.userAgent, deviceKnown: true }),
        ...downloads({ ip: AWAY.ip, deviceKnown: true }),
      ],
      { inSession: true, ownSession: true },
    ],
    [
      'home country with the known client on a new address',
      [
        signIn({ ip: '192.0.2.77', country: 'DE' }),
        ...downloads({ ip: '192.0.2.77', country: 'DE', userAgent: HOME.userAgent }),
      ],
      { inSession: true, ownSession: false },
    ],
    [
      'home country with another client',
      [
        signIn({ ip: '192.0.2.77', country: 'DE' }),
        ...downloads({ ip: '192.0.2.77', country: 'DE', userAgent: 'curl' }),
      ],
      { inSession: true, ownSession: false },
    ],
    [
      'a failed sign-in authenticates nothing',
      [signIn({ ...AWAY, outcome: 'failure' }), ...downloads({ ip: AWAY.ip })],
      { inSession: false, ownSession: false },
    ],
  ])('%s', (_, events, expected) => {
    const found = bulk([...homePast(), ...events]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject(expected);
  });

  it('cites the sign-in that authenticates, so that a plan and a person can follow it', () => {
    const by = signIn(AWAY);
    const [found] = bulk([...homePast(), by, ...downloads({ ip: AWAY.ip })]);
    expect(found?.events).toContain(by.id);
  });

  it('lasts as long as the policy says', () => {
    const { sessionHours } = defaultPolicy.indicators.signIn;
    const at = after((sessionHours - 1) * HOUR);
    expect(bulk([signIn({ ...AWAY, at: after(0) }), ...downloads({ at, ip: AWAY.ip })])[0]?.inSession).toBe(true);
    const late = after(sessionHours * HOUR + MINUTE);
    expect(bulk([signIn({ ...AWAY, at: after(0) }), ...downloads({ at: late, ip: AWAY.ip })])[0]?.inSession).toBe(
      false,
    );
  });

  it('is told apart: own and foreign rows never make one finding', () => {
    const found = bulk([
      ...homePast(),
      signIn(HOME),
      signIn(AWAY),
      ...downloads({ ip: HOME.ip }),
      ...downloads({ ip: AWAY.ip }),
    ]);
    expect(found.map((f) => f.ownSession).sort()).toEqual([false, true]);
    const halves = [...downloads({ ip: HOME.ip }).slice(13), ...downloads({ ip: AWAY.ip }).slice(13)];
    expect(bulk([...homePast(), ...halves])).toEqual([]);
  });

  it('of a lawful sign-in and of a stolen session', () => {
    const stolen = [
      event({ kind: 'session', sessionId: 'S1', ...HOME }),
      event({ kind: 'api_activity', sessionId: 'S1', ...AWAY }),
    ];
    const found = computeFindings(input([...homePast(), ...stolen])).find((f) => f.kind === 'session_reuse');
    expect(found).toMatchObject({ confidence: 'high', ownSession: false, events: stolen.map((e) => e.id).sort() });
    const roaming = [
      event({ kind: 'session', sessionId: 'S1', ip: '192.0.2.1', asn: 1, country: 'DE', userAgent: 'phone' }),
      event({ kind: 'session', sessionId: 'S1', ip: '192.0.2.2', asn: 1, country: 'DE', userAgent: 'phone' }),
    ];
    expect(computeFindings(input(roaming)).map((f) => f.kind)).not.toContain('session_reuse');
  });
});

describe('travel', () => {
  const berlin = { lat: 52.52, lon: 13.4 };
  const at = (location: { lat: number; lon: number }, minutes: number, ip?: string): EvidenceEvent =>
    event({ kind: 'sign_in', location, at: after(minutes * MINUTE), ...(ip === undefined ? {} : { ip }) });

  it('measures great circles', () => {
    expect(kilometres(berlin, berlin)).toBe(0);
    expect(kilometres(berlin, { lat: 48.8566, lon: 2.3522 })).toBeCloseTo(878, -1); // Berlin to Paris
    expect(kilometres(berlin, { lat: -23.55, lon: -46.63 })).toBeCloseTo(10_215, -2); // Berlin to São Paulo
    expect(kilometres({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 })).toBeCloseTo(111, 0); // over the date line
    expect(kilometres({ lat: 90, lon: 0 }, { lat: -90, lon: 90 })).toBeCloseTo(20_015, 0); // pole to pole
  });

  it('knows speed, counts less than a minute as one, and needs two places and two addresses', () => {
    const there = { lat: 0, lon: 9 }; // 1001 km from the origin
    const origin = { lat: 0, lon: 0 };
    expect(travel(at(origin, 0, '192.0.2.1'), at(there, 60, '192.0.2.2'))).toEqual({
      kilometres: 1001,
      kmPerHour: 1001,
    });
    expect(travel(at(origin, 0, '192.0.2.1'), at(there, 0, '192.0.2.2'))?.kmPerHour).toBe(60_045);
    expect(travel(at(origin, 0, '192.0.2.1'), at(there, 60, '192.0.2.1'))).toBeUndefined();
    expect(travel(at(origin, 0), at(there, 60))).toMatchObject({ kilometres: 1001 });
    expect(travel(at(origin, 0, '192.0.2.1'), event({ ip: '192.0.2.2' }))).toBeUndefined();
  });

  it('is impossible from both the distance and the speed of the policy on, not below either', () => {
    const home = { lat: 0, lon: 0 };
    const unusual = (km: number, minutes: number): Finding | undefined => {
      const rows = [
        ...homePast().map((e) => ({ ...e, location: home })),
        { ...at(home, 0), ...HOME, location: home },
        at({ lat: 0, lon: km / 111.19493 }, minutes, '192.0.2.2'),
      ];
      return computeFindings(input(rows)).find((f) => f.kind === 'unusual_sign_in');
    };
    expect(unusual(500, 37)?.measures).toContainEqual(
      expect.objectContaining({
        name: 'travel.impossible',
        unit: expect.stringContaining('500 km at 811 km/h') as string,
      }),
    );
    expect(unusual(499, 10)).toBeUndefined();
    expect(unusual(800, 60)).toBeDefined();
    expect(unusual(799, 60)).toBeUndefined();
  });
});
