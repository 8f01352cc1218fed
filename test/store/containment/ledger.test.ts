import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ContainmentMemory } from '../../../activities/containment/index.js';
import type { Lease, LeaseRequest } from '../../../domain/budget.js';
import type { Signed, Stop, SwitchDecision } from '../../../domain/decision.js';
import type { ActionResult, VendorWrite } from '../../../domain/plan.js';
import { ActionLedger } from '../../../store/containment/ledger.js';
import { resultsIn } from '../../../store/containment/results.js';
import { query } from '../../../store/postgres/connection.js';
import { useDatabase } from '../../support/database.js';
import { noteBoxes } from '../support.js';

const database = useDatabase();
const boxes = noteBoxes();
/** Two workers of one organisation. */
const ledger = (turnMs?: number): ContainmentMemory => new ActionLedger(database.as('containment'), boxes, turnMs);
const others = (): ContainmentMemory => new ActionLedger(database.as('containment', 'other'), boxes);
const LOST = { code: 'DATABASE_UNAVAILABLE', detail: expect.stringContaining('turn') as string };

const turnOf = (key: string = randomUUID()) => ({ key, holder: randomUUID() });
const write = (targetId: string): VendorWrite => ({ platform: 'slack', operation: 'users.deactivate', targetId });
const AT = '2026-03-02T10:00:00.000Z';
const RESULT: ActionResult = {
  ...{ planId: 'p', step: 1, status: 'done', at: AT, text: 'Written.', verified: true, writes: [write('U1')] },
  allowedBy: ['k'],
};
const lease = (change: Partial<LeaseRequest> = {}): LeaseRequest => ({
  ...{ owner: randomUUID(), accounts: [{ accountId: 'U1', department: 'Sales' }], at: AT },
  endsAt: '2026-03-03T10:00:00.000Z',
  ...change,
});

describe('a turn', () => {
  it('is one attempt’s until it gives it back', async () => {
    const [mine, yours] = [turnOf('a list'), turnOf('a list')];
    expect(await ledger().takeTurn(mine)).toBe(true);
    expect(await ledger().takeTurn(yours)).toBe(false);
    expect(await ledger().takeTurn(turnOf('another list'))).toBe(true);
    expect(await others().takeTurn(yours)).toBe(true);
    await ledger().endTurn(yours); // of no effect: it is not its own
    expect(await ledger().takeTurn(yours)).toBe(false);
    await ledger().endTurn(mine);
    expect(await ledger().takeTurn(yours)).toBe(true);
  });

  it('is given to one of many who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ledger().takeTurn(turnOf('the same'))));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('ends where nobody keeps it, and whoever lost it notes nothing more', async () => {
    const id = { caseId: 'case-s-1', planDigest: randomUUID(), step: 1 };
    const [mine, yours] = [turnOf('left'), turnOf('left')];
    expect(await ledger(0).takeTurn(mine)).toBe(true);
    await ledger(60_000).keepTurn(mine);
    expect(await ledger().takeTurn(yours)).toBe(false);
    await ledger(0).keepTurn(mine);
    // It is over, and still nobody else’s.
    await ledger(60_000).note(mine, id, { kind: 'intended', content: write('U1') });
    expect(await ledger().takeTurn(yours)).toBe(false);
    await ledger(0).keepTurn(mine);
    expect(await ledger().takeTurn(yours)).toBe(true);
    await expect(ledger().note(mine, id, { kind: 'intended', content: write('U2') })).rejects.toMatchObject(LOST);
    await ledger().keepTurn(mine); // it is not got back by keeping it
    await expect(ledger().note(mine, id, { kind: 'intended', content: write('U2') })).rejects.toMatchObject(LOST);
    expect(await ledger().step(id)).toMatchObject({ intended: [write('U1')] });
  });
});

