import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { Finding, FindingKind } from '../../../domain/finding.js';
import type { IndicatorInput } from '../../../domain/indicators/index.js';
import { kilometres } from '../../../domain/indicators/shared/travel.js';
import {
  at,
  downloads,
  event,
  file,
  findingsOf,
  HOME,
  kindsOf,
  quietPast,
  signIn,
  takeover,
  THIEF,
} from '../takeover.js';

const PAST = quietPast();
const thief = { ...THIEF, sessionId: 'stolen' };
const own = { ...HOME, sessionId: 'today' };

const found = (kind: FindingKind, rows: readonly EvidenceEvent[], change: Partial<IndicatorInput> = {}) =>
  findingsOf([...PAST, ...rows], change).filter((f) => f.kind === kind);
const only = (kind: FindingKind, rows: readonly EvidenceEvent[], change: Partial<IndicatorInput> = {}): Finding => {
  const all = found(kind, rows, change);
  expect(all).toHaveLength(1);
  return all[0] as Finding;
};
const value = (f: Finding, name: string): number | undefined => f.measures.find((m) => m.name === name)?.value;
/** What speaks against the subject in a finding about an access. */
const factsOf = (f: Finding): readonly string[] =>
  f.measures
    .map((m) => m.name)
    .filter((name) => name !== 'sum of the facts for and against')
    .toSorted();
const times = (n: number, of: (i: number) => EvidenceEvent): readonly EvidenceEvent[] =>
  Array.from({ length: n }, (_, i) => of(i));

describe('bulk collection', () => {
  it('counts a page of fifty messages as one reading, and a message with twenty files as one message', () => {
    const pages = (n: number) =>
      times(n, (i) => event({ kind: 'conversation_read', ...thief, at: at(600 + i), count: 50 }));
    expect(found('bulk_collection', pages(24))).toEqual([]);
    expect(value(only('bulk_collection', pages(25)), 'conversations read')).toBe(25);
    const exported = only('bulk_collection', [event({ kind: 'export', ...thief, at: at(600), count: 300 })]);
    expect(value(exported, 'exports')).toBe(1);
    const album = event({ kind: 'message', ...own, at: at(600), labels: ['attachment'], count: 20 });
    expect(found('unusual_chat_activity', [album])).toEqual([]);
  });

  it('the subject’s own reading and a thief’s are two findings', () => {
    const both = found('bulk_collection', [...downloads(30, thief), ...downloads(40, own)]);
    expect(both.map((f) => [f.ownSession, value(f, 'files downloaded')])).toEqual([
      [false, 30],
      [true, 40],
    ]);
  });
});

describe('sign-ins', () => {
  it('names what is new, and how far and fast the journey was', () => {
    const f = only('unusual_sign_in', [signIn({ ...own, at: at(540) }), signIn({ ...thief, at: at(600) })]);
    expect(factsOf(f)).toEqual(['client.new', 'client.scripted', 'country.new', 'network.new', 'travel.impossible']);
    expect(f.measures.find((m) => m.name === 'travel.impossible')?.unit).toMatch(/^\d+ km at \d{4,} km\/h/);
    expect(f).toMatchObject({ confidence: 'high', inSession: true, ownSession: false, whose: 'other' });
    expect(f.foreignEvents).toEqual(f.events); // the rows it was compared with are the subject's own
    expect(f.events).toHaveLength(1);
  });

  it('lets a possible journey pass', () => {
    const f = only('unusual_sign_in', [signIn({ ...thief, at: at(540) })]); // a day after the last row at home
    expect(factsOf(f)).not.toContain('travel.impossible');
    const near = { ...HOME, ip: '192.0.2.99', location: { lat: 52.6, lon: 13.5 } };
    expect(found('unusual_sign_in', [signIn({ ...own, at: at(599) }), signIn({ ...near, at: at(600) })])).toEqual([]);
  });

  it('measures kilometres on the globe', () => {
    expect(Math.round(kilometres({ lat: 52.52, lon: 13.405 }, { lat: 48.8566, lon: 2.3522 }))).toBe(877);
    expect(kilometres({ lat: 0, lon: 179.9 }, { lat: 0, lon: -179.9 })).toBeLessThan(23);
  });

  it('counts what the vendor says of the address', () => {
    const near = { ...own, sessionId: 'near', ip: '192.0.2.99' };
    const f = only('unusual_sign_in', [signIn({ ...near, reasons: ['tor', 'nothing_special'] })]);
    expect(factsOf(f)).toEqual(['vendor.strong']);
    expect(f.text).toContain('tor');
    expect(f.text).not.toContain('nothing_special');
    expect(found('unusual_sign_in', [signIn({ ...near, reasons: ['nothing_special'] })])).toEqual([]);
  });

  it('ties failures to the success after them, and tells mere attempts apart', () => {
    const failures = times(6, (i) => event({ kind: 'sign_in_failed', at: at(590 + i), ...THIEF, outcome: 'failure' }));
    const success = only('unusual_sign_in', [...failures, signIn({ ...thief, at: at(600) })]);
    expect(success.measures.find((m) => m.name === 'failures.before')?.unit).toContain('6 failures');
    expect(success).toMatchObject({ inSession: true, confidence: 'high' });
    const attempt = only('unusual_sign_in', failures);
    expect(attempt).toMatchObject({ inSession: false, confidence: 'low', attack: ['T1110'] });
    expect(found('unusual_sign_in', failures.slice(2))).toEqual([]);
  });

  it('calls an hour unusual by the subject’s own hours', () => {
    const near = { ...own, sessionId: 'near', ip: '192.0.2.99', asn: 64_999, userAgent: 'Odd/1.0' };
    expect(factsOf(only('unusual_sign_in', [signIn({ ...near, at: at(3 * 60) })]))).toContain('hour.unusual');
    expect(factsOf(only('unusual_sign_in', [signIn({ ...near, at: at(10 * 60 + 59) })]))).not.toContain('hour.unusual');
    // Who is in another country has other hours.
    const abroad = signIn({ ...near, country: 'FR', at: at(3 * 60) });
    expect(factsOf(only('unusual_sign_in', [abroad]))).not.toContain('hour.unusual');
    // People work at night: at home on the own laptop the hour alone is nothing.
    expect(found('unusual_sign_in', [signIn({ ...own, at: at(3 * 60) })])).toEqual([]);
  });

  it('says nothing is new without a past', () => {
    const [f] = findingsOf([signIn({ ...thief })]);
    expect(factsOf(f!)).toEqual(['client.scripted', 'dormant']); // what the row itself tells needs no past
  });

  it('does not take a thief of yesterday for a habit', () => {
    const dayBefore = [signIn({ ...thief, at: at(-300) }), signIn({ ...thief, at: at(-1_500) })];
    const f = only('unusual_sign_in', [...dayBefore, signIn({ ...thief, at: at(60) })]);
    expect(f).toMatchObject({ ownSession: false, confidence: 'high' });
  });
});

