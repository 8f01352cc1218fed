import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  linkOf,
  others,
  PIVOT,
  pivotAlertId,
  sightingsOf,
  traceLinks,
  TRACE_KINDS,
  NO_TRACES,
  type OwnedSighting,
  type SeenRow,
  type Self,
  type TraceKind,
} from '../../domain/pivot.js';
import { PLATFORMS } from '../../platforms/registry.js';
import { after, DAY, HOUR } from './fixtures.js';

const SELF: Self = {
  subjectId: 's-self',
  accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U-self' }],
  since: after(0),
};
const THIEF = '203.0.113.9';

let made = 0;
const seen = (given: Partial<OwnedSighting> = {}): OwnedSighting => {
  const nativeId = given.nativeId ?? `U${String(made++)}`;
  return {
    ...{ platform: 'slack', tenant: 'main', by: 'address', value: THIEF, rows: 1, succeeded: true },
    ...{ firstAt: after(HOUR), lastAt: after(2 * HOUR), subjectId: `s-${nativeId}` },
    ...given,
    nativeId,
  };
};
const many = (count: number, given: Partial<OwnedSighting> = {}): readonly OwnedSighting[] =>
  Array.from({ length: count }, () => seen(given));
const look = (sightings: readonly OwnedSighting[], self: Partial<Self> = {}, policy = PIVOT) =>
  others(sightings, { ...SELF, ...self }, policy);

describe('who is worth a case', () => {
  it('is somebody else who got in from the attacker’s address, with what ties them to it', () => {
    const { others: found, ...rest } = look([
      seen({ nativeId: 'U1', rows: 3 }),
      seen({ nativeId: 'U-self', subjectId: 's-other' }),
      seen({ nativeId: 'E1', platform: 'microsoft', subjectId: 's-self' }),
    ]);
    expect(found).toMatchObject([{ subjectId: 's-U1', nativeId: 'U1', by: 'address', value: THIEF, rows: 3 }]);
    expect(rest).toEqual({ more: 0, shared: [], sprays: [] });
  });

  it('is one person, by the surest trace, however many accounts and traces there are', () => {
    const one = { subjectId: 's-1', nativeId: 'U1' };
    const { others: found } = look([
      seen({ ...one, firstAt: after(HOUR) }),
      seen({ ...one, by: 'session', value: 'S1', firstAt: after(3 * HOUR) }),
      seen({ ...one, platform: 'google', nativeId: '1001', firstAt: after(2 * HOUR) }),
    ]);
    expect(found).toMatchObject([
      { subjectId: 's-1', by: 'session', value: 'S1', firstAt: after(HOUR), rows: 3, seenBy: ['session', 'address'] },
    ]);
  });

  it('is nobody who only failed: they tell a spray', () => {
    expect(look(many(4, { succeeded: false }))).toEqual({ others: [], more: 0, shared: [], sprays: [] });
    expect(look(many(5, { succeeded: false }))).toEqual({
      ...{ others: [], more: 0, shared: [] },
      sprays: [{ by: 'address', value: THIEF, accounts: 5 }],
    });
    // The one whose password was guessed is found in it.
    const { others: found, sprays } = look([...many(30, { succeeded: false }), seen({ nativeId: 'U1' })]);
    expect(found.map((o) => o.nativeId)).toEqual(['U1']);
    expect(sprays).toHaveLength(1);
  });

  it('is nobody who merely touched a file', () => {
    expect(look([seen({ by: 'file', value: 'F1' })]).others).toEqual([]);
  });

  it('is no app of the organisation, and nobody whom one was given by', () => {
    const sightings = [seen({ by: 'app', value: 'A-own' }), seen({ nativeId: 'A-own' })];
    expect(look(sightings).others).toHaveLength(2);
    expect(look(sightings, { ownApps: ['A-own'] }).others).toEqual([]);
  });

  it('is nobody by an address that many had before the attacker came', () => {
    const settled = { firstAt: after(-DAY) };
    expect(look(many(4, settled)).others).toHaveLength(4);
    expect(look(many(5, settled))).toMatchObject({
      others: [],
      shared: [{ by: 'address', value: THIEF, accounts: 5 }],
    });
    // One attacker at many accounts: they came with him.
    expect(look(many(8)).others).toHaveLength(8);
    // Without knowing since when, nobody can be said to have come with him.
    expect(look(many(5), { since: undefined }).others).toEqual([]);
  });

  it('is nobody by an address of a crowd, whenever they came', () => {
    expect(look(many(24)).others).toHaveLength(10);
    expect(look(many(24)).more).toBe(14);
    expect(look(many(25)).others).toEqual([]);
  });

  it('counts people and not accounts, and a session or a forwarding target is never shared', () => {
    const settled = { firstAt: after(-DAY) };
    const accounts = PLATFORMS.ids.map((platform) => seen({ ...settled, platform, subjectId: 's-1' }));
    expect(look([...accounts, ...many(3, settled)]).others).toHaveLength(4);
    for (const by of ['session', 'forward'] as const) expect(look(many(6, { ...settled, by })).others).toHaveLength(6);
  });

  it('keeps the same id on another platform apart', () => {
    const app = { by: 'app', value: '1', firstAt: after(-DAY) } as const;
    const found = look([...many(5, app), seen({ ...app, platform: 'google', nativeId: 'g' })]);
    expect(found.others.map((o) => o.nativeId)).toEqual(['g']);
  });
});

