import type { Pool } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import type { ActionResult } from '../../../domain/plan.js';
import { poolOf } from '../../../store/postgres/connection.js';
import { databaseSettings } from '../../../store/postgres/settings.js';
import { cutPool, type Cut } from '../../support/cut-pool.js';
import { database, Worker, type StepInput } from '../support/containment.js';
import { dyingAt } from '../support/dying.js';
import { action, BLOCK, decide, plan, SESSIONS } from '../support/plans.js';
import { Killed } from '../support/tenant.js';

/** Longer than a busy machine stands still between two statements. */
const TURN_MS = 1_000;
const WHEN = ['before', 'after'] as const;

/** The second worker's own connections. */
let second: Pool | undefined;
const ofItsOwn = (): Pool => (second ??= poolOf(databaseSettings(database.env('containment')), { role: 'second' }));
afterAll(() => second?.end());

/** Attempts until one returns, as Temporal would; a worker that was killed comes back as a new process. */
async function until(worker: Worker, run: (worker: Worker) => Promise<ActionResult>): Promise<ActionResult> {
  for (let attempt = 0; attempt < 6; attempt++) {
    try {
      return await run(worker);
    } catch {
      worker.restart(undefined, TURN_MS);
    }
  }
  throw new Error('never returned');
}

type Run = (worker: Worker) => Promise<ActionResult>;

/** The same step by both at once, the second when the first has asked for its turn: what each says of it. */
async function both(one: Worker, other: Worker, run: Run): Promise<void> {
  const asked = new Promise<void>((resolve) => (one.onTurn = resolve));
  const results = await Promise.all([until(one, run), asked.then(() => until(other, run))]);
  expect(results[0]).toEqual(results[1]);
  expect(results[0]).toMatchObject({ status: 'done', verified: true });
  expect([...results[0].writes].sort(byTarget)).toEqual([...one.tenant.journal].sort(byTarget));
}

async function pair(): Promise<readonly [Worker, Worker]> {
  const one = await Worker.start();
  const other = one.beside(ofItsOwn());
  for (const worker of [one, other]) worker.restart(undefined, TURN_MS);
  return [one, other];
}
const acted =
  (input: StepInput): Run =>
  (worker) =>
    worker.act(input);
const undone =
  (input: StepInput): Run =>
  (worker) =>
    worker.revert(input);

describe('two workers of one organisation', () => {
  const of = plan([action(1, { ...SESSIONS, rule: 'one' })]);
  const act = acted({ plan: of, step: 1, decisions: [decide(of)] });
  const ended = ['U1/1', 'U1/2'];
  const targets = (worker: Worker): readonly string[] => worker.tenant.journal.map((w) => w.targetId).sort();

  it.each(WHEN)('have one effect where one is killed %s it keeps something', async (when) => {
    for (let n = 0; n < 5; n++) {
      const [one, other] = await pair();
      one.restart(dyingAt(n, when), TURN_MS);
      await both(one, other, act);
      expect(targets(one)).toEqual(ended);
    }
  });

  it.each(WHEN)('have one effect where one is killed %s the vendor has its write', async (when) => {
    for (const times of [1, 2]) {
      const [one, other] = await pair();
      one.tenant.faults.push({ operation: 'sessions.end', when, error: new Killed(), times });
      await both(one, other, act);
      expect(targets(one)).toEqual(ended);
    }
  });

  it.each(WHEN)('have one effect whichever statement loses its connection, %s the server has it', async (when) => {
    let count = 0;
    for (let at = 0; at <= count; at++) {
      const [one, other] = await pair();
      count = Math.max(count, await cutOnce(one, { at, when }, () => both(one, other, act)));
      expect(targets(one)).toEqual(ended);
    }
    expect(count).toBeGreaterThan(15);
  });

  it.each(WHEN)('undo once, whichever statement loses its connection, %s the server has it', async (when) => {
    const disable = plan([action(1)]);
    const release = undone({ plan: disable, step: 1, decisions: [decide(disable, { verb: 'release' })] });
    let count = 0;
    for (let at = 0; at <= count; at++) {
      const [one, other] = await pair();
      await other.act({ plan: disable, step: 1, decisions: [decide(disable)] });
      count = Math.max(count, await cutOnce(one, { at, when }, () => both(one, other, release)));
      expect(one.tenant.journal.map((w) => w.operation)).toEqual(['users.deactivate', 'users.activate']);
    }
    expect(count).toBeGreaterThan(10);
  });

  it('keep a turn for as long as a step takes', async () => {
    const [one, other] = await pair();
    one.restart(undefined, 400);
    one.tenant.lagReads = 99; // nothing is noted while it waits for the effect to show, longer than its turn
    const asked = new Promise<void>((resolve) => (one.onTurn = resolve));
    const results = await Promise.all([act(one), asked.then(() => act(other))]);
    expect(results[0]).toMatchObject({ status: 'done', code: 'NOT_VERIFIED' });
    expect(results[1]).toEqual(results[0]);
  });

  it('change a list that the vendor replaces as a whole one after the other', async () => {
    const [one, other] = await pair();
    const blocks = Array.from({ length: 8 }, (_, n) => {
      const target = { type: 'address', address: `198.51.100.${String(n)}` } as const;
      const block = plan([action(1, { ...BLOCK, target })], { planId: `block-${String(n)}` });
      return { plan: block, step: 1, decisions: [decide(block), decide(block, { personId: 'p-2' })] };
    });
    const results = await Promise.all(blocks.map((input, n) => (n % 2 === 0 ? one : other).act(input)));
    expect(results.map(({ status, verified }) => [status, verified])).toEqual(blocks.map(() => ['done', true]));
    expect(one.tenant.blocked.size).toBe(8);
  });

  it('let a decision act for one of two plans', async () => {
    const [one, other] = await pair();
    const plans = [1, 2].map((n) => plan([action(1, { target: { type: 'account', accountId: `U${String(n)}` } })]));
    const inputs = plans.map((p) => ({ plan: p, step: 1, decisions: [decide(p, { nonce: 'the same' })] }));
    const results = await Promise.all([one.act(inputs[0]!), other.act(inputs[1]!)]);
    expect(results.map((r) => r.code).toSorted()).toEqual(['DECISION_REPLAYED', undefined]);
    expect(one.tenant.journal).toHaveLength(1);
  });

  it('obey a stop that the other took in', async () => {
    const [one, other] = await pair();
    const stopped = { by: 'p-1', at: '2026-03-02T09:00:00.000Z', why: '', nonce: 'n' };
    const signed = { body: { nonce: 'n' } } as Parameters<typeof one.memory.obey>[1];
    await other.memory.obey({ used: [] }, signed, stopped);
    expect(await act(one)).toMatchObject({ status: 'refused', code: 'STOPPED' });
    expect(one.tenant.journal).toEqual([]);
  });
});

/** Does work while a statement of one worker loses its connection; how many statements that worker asked until then. */
async function cutOnce(worker: Worker, cut: Cut, work: () => Promise<void>): Promise<number> {
  const { pool, count } = cutPool(database.as('containment'), database.pool, cut);
  worker.restart(undefined, TURN_MS, pool);
  await work();
  return count();
}

function byTarget(a: { readonly targetId: string }, b: { readonly targetId: string }): number {
  return a.targetId < b.targetId ? -1 : 1;
}