describe('cross-reference', () => {
  const chat = (minute: number, change: Partial<EvidenceEvent> = {}): EvidenceEvent =>
    event({ kind: 'conversation_read', at: at(minute), ...change });

  it('finds chat actions from an address that never signed in', () => {
    const rows = times(3, (i) => chat(600 + i, { ip: '203.0.113.50' }));
    expect(only('unmatched_activity', [signIn({ ...own, at: at(540) }), ...rows])).toMatchObject({
      inSession: false,
      ownSession: false,
    });
    expect(found('unmatched_activity', [signIn({ ...own, at: at(540), ip: '203.0.113.50' }), ...rows])).toEqual([]);
  });

  it('says nothing of rows that tell neither address nor session, which may be of any', () => {
    const bare = times(3, (i) => chat(1_000 + i));
    expect(found('unmatched_activity', [signIn({ ...own, at: at(900) }), ...bare])).toEqual([]);
    const rare = PAST.filter((e) => Date.parse(e.at) < Date.parse(at(-2 * 1_440)));
    expect(kindsOf(findingsOf([...rare, ...bare]))).toEqual([]);
    const placed = bare.map((e) => ({ ...e, ip: '203.0.113.50' }));
    expect(kindsOf(findingsOf([...rare, ...placed]))).toEqual(['unmatched_activity']);
  });

  it('keeps silent where the past of the subject looks the same, and where no log of sign-ins exists', () => {
    const weeks = times(10, (i) => chat(-(i + 1) * 1_440 + 700, { ip: '192.0.2.200' }));
    const rows = times(5, (i) => chat(600 + i, { ip: '192.0.2.200' }));
    expect(found('unmatched_activity', [...weeks, ...rows])).toEqual([]);
    expect(kindsOf(findingsOf(rows))).not.toContain('unmatched_activity');
  });

  it('finds one session in two places, and lets the subject’s own places be', () => {
    const f = only('session_reuse', [signIn({ ...own, at: at(540) }), chat(600, { ...THIEF, sessionId: 'today' })]);
    expect(f).toMatchObject({ confidence: 'high', ownSession: false });
    expect(f.foreignEvents).toHaveLength(1);
    const office = { ...HOME, ip: '192.0.2.11', asn: 64501 };
    const roaming = [
      ...quietPast().map((e) => ({ ...e, ...office, id: `${e.id}-office` })),
      signIn({ ...own, at: at(540) }),
      chat(600, { ...office, sessionId: 'today' }),
    ];
    expect(found('session_reuse', roaming)).toEqual([]);
  });
});