const instant = fc.integer({ min: -72, max: 72 }).map((h) => after(h * HOUR));
const sighting: fc.Arbitrary<OwnedSighting> = fc
  .record({
    platform: fc.constantFrom(...PLATFORMS.ids),
    nativeId: fc.constantFrom('U-self', ...Array.from({ length: 12 }, (_, i) => `U${String(i)}`)),
    by: fc.constantFrom(...TRACE_KINDS),
    value: fc.constantFrom(THIEF, '198.51.100.7', 'x'),
    times: fc.tuple(instant, instant),
    rows: fc.integer({ min: 1, max: 9 }),
    succeeded: fc.boolean(),
    known: fc.boolean(),
  })
  .map(({ times, known, ...s }) => {
    const [firstAt = '', lastAt = ''] = [...times].sort();
    return { ...s, tenant: 'main', firstAt, lastAt, ...(known ? { subjectId: `s-${s.nativeId}` } : {}) };
  });
const sightings = fc.array(sighting, { maxLength: 60 });
const policy = fc.record({
  sharedBy: fc.integer({ min: 1, max: 6 }),
  crowd: fc.integer({ min: 1, max: 12 }),
  sprayed: fc.integer({ min: 1, max: 6 }),
  cases: fc.integer({ min: 0, max: 6 }),
});
const wide = { ...PIVOT, cases: 1_000 };
const pointsAt = (found: ReturnType<typeof others>): ReadonlySet<string> =>
  new Set(found.others.map((o) => o.subjectId ?? `${o.platform} ${o.nativeId}`));

describe('looking beyond the subject, whatever was seen', () => {
  it('is the same for any order and repetition', () => {
    fc.assert(
      fc.property(sightings, policy, fc.infiniteStream(fc.nat()), (all, given, random) => {
        const mixed = [...all, ...all.slice(0, 7)]
          .map((s) => ({ s, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ s }) => s);
        expect(others(mixed, SELF, given)).toEqual(others(all, SELF, given));
      }),
    );
  });

  it('never names the subject, a failure, a file or what is shared, and never more than it may', () => {
    fc.assert(
      fc.property(sightings, policy, (all, given) => {
        const found = others(all, SELF, given);
        const shared = new Set(found.shared.map((s) => `${s.by} ${s.value}`));
        expect(found.others.length).toBeLessThanOrEqual(given.cases);
        for (const o of found.others) {
          expect(o.subjectId).not.toBe(SELF.subjectId);
          expect([o.platform, o.nativeId]).not.toEqual(['slack', 'U-self']);
          expect(o.by).not.toBe('file');
          if (o.by === 'address') expect(shared).not.toContain(`${o.by} ${o.value}`);
          expect(all.some((s) => s.succeeded && s.by === o.by && s.value === o.value)).toBe(true);
        }
      }),
    );
  });

  it('is not changed by attempts that failed, but in the sprays', () => {
    fc.assert(
      fc.property(sightings, sightings, (all, more) => {
        // Whose an account is may be learnt from any row.
        const failed = more.map(({ subjectId: _s, ...s }) => ({ ...s, succeeded: false }));
        const { sprays: _before, ...before } = look(all);
        const { sprays: _after, ...after } = look([...all, ...failed]);
        expect(after).toEqual(before);
      }),
    );
  });

  it('points at nobody more by an address when others are found to have had it before', () => {
    fc.assert(
      fc.property(sightings, fc.integer({ min: 1, max: 9 }), (all, count) => {
        const settled = Array.from({ length: count }, (_, i) =>
          seen({ nativeId: `old-${String(i)}`, subjectId: `s-old-${String(i)}`, firstAt: after(-DAY) }),
        );
        const before = pointsAt(look(all, {}, wide));
        for (const who of pointsAt(look([...all, ...settled], {}, wide)))
          if (!who.startsWith('s-old-')) expect(before).toContain(who);
      }),
    );
  });
});

