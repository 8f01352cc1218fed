import { describe, expect, it } from 'vitest';
import type { EvidenceManifest } from '../../domain/evidence.js';
import type { Finding } from '../../domain/finding.js';
import { groundsOf } from '../../domain/grounds.js';
import { defaultPolicy, event, finding } from './fixtures.js';

const events = [
  event({ id: 's', kind: 'sign_in', sessionId: 'S9' }),
  event({ id: 'd', kind: 'file_download', sessionId: 'S8' }),
  event({ id: 'e', kind: 'file_download', sessionId: 'S9' }),
  event({ id: 'x', sessionId: 'S-other' }),
];
const found = (first: Partial<Finding> = {}, second: Partial<Finding> = {}): Finding[] => [
  finding({ kind: 'unusual_sign_in', events: ['s'], ...first }),
  finding({ kind: 'bulk_collection', events: ['d', 'e', 's'], ...second }),
  finding({ kind: 'external_share', events: ['x'] }),
];
const of = (findings: readonly Finding[]): EvidenceManifest['grounds'] =>
  groundsOf(findings, events, defaultPolicy.grounds, 'U1');

describe('grounds for automatic steps', () => {
  it('name the rule, the account and the sessions of the findings that make it, each once', () => {
    expect(of(found())).toEqual([{ rule: 'foreign-session-collects', nativeId: 'U1', sessionIds: ['S8', 'S9'] }]);
    const both = [...found(), finding({ kind: 'session_reuse', events: ['e'] })];
    expect(of(both).map((g) => g.rule)).toEqual(['foreign-session-collects', 'stolen-session']);
    expect(of(both)[1]?.sessionIds).toEqual(['S8', 'S9']);
  });

  it('do not add up from different sessions', () => {
    expect(of(found({ events: ['x'] }))).toEqual([]);
    expect(of([...found(), finding({ kind: 'session_reuse', events: ['x'] })]).map((g) => g.rule)).toEqual([
      'foreign-session-collects',
    ]);
  });

  it('are tied by the sign-in or the address where a vendor logs no sessions', () => {
    const bare = [
      event({ id: 's', kind: 'sign_in', ip: '203.0.113.7' }),
      event({ id: 'd', kind: 'file_download', ip: '203.0.113.7' }),
    ];
    const two = [
      finding({ kind: 'unusual_sign_in', events: ['s'] }),
      finding({ kind: 'bulk_collection', events: ['d'] }),
    ];
    expect(groundsOf(two, bare, defaultPolicy.grounds, 'U1')).toMatchObject([{ sessionIds: [] }]);
    const apart = bare.map((e, i) => ({ ...e, ip: `203.0.113.${i}` }));
    expect(groundsOf(two, apart, defaultPolicy.grounds, 'U1')).toEqual([]);
  });

  it('rest on foreign rows alone, not on those they are compared with', () => {
    const compared = found({ events: ['s', 'x'], foreignEvents: ['s'] });
    expect(of(compared)[0]?.sessionIds).toEqual(['S8', 'S9']);
  });

  it.each<[string, Partial<Finding>]>([
    ['outside any session', { inSession: false }],
    ["in the subject's own session", { ownSession: true }],
    ['faint', { confidence: 'low' }],
    ['of another kind', { kind: 'platform_alert' }],
    ['in a session of which nobody can say whose it is', { whose: 'unknown' }],
    ['of an app', { whose: 'app' }],
  ])('do not hold when a finding is %s', (_, given) => {
    expect(of(found(given))).toEqual([]);
    expect(of(found({}, given))).toEqual([]);
  });

  it('hold in a session that is surely somebody else’s', () => {
    expect(of(found({ whose: 'other' }, { whose: 'other' }))).toHaveLength(1);
  });

  it('never hold by a rule that names no finding', () => {
    expect(groundsOf(found(), events, [{ rule: 'empty', findings: [] }], 'U1')).toEqual([]);
  });
});
