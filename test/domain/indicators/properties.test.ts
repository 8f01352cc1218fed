import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_KINDS, type EvidenceEvent } from '../../../domain/evidence.js';
import type { Finding } from '../../../domain/finding.js';
import { computeFindings, viewOf, type IndicatorInput } from '../../../domain/indicators/index.js';
import { isAccess } from '../../../domain/indicators/view.js';
import { after, AWAY, DAY, defaultPolicy, event, FOCUS, HOME, HOUR, homePast, input } from '../fixtures.js';

/** Low thresholds, so that random rows reach them. */
const thresholds = {
  ...defaultPolicy.indicators,
  chatActivity: { windowMinutes: 60, messages: 3, withLinks: 2, withAttachments: 2, withCredentials: 1 },
  bulkCollection: { windowMinutes: 60, files: 2, conversations: 2, bytes: 500, apiCalls: 2, exports: 1 },
  sensitiveUploads: { windowMinutes: 120, uploads: 1, keywords: ['secret'] },
  volume: { ...defaultPolicy.indicators.volume, zScore: 2, times: 2, floor: 4 },
};

const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const place = fc.constantFrom(
  {},
  HOME,
  AWAY,
  { ip: '203.0.113.9' },
  { asn: AWAY.asn, country: AWAY.country }, // vendors that give a place without an address
  { country: HOME.country, userAgent: HOME.userAgent },
);
const row = fc
  .record({
    kind: fc.constantFrom(...EVENT_KINDS),
    platform: fc.constantFrom('slack' as const, 'microsoft' as const, 'google' as const),
    at: fc
      .integer({ min: -3 * 24, max: 24 })
      .chain((h) => fc.constantFrom(0, 1, 30).map((m) => after(h * HOUR + m * 60_000))),
    place,
    sessionId: optional(fc.constantFrom('S1', 'S2')),
    target: optional(fc.constantFrom('secret.txt', 'F2', 'F3').map((id) => ({ type: 'link' as const, id, name: id }))),
    urls: optional(fc.constant(['https://example.org/'])),
    bytes: optional(fc.constantFrom(0, 300, 700)),
    count: optional(fc.constantFrom(1, 3)),
    dkim: optional(fc.constantFrom('pass' as const, 'fail' as const)),
    reasons: optional(fc.constantFrom(['tor'], ['unexpected_scraping'])),
    outcome: optional(fc.constantFrom('success' as const, 'failure' as const, 'blocked' as const)),
  })
  .map(({ place: where, kind, ...rest }) => {
    const given = Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined));
    const operation = kind === 'config_change' ? 'pref.sso' : kind;
    const app = kind === 'app_grant' || kind === 'export' ? { app: { id: 'A1', scopes: ['files:read'] } } : {};
    return event({ kind, operation, ...app, ...where, ...given });
  });
const logs = fc.tuple(fc.array(row, { minLength: 1, maxLength: 40 }), fc.boolean()).map(([events, known]) => {
  // Ids are drawn anew, so that shrinking and order don't depend on a counter.
  const all = [...events, ...(known ? homePast() : [])];
  return all.map((e, i) => ({ ...e, id: `row-${String(i).padStart(3, '0')}` }));
});

const inputOf = (events: readonly EvidenceEvent[]): IndicatorInput => {
  const ids = new Set(events.map((e) => e.id));
  return input(events, {
    thresholds,
    secrets: ['row-000', 'row-007']
      .filter((id) => ids.has(id))
      .map((id) => ({ eventId: id, fingerprint: id, kind: 'key' })),
    intelligence: ['row-003']
      .filter((id) => ids.has(id))
      .map((id) => ({ eventId: id, indicator: 'example.org', list: 'L' })),
  });
};
const find = (events: readonly EvidenceEvent[]): readonly Finding[] => computeFindings(inputOf(events));

/** The row without what tells who acts from where. */
function bare(e: EvidenceEvent): EvidenceEvent {
  const { ip: _i, asn: _n, country: _c, userAgent: _u, location: _l, sessionId: _s, app: _a, reasons: _r, ...row } = e;
  return row;
}

