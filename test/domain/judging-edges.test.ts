import { describe, expect, it } from 'vitest';
import { scanPieces } from '../../activities/analysis/secret-scan/scan.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { confirmUsed } from '../../domain/leaks.js';
import { placeIn } from '../../domain/places.js';
import { after, DAY, event, HOUR, MINUTE } from './fixtures.js';
import { explain, judge, outcomeOf } from './judge.js';
import { PLATFORMS } from '../../platforms/registry.js';

/*
 * Whole situations, as they are once the edges have made one form of addresses, instants and places: what is unknown is absent.
 */

const TOWN = placeIn({ country: 'DE', city: 'Town', lat: 52.5, lon: 13.4 });
const HOME = { ip: '198.51.100.7', userAgent: 'Mozilla/5.0 (example)', ...TOWN };
const signIn = (id: string, at: number, given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  event({ id, kind: 'sign_in', logSource: 'user_access', at: after(at), ...HOME, ...given });
const past = Array.from({ length: 12 }, (_, i) => signIn(`past-${i}`, (i - 24) * DAY + 8 * HOUR));
const today = signIn('today', 8 * HOUR);
const downloads = (from: number, given: Partial<EvidenceEvent> = {}): readonly EvidenceEvent[] =>
  Array.from({ length: 60 }, (_, i) =>
    event({
      ...{ id: `d-${i}`, kind: 'file_download', logSource: 'file_transfer', at: after(from + i * 20_000) },
      ...{ target: { type: 'file', id: `F-${i}`, name: `plan-${i}.pdf` }, ...given },
    }),
  );
const kinds = (rows: readonly EvidenceEvent[]): readonly string[] => judge(rows).findings.map((f) => f.kind);
const strange = (rows: readonly EvidenceEvent[]) => judge(rows).findings.filter((f) => f.kind === 'unusual_sign_in');

describe('an act without an address', () => {
  it('is the person’s after the person’s own sign-in, and vouches for nothing', () => {
    const judged = judge([...past, today, ...downloads(9 * HOUR)]);
    expect(
      judged.findings.find((f) => f.kind === 'bulk_collection'),
      explain(judged),
    ).toMatchObject({ whose: 'own' });
    expect(judged.findings.map((f) => f.kind)).not.toContain('unmatched_activity');
    expect(judged.escalation.decision).toBe('close');
  });

  it('is the stranger’s after a stranger’s, however often there were such acts before', () => {
    const before = past.map((e, i) =>
      event({
        id: `before-${i}`,
        kind: 'file_download',
        logSource: 'file_transfer',
        at: after((i - 24) * DAY + 9 * HOUR),
      }),
    );
    const foreign = signIn('foreign', 9 * HOUR, {
      ...{ ip: '203.0.113.9', asn: 64_501, country: 'BR', city: 'Elsewhere', location: { lat: -23.5, lon: -46.6 } },
      userAgent: 'another program',
    });
    const judged = judge([...past, ...before, today, foreign, ...downloads(9 * HOUR + 10 * MINUTE)]);
    expect(outcomeOf(judged), explain(judged)).toBe('escalate compromised');
    expect(judged.findings.find((f) => f.kind === 'bulk_collection')?.ownSession).toBe(false);
  });
});

describe('a home with IPv6', () => {
  it('is one place, whichever of its addresses the day brings', () => {
    const home = (n: number): Partial<EvidenceEvent> => ({ ip: `2001:db8:1:2::${(n + 1).toString(16)}` });
    const rows = [
      ...past.map((e, i) => ({ ...e, ...home(i) })),
      { ...today, ...home(77) },
      ...downloads(9 * HOUR, home(78)),
    ];
    const judged = judge(rows);
    expect(judged.findings.find((f) => f.kind === 'bulk_collection')).toMatchObject({ whose: 'own' });
    expect(judged.findings.map((f) => f.kind)).not.toContain('unmatched_activity');
  });
});

describe('a journey', () => {
  const elsewhere = (at: number, place: Partial<EvidenceEvent>): EvidenceEvent =>
    signIn('elsewhere', at, {
      ip: '203.0.113.9',
      city: undefined,
      location: undefined,
      ...place,
    } as Partial<EvidenceEvent>);
  const far = placeIn({ country: 'DE', city: 'Elsewhere', lat: -33.9, lon: 151.2 });

  it.each([0, 1, -1, 1_000, -1_000, 60_000])('that nobody can make is found %d ms apart', (apart) => {
    const found = strange([...past, today, elsewhere(8 * HOUR + apart, far)]);
    expect(found).toHaveLength(1);
    expect(found[0]?.measures.map((m) => m.name)).toContain('travel.impossible');
  });

  it('is none between places of which one is not known', () => {
    for (const said of [
      { country: 'DE', city: '', lat: 0, lon: 0 },
      { country: 'DE', lat: -33.9, lon: 151.2 },
      { country: 'DE', city: 'Elsewhere' },
      { country: 'DE' },
      {},
    ])
      expect(strange([...past, today, elsewhere(9 * HOUR, placeIn(said))])).toEqual([]);
  });

  it('is possible in a day', () => {
    expect(strange([...past, today, elsewhere(8 * HOUR + 30 * HOUR, far)])).toEqual([]);
  });
});

describe('steps of a sign-in', () => {
  it('that the edge gives no row for are no failures', () => {
    expect(kinds([...past, today])).toEqual([]);
  });
});

describe('clocks that differ', () => {
  it('rows a few seconds ahead of their sign-in are of the person who has it, and nothing breaks on rows of the future', () => {
    const ahead = [...past, today, ...downloads(8 * HOUR - 5_000, { ip: HOME.ip, userAgent: HOME.userAgent })];
    expect(judge(ahead).findings.find((f) => f.kind === 'bulk_collection')).toMatchObject({ whose: 'own' });
    const future = [...past, today, signIn('future', 400 * DAY)];
    expect(judge(future).escalation.decision).toBe('close');
  });

  it('the order in which rows are read changes nothing', () => {
    const rows = [...past, today, ...downloads(8 * HOUR)];
    expect(judge([...rows].reverse())).toEqual(judge(rows));
  });
});

describe('a sentence about a password', () => {
  const key = new Uint8Array(32);
  const said = (text: string): readonly EvidenceEvent[] => [
    ...past,
    today,
    event({ id: 'said', kind: 'message', at: after(9 * HOUR), text, ...HOME }),
    signIn('abroad', 10 * HOUR, { ip: '203.0.113.9', asn: 64_501, country: 'FR', userAgent: 'another program' }),
  ];
  const leaks = (text: string): number => {
    const rows = said(text);
    const secrets = scanPieces([{ eventId: 'said', text }], key);
    const first = judge(rows, { indicators: { secrets } });
    return (
      confirmUsed(
        secrets,
        [{ ...strange(rows)[0]!, whose: 'other', confidence: 'high', foreignEvents: ['abroad'], ownSession: false }],
        rows,
        ['U1'],
        PLATFORMS.secretUses,
      ).filter((s) => s.confirmed === true).length + first.impact.confirmedLeaks
    );
  };
  const value = `Tr0ub4dor-${'Horse'}-9`;

  it('that gives none away is no leak', () => {
    const rows = said('the password is stored in the vault');
    const secrets = scanPieces([{ eventId: 'said', text: 'the password is stored in the vault' }], key);
    expect(secrets).toEqual([]);
    expect(judge(rows, { indicators: { secrets } }).escalation).toMatchObject({ decision: 'close' });
  });

  it('of one’s own that was used is one; another’s that is quoted is not one’s own', () => {
    expect(leaks(`my password is ${value}`)).toBe(1);
    expect(leaks(`see below\n> my password is ${value}`)).toBe(0);
    expect(leaks(`FYI\n\n-----Original Message-----\nmy password is ${value}`)).toBe(0);
    expect(leaks(`<blockquote>my password is ${value}</blockquote><p>do not write that here</p>`)).toBe(0);
  });
});
