import { describe, expect, it } from 'vitest';
import type { Episode, Whose } from '../../domain/attribution.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { viewOf, type IndicatorInput } from '../../domain/indicators/index.js';
import { FACTS, type FactCode } from '../../domain/weights.js';
import { after, DAY, event, HOUR, input, MINUTE } from './fixtures.js';
import {
  ABROAD,
  CARRIER,
  CHROME,
  days,
  FIREFOX,
  FLAT,
  FRIEND,
  HOTEL,
  NEWER_CHROME,
  OFFICE,
  ordinaryMonths,
  PHONE,
  RENTED,
  SCRIPT,
  takes,
} from './ordinary.js';

/** The episode of the first row that is called `x…`. */
function episodeOf(rows: readonly EvidenceEvent[], given: Partial<IndicatorInput> = {}): Episode {
  const view = viewOf(input(rows, given));
  const asked = rows.find((e) => e.id.startsWith('x'))!;
  return view.episodeOf(asked)!;
}
const PAST = ordinaryMonths();
const MANAGED = { deviceId: 'laptop', deviceKnown: true } as const;
const managedPast = ordinaryMonths(MANAGED);
const hit = (indicator: string, confidence: 'low' | 'medium' | 'high', eventId = 'x-in'): Partial<IndicatorInput> => ({
  intelligence: [{ eventId, indicator, confidence, list: 'a list' }],
});

interface Situation {
  readonly name: string;
  readonly rows: readonly EvidenceEvent[];
  readonly given?: Partial<IndicatorInput>;
  readonly whose: Whose | readonly Whose[];
  readonly facts: readonly FactCode[];
  readonly not?: readonly FactCode[];
}

