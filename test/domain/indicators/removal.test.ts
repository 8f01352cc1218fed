import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_KINDS, type EvidenceEvent } from '../../../domain/evidence.js';
import { FINDING_KINDS, type Finding } from '../../../domain/finding.js';
import type { IndicatorInput } from '../../../domain/indicators/index.js';
import { at, event, file, findingsOf, HOME, quietPast, takeover, THIEF } from '../takeover.js';
import { defaultPolicy } from '../fixtures.js';

/** Small numbers, so that a handful of rows reaches every indicator. */
const { indicators } = defaultPolicy;
const SENSITIVE: IndicatorInput['thresholds'] = {
  ...indicators,
  chatActivity: { windowMinutes: 60, messages: 3, withLinks: 2, withAttachments: 2, withCredentials: 1 },
  bulkCollection: { windowMinutes: 60, files: 3, conversations: 2, bytes: 2_000, apiCalls: 20, exports: 1 },
  sensitiveUploads: { ...indicators.sensitiveUploads, uploads: 2 },
  signIn: { ...indicators.signIn, failures: 3 },
  volume: { ...indicators.volume, floor: 3 },
};

const PAST = quietPast();
const PLACES = [HOME, THIEF, { ...THIEF, ip: '203.0.113.9', asn: 64512, country: 'PT' }] as const;

const anyRow = fc
  .record({
    kind: fc.constantFrom(...EVENT_KINDS),
    minute: fc.integer({ min: 0, max: 36 * 60 }),
    place: fc.constantFrom(...PLACES),
    session: fc.constantFrom('s-a', 's-b', undefined),
    target: fc.integer({ min: 0, max: 5 }),
    platform: fc.constantFrom('slack' as const, 'slack' as const, 'google' as const),
  })
  .map(({ kind, minute, place, session, target, platform }): EvidenceEvent =>
    event({
      kind,
      platform,
      at: at(minute),
      ...place,
      ...(session === undefined ? {} : { sessionId: session }),
      target: kind === 'share' ? { type: 'link', id: `L${target}` } : file(target, `password-${target}.txt`),
      channel: { id: `C${target}`, external: target === 0 },
      operation: kind === 'config_change' ? 'idp_configuration_added' : kind,
      bytes: 700,
      count: kind === 'api_activity' ? 9 : 1,
      urls: target > 2 ? ['https://example.org/x'] : [],
      labels: target > 3 ? ['attachment'] : [],
      reasons: kind === 'platform_alert' ? ['unexpected_scraping'] : [],
      dkim: target > 0 ? 'pass' : 'fail',
      ...(kind === 'app_grant' ? { app: { id: `A${target}`, scopes: ['files:read'] } } : {}),
    }),
  );

const given = (events: readonly EvidenceEvent[]): Partial<IndicatorInput> => ({
  thresholds: SENSITIVE,
  platform: 'slack',
  involvements: 3,
  secrets: events
    .filter((e) => e.kind === 'message' && e.id.endsWith('1'))
    .map((e) => ({ eventId: e.id, fingerprint: e.id, kind: 'password' })),
  intelligence: events
    .filter((e) => e.ip === '203.0.113.9' && e.id.endsWith('2'))
    .map((e) => ({ eventId: e.id, indicator: '203.0.113.9', list: 'own' })),
});

describe('computeFindings', () => {
  it.each([
    ['with a past', PAST],
    ['without any past', []],
  ] as const)(
    'changes every finding that cites a row when that row is taken away, and nothing of the person’s own for a stranger’s row, %s',
    (_name, past) => {
      fc.assert(
        fc.property(fc.array(anyRow, { minLength: 1, maxLength: 30 }), fc.nat(), (rows, pick) => {
          const gone = rows[pick % rows.length];
          const input = given(rows); // lists and fingerprints of rows stay as they are
          const before = findingsOf([...past, ...rows], input);
          const after = findingsOf([...past, ...rows.filter((r) => r !== gone)], input);
          const citing = before.filter((f) => f.events.includes(gone?.id ?? ''));
          for (const finding of citing) expect(after.map((f) => f.id)).not.toContain(finding.id);
          // Whose the other rows are may be seen otherwise without it; what is the person's own at home is not touched by a stranger's row.
          if (gone?.ip === HOME.ip || past.length === 0) return;
          const own = (all: readonly Finding[]): readonly Finding[] =>
            all.filter((f) => f.whose === 'own' && !citing.includes(f));
          for (const finding of own(before)) expect(after).toContainEqual(finding);
        }),
        { numRuns: 400 },
      );
    },
  );

  it('gives each finding an id of its own, the same for the same rows in any order', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 30 }), (rows) => {
        const findings = findingsOf([...PAST, ...rows], given(rows));
        expect(new Set(findings.map((f) => f.id)).size).toBe(findings.length);
        expect(findingsOf([...rows.toReversed(), ...PAST, ...rows], given(rows))).toEqual(findings);
      }),
    );
  });

  it('cites rows that exist, with numbers that reach their thresholds, and never measures the past', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 30 }), (rows) => {
        const ids = new Set(rows.map((r) => r.id));
        for (const f of findingsOf([...PAST, ...rows], given(rows))) {
          expect(FINDING_KINDS).toContain(f.kind);
          expect(f.events.every((id) => ids.has(id))).toBe(true);
          expect((f.foreignEvents ?? []).every((id) => f.events.includes(id))).toBe(true);
          expect(f.measures.length).toBeGreaterThan(0);
          // Facts for and against whose an access is are weights, not counts.
          if (f.kind !== 'session_reuse' && f.kind !== 'unusual_sign_in')
            for (const m of f.measures) expect(m.value).toBeGreaterThanOrEqual(m.threshold);
          expect(f.firstAt <= f.lastAt).toBe(true);
        }
      }),
    );
  });

  it('says of every finding of a takeover that it is in session and not the subject’s own', () => {
    for (const f of findingsOf([...PAST, ...takeover()]))
      expect(f).toMatchObject({ inSession: true, ownSession: false });
  });

  it('finds nothing in the quiet past, nor in one more quiet day', () => {
    expect(findingsOf(PAST)).toEqual([]);
    const oneMore = quietPast(1).map((e) => ({
      ...e,
      id: `${e.id}-next`,
      at: new Date(Date.parse(e.at) + 86_400_000).toISOString(),
    }));
    expect(findingsOf([...PAST, ...oneMore])).toEqual([]);
  });
});