describe('a step', () => {
  it('is what was noted of it, in that order, and nothing where nothing was', async () => {
    const id = { caseId: 'case-s-1', planDigest: randomUUID(), step: 2 };
    expect(await ledger().step(id)).toEqual({ intended: [], revertIntended: [] });
    const turn = turnOf();
    await ledger().takeTurn(turn);
    const begun = {
      ...{ at: AT, before: { active: true, seats: 2 }, held: false, allowedBy: ['k'] },
      resolved: { target: { type: 'account', accountId: 'U1' }, affects: ['U1'], reach: 'accounts' },
    } as const;
    for (const note of [
      { kind: 'begun', content: begun },
      ...['U1', 'U2', 'U1'].map((id) => ({ kind: 'intended', content: write(id) }) as const),
      { kind: 'refuted', content: write('U1') },
      { kind: 'refuted', content: write('U9') },
      { kind: 'finished', content: RESULT },
      { kind: 'reverting', content: { at: AT, allowedBy: ['r'] } },
      ...['U3', 'U4'].map((id) => ({ kind: 'undo_intended', content: write(id) }) as const),
      { kind: 'undo_refuted', content: write('U4') },
      { kind: 'released', content: { ...RESULT, text: 'Undone.' } },
    ] as const)
      await ledger().note(turn, id, note);
    expect(await ledger().step(id)).toEqual({
      begun,
      intended: [write('U1'), write('U2')],
      result: RESULT,
      reverting: { at: AT, allowedBy: ['r'] },
      revertIntended: [write('U3')],
      released: { ...RESULT, text: 'Undone.' },
    });
    for (const other of [
      { ...id, step: 1 },
      { ...id, planDigest: 'x' },
    ])
      expect(await ledger().step(other)).toEqual({ intended: [], revertIntended: [] });
    expect(await others().step(id)).toEqual({ intended: [], revertIntended: [] });
    const told = await resultsIn(database.as('console'));
    expect([...told.keys()].filter((key) => key.startsWith(id.planDigest)).sort()).toEqual([
      `${id.planDigest}:2:act`,
      `${id.planDigest}:2:undo`,
    ]);
  });

  it.each(['begun', 'finished', 'reverting', 'released'] as const)('is %s once', async (kind) => {
    const id = { caseId: 'case-s-1', planDigest: randomUUID(), step: 1 };
    const turn = turnOf();
    await ledger().takeTurn(turn);
    const note = { kind, content: RESULT } as never;
    await ledger().note(turn, id, note);
    await expect(ledger().note(turn, id, note)).rejects.toMatchObject({ state: '23505' });
  });
});