describe('findings', () => {
  it('are the same in whatever order and however often the rows are read', () => {
    fc.assert(
      fc.property(
        logs.chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
        ),
        ([events, shuffled]) => {
          expect(find(shuffled)).toEqual(find(events));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are the same whatever others told teams: nothing is measured on it', () => {
    fc.assert(
      fc.property(logs, fc.array(row, { minLength: 1, maxLength: 20 }), (events, more) => {
        const told = more.map((e, i) => ({ ...e, id: `told-${i}`, kind: 'team_message' as const, actor: 'U-OTHER' }));
        expect(find([...events, ...told])).toEqual(find(events));
        const view = viewOf(inputOf([...events, ...told]));
        expect(view.episodes).toEqual(viewOf(inputOf(events)).episodes);
        expect([...view.past, ...view.focus].some((e) => e.kind === 'team_message')).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('cite rows that exist, never the subject’s own of before the focus, and carry ids of their own', () => {
    fc.assert(
      fc.property(logs, (events) => {
        const found = find(events);
        const measured = new Set(viewOf(inputOf(events)).focus.map((e) => e.id));
        expect(new Set(found.map((f) => f.id)).size).toBe(found.length);
        for (const f of found) {
          expect(f.events.length).toBeGreaterThan(0);
          for (const id of f.events) expect(measured).toContain(id);
          expect(f.firstAt <= f.lastAt).toBe(true);
          expect(f.measures.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 150 },
    );
  });

  /**
   * What holds exactly: for a focus row that authenticates nothing (no sign-in, session or API row) and tells nothing of who acts from
   * where, taking it out changes every finding that cites it and no other. The others are left out because they also say whose the other
   * rows are, and past rows because they are what the focus is compared with.
   */
  it('change with a row if and only if they cite it', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (given, at) => {
        const plain = given.filter((e) => e.at >= FOCUS && !isAccess(e) && e.kind !== 'sign_in_failed');
        fc.pre(plain.length > 0);
        const picked = plain[at % plain.length]!;
        const gone = bare(picked);
        const events = given.map((e) => (e === picked ? gone : e));
        const before = find(events);
        const without = find(events.filter((e) => e !== gone));
        expect(without.filter((f) => f.events.includes(gone.id))).toEqual([]);
        // Whatever did not cite it is there unchanged, in the same order.
        const untouched = before.filter((f) => !f.events.includes(gone.id));
        const untouchedIds = new Set(untouched.map((f) => f.id));
        expect(without.filter((f) => untouchedIds.has(f.id))).toEqual(untouched);
        // What is new stands in for a finding that cited it: same kind on any platform, never a kind out of nothing.
        const changed = before.filter((f) => f.events.includes(gone.id)).map((f) => f.kind);
        for (const f of without) if (!untouchedIds.has(f.id)) expect(changed).toContain(f.kind);
        if (changed.length === 0) expect(without).toEqual(before);
      }),
      { numRuns: 400 },
    );
  });

  it('rest on the subject’s own past only as something to compare with: such a row is never cited', () => {
    fc.assert(
      fc.property(logs, (events) => {
        const past = events.map(({ sessionId: _s, reasons: _r, app: _a, outcome: _o, ...e }) => ({
          ...{ ...e, ...HOME, deviceId: 'laptop', deviceKnown: true },
          at: new Date(Date.parse(e.at) - 5 * DAY).toISOString(),
        }));
        expect(find(past)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('measure what is somebody else’s however old it is', () => {
    const thief = (at: string): EvidenceEvent[] => [
      event({ kind: 'sign_in', at, ...AWAY }),
      event({ kind: 'export', at, ...AWAY }),
      event({ kind: 'export', at, ...AWAY }),
    ];
    for (const daysAgo of [0, 2, 9, 20]) {
      const found = computeFindings(input([...homePast(30), ...thief(after(-daysAgo * DAY + 10 * HOUR))]));
      const kinds = found.filter((f) => f.whose === 'other').map((f) => f.kind);
      expect(kinds, `${daysAgo} days ago`).toEqual(expect.arrayContaining(['unusual_sign_in', 'bulk_collection']));
    }
  });
});
