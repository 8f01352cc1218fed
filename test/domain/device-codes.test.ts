import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { after, DAY, event, HOUR, MINUTE } from './fixtures.js';
import { judge, outcomeOf } from './judge.js';
import { days, FLAT, OFFICE } from './ordinary.js';

const code = (given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
  event({
    ...{ id: 'code', kind: 'sign_in', logSource: 'user_access', at: after(10 * HOUR), authentication: 'device_code' },
    ...{ ...OFFICE, ...given },
  });
const takes = (
  count: number,
  given: Partial<EvidenceEvent> = {},
  from = 10 * HOUR + MINUTE,
): readonly EvidenceEvent[] =>
  Array.from({ length: count }, (_, i) =>
    event({
      ...{ id: `t-${i}`, kind: 'file_download', logSource: 'file_transfer', at: after(from + i * 5_000) },
      ...{ target: { type: 'file', id: `T-${i}`, name: `contract-${i}.pdf` }, ...given },
    }),
  );
const here = { ip: OFFICE.ip ?? '', userAgent: OFFICE.userAgent ?? '' };
const past = days({ from: 30, place: OFFICE });
const strange = (rows: readonly EvidenceEvent[]) => judge(rows).findings.filter((f) => f.kind === 'unusual_sign_in');

describe('a sign-in by device code', () => {
  it('of a person who never used one is named, though everything else about it is the person’s; it is a question and no compromise', () => {
    const rows = [...past, code()];
    expect(strange(rows)).toMatchObject([{ confidence: 'low', whose: 'unknown', events: ['code'] }]);
    expect(strange(rows)[0]?.text).toContain('signed in by a device code, which the person never used before');
    expect(judge(rows).escalation).toMatchObject({ decision: 'close' });
    expect(judge(rows).acts).toEqual([]);
  });

  it.each<[string, Partial<EvidenceEvent>, Partial<EvidenceEvent>]>([
    ['of its session', { sessionId: 'S-code' }, { sessionId: 'S-code', ip: '203.0.113.9', country: 'DE' }],
    ['of its session, at the person’s own address', { sessionId: 'S-code' }, { sessionId: 'S-code', ...OFFICE }],
    ['without a session, at the person’s own address', {}, here],
    ['that tells neither address nor session', {}, {}],
  ])('with collection after it is access that is not the person’s: %s', (_, given, taking) => {
    const judged = judge([...past, code(given), ...takes(60, taking)]);
    expect(outcomeOf(judged)).toBe('escalate compromised');
    expect(judged.findings.find((f) => f.kind === 'bulk_collection')).toMatchObject({ whose: 'other' });
  });

  it('leaves the person’s own sessions alone, and ends where the person proves anew who it is', () => {
    const own = { ...OFFICE, sessionId: 'S-own' };
    const began = event({ id: 'own', kind: 'sign_in', logSource: 'user_access', at: after(9 * HOUR), ...own });
    for (const rows of [
      [...past, began, code(), ...takes(60, own)],
      [...past, code(), { ...began, at: after(10 * HOUR + 30_000) }, ...takes(60, here)],
    ])
      expect(judge(rows).findings.find((f) => f.kind === 'bulk_collection')).toMatchObject({ whose: 'own' });
    const refreshed = { ...began, id: 'again', at: after(10 * HOUR + 30_000), authentication: 'token' as const };
    const taken = [...past, began, code(), refreshed, ...takes(60, here)];
    expect(judge(taken).findings.find((f) => f.kind === 'bulk_collection')).toMatchObject({ whose: 'other' });
  });

  it('says nothing of who uses them every week', () => {
    const codes = [29, 26, 22, 19, 15, 8].map((day) => code({ id: `c-${day}`, at: after(-day * DAY + 10 * HOUR) }));
    expect(strange([...past, ...codes, code()])).toEqual([]);
    const collected = judge([...past, ...codes, code(), ...takes(60, here)]);
    expect(collected.findings.find((f) => f.kind === 'bulk_collection')).toMatchObject({ whose: 'own' });
  });

  it('from an address of somebody else is as strange as that', () => {
    const elsewhere = { ip: '203.0.113.9', asn: 64_511, asName: 'Example Telecom', country: 'BR' };
    expect(strange([...past, ...days({ from: 30, place: FLAT, hour: 19 }), code(elsewhere)])).toMatchObject([
      { confidence: 'high', whose: 'other' },
    ]);
  });
});
