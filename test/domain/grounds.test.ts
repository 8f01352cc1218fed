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
    const both = [...found(), finding({ kind: 'session_reuse', events: ['x'] })];
    expect(of(both).map((g) => g.rule)).toEqual(['foreign-session-collects', 'stolen-session']);
    expect(of(both)[1]?.sessionIds).toEqual(['S-other', 'S8', 'S9']);
  });

  it.each<[string, Partial<Finding>]>([
    ['outside any session', { inSession: false }],
    ["in the subject's own session", { ownSession: true }],
    ['faint', { confidence: 'low' }],
    ['of another kind', { kind: 'platform_alert' }],
  ])('do not hold when a finding is %s', (_, given) => {
    expect(of(found(given))).toEqual([]);
    expect(of(found({}, given))).toEqual([]);
  });

  it('never hold by a rule that names no finding', () => {
    expect(groundsOf(found(), events, [{ rule: 'empty', findings: [] }], 'U1')).toEqual([]);
  });
});