const PEOPLE: readonly Situation[] = [
  {
    name: 'the office as ever',
    rows: [...PAST, ...takes(OFFICE)],
    whose: 'own',
    facts: ['address.own', 'client.own', 'network.own'],
  },
  {
    name: 'a browser update',
    rows: [...PAST, ...takes({ ...OFFICE, userAgent: NEWER_CHROME })],
    whose: 'own',
    facts: ['client.own'],
    not: ['client.new'],
  },
  {
    name: 'a browser update at home on the day when the provider gives a new address',
    rows: [...PAST, ...takes({ ...FLAT, ip: '192.0.2.199', userAgent: NEWER_CHROME })],
    whose: 'own',
    facts: ['client.own', 'network.own'],
    not: ['address.own'],
  },
  {
    name: 'the managed laptop at a friend’s flat',
    rows: [...managedPast, ...takes({ ...FRIEND, ...MANAGED })],
    whose: 'own',
    facts: ['device.known', 'network.new'],
  },
  {
    name: 'another address of the mobile carrier',
    rows: [...PAST, ...takes({ ...CARRIER, ip: '198.51.100.250' })],
    whose: 'own',
    facts: ['network.own', 'client.own'],
    not: ['address.own'],
  },
  {
    name: 'the known phone in a hotel abroad',
    rows: [
      ...PAST,
      ...days({ from: 60, place: { ...CARRIER, deviceId: 'phone' }, files: 0, name: 'own-phone' }),
      ...takes({ ...HOTEL, userAgent: PHONE, deviceId: 'phone' }),
    ],
    whose: 'own',
    facts: ['device.own', 'client.own', 'country.new', 'network.new'],
  },
  {
    name: 'a new laptop with a key that cannot be phished, at the office',
    rows: [...PAST, ...takes({ ...OFFICE, userAgent: FIREFOX, authentication: 'phishing_resistant' })],
    whose: 'own',
    facts: ['authentication.resistant', 'client.new'],
  },
  {
    name: 'the organisation’s own way out',
    rows: [...PAST, ...takes({ ...RENTED, ip: '192.0.2.250' })],
    given: { isOwnEgress: (ip) => ip === '192.0.2.250' },
    whose: 'own',
    facts: ['address.egress'],
    not: ['network.hosting', 'network.new'],
  },
  {
    name: 'a conference with many colleagues',
    rows: [...PAST, ...takes({ ...FRIEND })],
    given: { sharedPlaces: [{ place: '203.0.113.40', many: false }] },
    whose: 'own',
    facts: ['address.shared'],
  },
  {
    name: 'a script from abroad',
    rows: [...PAST, ...takes(SCRIPT)],
    whose: 'other',
    facts: ['client.scripted', 'country.new', 'network.new'],
  },
  {
    name: 'a stolen cookie on a hosting network',
    rows: [...PAST, ...takes(OFFICE, 0, 8 * HOUR, 'mine'), ...takes({ ...RENTED, sessionId: 'mine-s' })],
    whose: 'other',
    facts: ['session.elsewhere', 'network.hosting'],
  },
  {
    name: 'a refresh token used elsewhere, without the device that it was given to',
    rows: [
      ...managedPast,
      ...takes({ ...OFFICE, ...MANAGED, sessionId: 'token' }, 0, 8 * HOUR, 'mine'),
      ...takes({ ...ABROAD, userAgent: CHROME, sessionId: 'token', authentication: 'token' }),
    ],
    whose: 'other',
    facts: ['session.elsewhere', 'country.new'],
  },
  {
    name: 'what the vendor itself calls a stolen session',
    rows: [...PAST, ...takes({ ...ABROAD, reasons: ['session_fingerprint'] })],
    whose: 'other',
    facts: ['vendor.strong'],
  },
  {
    name: 'what the vendor only calls unfamiliar',
    rows: [...PAST, ...takes({ ...FRIEND, reasons: ['unfamiliarFeatures'] })],
    whose: 'unknown',
    facts: ['vendor.weak'],
    not: ['vendor.strong'],
  },
  {
    name: 'a journey that nobody makes',
    rows: [
      ...PAST,
      ...takes({ ...OFFICE, location: { lat: 52.5, lon: 13.4 } }, 0, 9.5 * HOUR, 'mine'),
      ...takes({ ...ABROAD, location: { lat: -23.5, lon: -46.6 } }),
    ],
    whose: 'other',
    facts: ['travel.impossible'],
  },
  {
    name: 'a password that was guessed from fifty addresses',
    rows: [
      ...PAST,
      ...Array.from({ length: 50 }, (_, i) =>
        event({
          kind: 'sign_in_failed',
          at: after(9 * HOUR + i * MINUTE),
          ip: `203.0.113.${100 + i}`,
          outcome: 'failure',
        }),
      ),
      ...takes({ ...ABROAD }),
    ],
    whose: 'other',
    facts: ['failures.before'],
  },
  {
    name: 'a sign-in by a device code from abroad',
    rows: [...PAST, ...takes({ ...ABROAD, authentication: 'device_code' })],
    whose: 'other',
    facts: ['authentication.device_code'],
  },
  {
    name: 'three days of a thief do not vouch for him',
    rows: [...PAST, ...days({ from: 4, place: ABROAD, name: 'thief' }), ...takes(ABROAD)],
    whose: 'other',
    facts: ['country.new', 'network.new', 'client.new'],
    not: ['address.own', 'network.own', 'country.own', 'client.own'],
  },
  {
    name: 'three weeks of a slow thief do not vouch for him',
    rows: [
      ...PAST,
      ...days({ from: 21, place: { ...FRIEND, userAgent: FIREFOX }, files: 15, name: 'thief' }),
      ...takes({ ...FRIEND, userAgent: FIREFOX }, 15),
    ],
    whose: ['unknown', 'other'],
    facts: ['network.new', 'client.new'],
    not: ['address.own', 'network.own'],
  },
  {
    name: 'a new home vouches a little after a month',
    rows: [...PAST, ...days({ from: 30, place: FRIEND, name: 'new-home' }), ...takes(FRIEND, 2)],
    whose: 'own',
    facts: ['address.grown', 'client.own'],
    not: ['address.own', 'network.own'],
  },
  {
    name: 'a new home of last week vouches for nothing yet, and accuses nobody',
    rows: [...PAST, ...days({ from: 6, place: FRIEND, name: 'new-home' }), ...takes(FRIEND, 2)],
    whose: 'unknown',
    facts: ['client.own', 'country.own', 'network.new'],
    not: ['address.own'],
  },
  {
    name: 'a cold start: nothing is known, nothing is new',
    rows: [...days({ from: 3, place: OFFICE, name: 'first' }), ...takes(FRIEND)],
    whose: 'unknown',
    facts: ['cold'],
    not: ['network.new', 'client.new', 'country.new', 'address.own'],
  },
  {
    name: 'a cold start on a managed laptop',
    rows: takes({ ...FRIEND, ...MANAGED }),
    whose: 'own',
    facts: ['device.known'],
    not: ['cold'],
  },
  {
    name: 'an address that a list is not sure of, at home',
    rows: [...PAST, ...takes(FLAT)],
    given: hit(FLAT.ip ?? '', 'low'),
    whose: 'own',
    facts: ['intelligence.low', 'address.own'],
  },
  {
    name: 'an address that a list is not sure of, at a friend’s flat',
    rows: [...PAST, ...takes(FRIEND)],
    given: hit(FRIEND.ip ?? '', 'low'),
    whose: 'unknown',
    facts: ['intelligence.low'],
  },
  {
    name: 'an address that a list is sure of, abroad',
    rows: [...PAST, ...takes({ ...ABROAD, userAgent: CHROME })],
    given: hit(ABROAD.ip ?? '', 'high'),
    whose: 'other',
    facts: ['intelligence.high'],
  },
  {
    name: 'a link to an address on a list says nothing of who acts',
    rows: [...PAST, ...takes(OFFICE)],
    given: hit('203.0.113.250', 'high'),
    whose: 'own',
    facts: [],
    not: ['intelligence.high'],
  },
];