describe('identity, notices and what others found', () => {
  const alone = (kind: EvidenceEvent['kind'], change: Partial<EvidenceEvent> = {}): EvidenceEvent =>
    event({ kind, ...thief, ...change });

  it('weighs a change of credentials by whose session it was', () => {
    expect(only('credential_change', [alone('credential_change')]).confidence).toBe('high');
    expect(only('credential_change', [event({ kind: 'credential_change', ...own })]).confidence).toBe('low');
  });

  it('counts consents by their scopes, short or as an address', () => {
    const grant = (scope: string): EvidenceEvent => alone('app_grant', { app: { id: 'A1', scopes: [scope] } });
    only('app_consent', [grant('https://www.googleapis.com/auth/drive')]);
    only('app_consent', [grant('channels:history')]);
    expect(found('app_consent', [grant('users:read')])).toEqual([]);
  });

  it('counts shares that leave the organisation', () => {
    only('external_share', [alone('share', { externalRecipients: ['x@example.org'] })]);
    only('external_share', [alone('share', { channel: { id: 'C1', external: true } })]);
    expect(found('external_share', [alone('share', { target: file(1) })])).toEqual([]);
  });

  it('believes a security mail only when its DKIM passes', () => {
    const mail = (dkim: 'pass' | 'fail' | 'none'): EvidenceEvent => event({ kind: 'security_notice', dkim });
    expect(only('security_notice', [mail('pass'), mail('fail'), mail('none')]).events).toHaveLength(1);
    expect(only('security_notice', [mail('pass')])).toMatchObject({ inSession: false });
  });

  it('finds rules and deletions that hide such mails, not everyday rules and other mails', () => {
    const rule = (type: 'setting' | 'message' | 'mailbox', change: Partial<EvidenceEvent> = {}): EvidenceEvent =>
      event({ kind: 'mail_rule', target: { type, id: 'r1' }, ...change });
    // A rule that is only seen to be there may be years old; where somebody else was in the account it is no chance.
    expect(only('hidden_notice', [rule('setting')]).confidence).toBe('low');
    expect(only('hidden_notice', [rule('setting'), signIn({ ...thief, at: at(600) })]).confidence).toBe('high');
    expect(only('hidden_notice', [rule('message', { dkim: 'pass' })]).confidence).toBe('medium');
    expect(found('hidden_notice', [rule('message', { dkim: 'fail' })])).toEqual([]);
    expect(found('hidden_notice', [rule('mailbox', own)])).toEqual([]);
    expect(only('hidden_notice', [rule('mailbox', thief)]).confidence).toBe('medium');
  });

  it('takes over what lists, scanners and the case index say, one finding for each platform', () => {
    const rows = [alone('message'), alone('message', { platform: 'google' })];
    const hit = (i: number): string => rows[i]?.id ?? '';
    const secrets = [0, 1].map((i) => ({ eventId: hit(i), fingerprint: 'same', kind: 'token', confirmed: i === 1 }));
    expect(found('credential_exposed', rows, { secrets }).map((f) => [f.platform, f.confidence])).toEqual([
      ['google', 'high'],
      ['slack', 'medium'],
    ]);
    const listed = { eventId: hit(0), indicator: THIEF.ip, list: 'own' };
    for (const confidence of [undefined, 'low', 'medium', 'high'] as const) {
      const intelligence = [{ ...listed, ...(confidence === undefined ? {} : { confidence }) }];
      expect(only('threat_intelligence', rows, { intelligence })).toMatchObject({
        confidence: confidence ?? 'medium', // as sure as its list, never surer
        platform: 'slack',
      });
    }
    expect(only('frequent_involvement', [], { involvements: 2, platform: 'google' })).toMatchObject({
      platform: 'google',
      events: [],
    });
    expect(found('frequent_involvement', rows, { involvements: 1 })).toEqual([]);
  });
});

describe('history', () => {
  it('measures the busiest day of the focus against past days, not the sum of all days since', () => {
    expect(value(only('volume_surge', downloads(40, thief)), 'volume received')).toBe(40);
    const slow = times(40, (i) => event({ kind: 'file_download', at: at(i * 300), ...own, target: file(i % 3) }));
    expect(found('volume_surge', slow)).toEqual([]);
  });

  it('says nothing where the past is too short to compare with', () => {
    const rows = [...quietPast(2), ...downloads(100, own)];
    expect(kindsOf(findingsOf(rows))).not.toContain('volume_surge');
    expect(kindsOf(findingsOf([...quietPast(5), ...downloads(100, own)]))).toContain('volume_surge');
  });

  it('is faint when others only wrote much to the subject', () => {
    const written = Array.from({ length: 40 }, (_, i) =>
      event({ kind: 'message_received', logSource: 'chat_history', actor: 'U2', at: at(600 + i) }),
    );
    expect(only('volume_surge', written).confidence).toBe('low');
    expect(only('volume_surge', [...written, ...downloads(40, thief)]).confidence).toBe('high');
  });

  it('finds more different channels and files than the past shows', () => {
    expect(value(only('baseline_deviation', downloads(12, own)), 'different targets')).toBe(12);
    expect(found('baseline_deviation', downloads(12, { ...own, target: file(1) }))).toEqual([]);
  });
});

it('a takeover shows access, collection and transfer', () => {
  expect(kindsOf(findingsOf([...PAST, ...takeover()])).toSorted()).toEqual([
    'baseline_deviation',
    'bulk_collection',
    'external_share',
    'unusual_sign_in',
    'volume_surge',
  ]);
});