describe('sightings of rows', () => {
  const row: fc.Arbitrary<SeenRow> = sighting.map(({ firstAt, lastAt: _l, rows, subjectId: _s, ...s }) => ({
    ...s,
    id: `r${String(rows)}`,
    at: firstAt,
  }));
  it('count each row once, in any order, and keep first and last', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(row, fc.nat()), { maxLength: 40 }), (pairs) => {
        const rows = pairs.map(([r, n]) => ({ ...r, id: `${r.id}-${String(n)}` }));
        const found = sightingsOf(rows);
        expect(sightingsOf([...rows].reverse().concat(rows))).toEqual(found);
        for (const s of found) {
          const of = rows.filter(
            (r) =>
              r.platform === s.platform &&
              r.nativeId === s.nativeId &&
              r.by === s.by &&
              r.value === s.value &&
              r.succeeded === s.succeeded,
          );
          expect(s.rows).toBe(new Set(of.map((r) => r.id)).size);
          expect([s.firstAt, s.lastAt]).toEqual([
            of.map((r) => r.at).sort()[0],
            of
              .map((r) => r.at)
              .sort()
              .at(-1),
          ]);
        }
      }),
    );
  });
});

describe('the alert of a pivot', () => {
  it('is the same whoever tells it, and another for another trace or person', () => {
    const [other] = look([seen({ nativeId: 'U1' })]).others;
    const [again] = look([seen({ nativeId: 'U1', platform: 'google', firstAt: after(-HOUR) })]).others;
    const [session] = look([seen({ nativeId: 'U1', by: 'session' })]).others;
    if (!other || !again || !session) throw new Error('nobody found');
    expect(pivotAlertId(again, 's-1')).toBe(pivotAlertId(other, 's-1'));
    expect(pivotAlertId(other, 's-2')).not.toBe(pivotAlertId(other, 's-1'));
    expect(pivotAlertId(session, 's-1')).not.toBe(pivotAlertId(other, 's-1'));
  });
});

describe('links of traces', () => {
  it('are those of the sightings by them, and a file ties nobody', () => {
    const id = { platform: 'slack', id: '1' } as const;
    const traces = { ...NO_TRACES, addresses: [THIEF], sessions: [id], apps: [id], devices: [id], files: [id] };
    const tied = (by: TraceKind, value: string) => linkOf({ by, value, platform: 'slack' });
    expect(traceLinks({ ...traces, forwards: ['drop@example.net'] })).toEqual(
      [
        tied('address', THIEF),
        ...(['session', 'app', 'device'] as const).map((by) => tied(by, '1')),
        tied('forward', 'drop@example.net'),
      ].sort(),
    );
    expect(tied('file', '1')).toBeUndefined();
    expect(linkOf({ by: 'address', value: THIEF, platform: 'google' })).toBe(tied('address', THIEF));
    expect(linkOf({ by: 'app', value: '1', platform: 'google' })).not.toBe(tied('app', '1'));
  });
});