const app = { id: 'A1', name: 'Reader', scopes: ['https://graph.microsoft.com/Chat.Read.All'] };
const grant = (daysAgo: number, given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  event({ kind: 'app_grant', at: after(-daysAgo * DAY + 9 * HOUR), ...OFFICE, app, ...given });
const calls = (from: number, actor = 'U1'): readonly EvidenceEvent[] =>
  Array.from({ length: from + 1 }, (_, i) =>
    event({ id: `x${i}`, kind: 'api_activity', at: after(-(from - i) * DAY + 10 * HOUR), actor, app, count: 50 }),
  );
const SUBJECT_APP = { accounts: ['A1'] } as const;
const APPS: readonly Situation[] = [
  {
    name: 'an app that an administrator approved',
    rows: [...PAST, grant(3, { actor: 'ADMIN' }), ...calls(2)],
    whose: 'job',
    facts: ['app.approved'],
    not: ['app.scopes'],
  },
  {
    name: 'an app with an administrator’s consent for all',
    rows: [...PAST, grant(3, { labels: ['admin_consent'] }), ...calls(2)],
    whose: 'job',
    facts: ['app.approved'],
  },
  {
    name: 'an app that the person let in yesterday',
    rows: [...PAST, grant(1), ...calls(0)],
    whose: 'app',
    facts: ['app.consent.new', 'app.scopes'],
    not: ['app.approved'],
  },
  {
    name: 'an app that the person let in long ago, at work every day',
    rows: [...PAST, grant(50), ...calls(30)],
    whose: 'job',
    facts: ['app.established'],
    not: ['app.consent.new'],
  },
  {
    name: 'an app of which no log shows who let it in',
    rows: [...PAST, ...calls(0)],
    whose: ['unknown', 'app'],
    facts: ['app.unknown'],
  },
  {
    name: 'an app of the organisation’s own',
    rows: [...PAST, ...calls(0)],
    given: { ownApps: ['A1'] },
    whose: 'job',
    facts: ['app.ours'],
    not: ['app.unknown', 'app.scopes'],
  },
  {
    name: 'the app as the subject: whoever let it in is somebody else, and no administrator for that',
    rows: [grant(1, { actor: 'U9' }), ...calls(0, 'A1')],
    given: SUBJECT_APP,
    whose: 'app',
    facts: ['app.consent.new', 'app.scopes'],
    not: ['app.approved'],
  },
  {
    name: 'the app as the subject, let in by two people who are no administrators',
    rows: [grant(2, { actor: 'U8' }), grant(1, { id: 'g2', actor: 'U9' }), ...calls(0, 'U9')],
    given: SUBJECT_APP,
    whose: 'app',
    facts: ['app.consent.new', 'app.scopes'],
    not: ['app.approved'],
  },
  {
    name: 'the app as the subject, let in by a person before an administrator let it in for all',
    rows: [
      grant(2, { actor: 'U8' }),
      grant(1, { id: 'g2', actor: 'ADMIN', labels: ['admin_consent'] }),
      ...calls(0, 'U8'),
    ],
    given: SUBJECT_APP,
    whose: 'job',
    facts: ['app.approved'],
    not: ['app.consent.new'],
  },
  {
    name: 'the app as the subject, approved for all',
    rows: [grant(1, { actor: 'U9', labels: ['admin_consent'] }), ...calls(0, 'A1')],
    given: SUBJECT_APP,
    whose: 'job',
    facts: ['app.approved'],
  },
];

describe.each([
  ['a person', PEOPLE],
  ['an app', APPS],
] as const)('whose the episode is: %s', (_, situations) => {
  it.each(situations)('$name: $whose', ({ rows, given, whose, facts, not = [] }) => {
    const episode = episodeOf(rows, given);
    const codes = episode.facts.map((f) => f.code);
    const told = episode.facts.map((f) => `${f.code} ${f.weight}`).join(', ');
    expect([whose].flat(), told).toContain(episode.attribution);
    expect(codes, told).toEqual(expect.arrayContaining([...facts]));
    for (const code of not) expect(codes, told).not.toContain(code);
    for (const fact of episode.facts) expect(fact.text).not.toBe('');
    // No context vouches for itself, and the sum is what its facts say.
    expect(episode.score).toBeCloseTo(
      episode.facts.reduce((n, f) => n + f.weight, 0),
      1,
    );
  });
});

describe('the weights of facts', () => {
  it('may be replaced by the policy', () => {
    const rows = [...PAST, ...takes({ ...FRIEND, asName: 'Example Hosting Ltd' })];
    const [before, after] = [episodeOf(rows), episodeOf(rows, { weights: { 'network.hosting': 0 } })];
    expect(after.score).toBeGreaterThan(before.score);
  });

  it.each(Object.entries(FACTS))('%s has words and a source', (_, { says, source, weight }) => {
    expect(says).not.toBe('');
    expect(source).not.toBe('');
    expect(weight).not.toBe(0);
  });
});