describe('what lets a step through', () => {
  const none = (): undefined => undefined;

  it('uses a decision for one plan, all of its nonces or none', async () => {
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    await ledger().use([a, b, a], 'one');
    await ledger().use([b], 'one'); // another step, or another attempt
    await expect(ledger().use([c, b], 'two')).rejects.toMatchObject({ code: 'DECISION_REPLAYED' });
    await expect(ledger().bind({ planDigest: 'two', tokens: [c, a], lease: lease() }, none)).rejects.toMatchObject({
      code: 'DECISION_REPLAYED',
    });
    await ledger().use([c], 'three');
    await others().use([a], 'four');
    await ledger().use([], 'five');
  });

  it('uses nothing where the budget refuses, and shows it what others leased', async () => {
    const token = randomUUID();
    const taken = lease({ owner: 'a step', at: '2026-03-02T10:00:00.001Z' });
    await ledger().bind({ planDigest: 'one', tokens: [], lease: taken }, none);
    const seen: (readonly Lease[])[] = [];
    await expect(
      ledger().bind({ planDigest: 'one', tokens: [token], lease: lease() }, (leases) => {
        seen.push(leases);
        return 'full';
      }),
    ).rejects.toMatchObject({ code: 'BUDGET', detail: 'full' });
    expect(seen).toEqual([[taken]]);
    await ledger().use([token], 'two');
    await others().bind({ planDigest: 'one', tokens: [], lease: lease() }, (leases) =>
      leases.length === 0 ? undefined : 'sees another organisation',
    );
  });

  it('is shown every lease that may still count: held, or given within the hour', async () => {
    const shown = async (at: string): Promise<readonly string[]> => {
      let owners: readonly string[] = [];
      const look = (leases: readonly Lease[]): string => {
        owners = leases.map((l) => l.owner).filter((owner) => owner.startsWith('shown '));
        return 'only looking';
      };
      await ledger()
        .bind({ planDigest: 'p', tokens: [], lease: lease({ at }) }, look)
        .catch(() => undefined);
      return owners.toSorted();
    };
    const at = (minutes: number): string => new Date(Date.parse(AT) + minutes * 60_000).toISOString();
    for (const [owner, from, to] of [
      ['shown recent', 1_000, 1_001],
      ['shown held', 1_000, 1_100],
      ['shown released', 1_000, 1_100],
    ] as const)
      await ledger().bind({ planDigest: 'p', tokens: [], lease: lease({ owner, at: at(from), endsAt: at(to) }) }, none);
    await ledger().endLease('shown released', at(1_002));
    expect(await shown(at(1_059))).toEqual(['shown held', 'shown recent', 'shown released']);
    expect(await shown(at(1_060))).toEqual(['shown held']);
    expect(await shown(at(1_100))).toEqual([]);
    expect(await shown(at(0))).toHaveLength(3); // a clock that was set back
    const { rows } = await query(
      database.pool,
      `SELECT released_at FROM containment_leases WHERE owner = 'shown released'`,
    );
    expect(rows).toEqual([{ released_at: new Date(at(1_002)) }]);
  });

  it('leases once for a step while it counts, and anew afterwards', async () => {
    const owner = randomUUID();
    const bind = (at: string) =>
      ledger().bind(
        { planDigest: 'p', tokens: [], lease: lease({ owner, at, endsAt: '2026-05-01T12:00:00.000Z' }) },
        none,
      );
    const kept = async () =>
      (await query<{ at: Date }>(database.pool, 'SELECT at FROM containment_leases WHERE owner = $1', [owner])).rows;
    await bind('2026-05-01T10:00:00.000Z');
    await bind('2026-05-01T10:30:00.000Z');
    expect(await kept()).toEqual([{ at: new Date('2026-05-01T10:00:00.000Z') }]);
    await bind('2026-05-01T12:00:00.000Z');
    expect(await kept()).toEqual([{ at: new Date('2026-05-01T12:00:00.000Z') }]);
  });

  it('counts one after the other, however many ask', async () => {
    const at = '2026-07-01T10:00:00.000Z';
    const asked = Array.from({ length: 30 }, () => lease({ at, endsAt: at }));
    const full = (leases: readonly Lease[]): string | undefined => (leases.length < 7 ? undefined : 'full');
    const answers = await Promise.allSettled(
      asked.map((one) => ledger().bind({ planDigest: 'p', tokens: [], lease: one }, full)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
  });

  it('forgets nothing that people released', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    await ledger().burn([a, a]);
    await ledger().burn([a]);
    await ledger().burn([]);
    expect(await ledger().burntOf([a, b])).toEqual(new Set([a]));
    expect(await others().burntOf([a, b])).toEqual(new Set());
  });
});

describe('the switch', () => {
  const decision = (nonce: string) => ({ body: { nonce }, keyId: 'k', signature: 's' }) as Signed<SwitchDecision>;
  const stop = (nonce: string): Stop => ({ by: 'p-1', at: AT, why: 'a drill', nonce });

  it('stands as the last decision left it, of those that were obeyed one after the other', async () => {
    expect(await ledger().standing()).toEqual({ used: [] });
    expect(await ledger().stopped()).toBeUndefined();
    const before = await ledger().standing();
    expect(await ledger().obey(before, decision('a'), stop('a'))).toBe(true);
    expect(await ledger().stopped()).toEqual(stop('a'));
    expect(await ledger().obey(before, decision('b'), stop('b'))).toBe(false);
    expect(await ledger().obey(await ledger().standing(), decision('a'), undefined)).toBe(false);
    expect(await ledger().standing()).toEqual({ used: ['a'], stopped: stop('a') });
    expect(await others().standing()).toEqual({ used: [] });
    expect(await ledger().obey(await ledger().standing(), decision('b'), undefined)).toBe(true);
    expect(await ledger().stopped()).toBeUndefined();
    expect(await ledger().standing()).toEqual({ used: ['a', 'b'] });
  });

  it('obeys one of two at once', async () => {
    const standing = await ledger().standing();
    const answers = await Promise.all(['c', 'd'].map((n) => ledger().obey(standing, decision(n), stop(n))));
    expect(answers.toSorted()).toEqual([false, true]);
  });
});
