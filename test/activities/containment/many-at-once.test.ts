import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Pool } from 'pg';
import { poolOf } from '../../../store/postgres/connection.js';
import { databaseSettings } from '../../../store/postgres/settings.js';
import { database, Worker } from '../support/containment.js';
import { action, config, decide, later, plan, RULES } from '../support/plans.js';

const CASES = 101;
let second: Pool;
beforeAll(() => {
  second = poolOf(databaseSettings(database.env('containment')), { role: 'second' });
});
afterAll(() => second.end());

const inputs = Array.from({ length: CASES }, (_, n) => {
  const target = { type: 'account', accountId: `U${String(n)}` } as const;
  const of = plan([action(1, { target })], { planId: `plan-${String(n)}`, expiresAt: later(600) });
  return { plan: of, step: 1, decisions: [decide(of, { expiresAt: later(600) })] };
});

/** Two workers with a budget of so many accounts an hour, and all cases at once on them. */
async function workers(accountsPerHour: number) {
  const budget = { accountsPerHour, actionsPerHour: 999, accountsPerDepartmentPerHour: 999, accountsHeld: 999 };
  const one = await Worker.start({ policy: { ...config('').policy, containment: { ...RULES, budget } } });
  const both = [one, one.beside(second)] as const;
  const act = (which: typeof inputs) => Promise.all(which.map((input, n) => both[n % 2 === 0 ? 0 : 1].act(input)));
  return { both, act, journal: one.tenant.journal };
}

it('every step that the budget allows is done, however many ask at once', async () => {
  const { act, journal } = await workers(CASES);
  const results = await act(inputs);
  expect(results.filter((r) => r.status === 'done' && r.verified)).toHaveLength(CASES);
  expect(new Set(journal.map((w) => w.targetId)).size).toBe(CASES);
  expect(journal).toHaveLength(CASES);
});

it('the budget gives exactly what it has; what it refused uses up nothing, and goes when there is room again', async () => {
  const { both, act, journal } = await workers(60);
  const results = await act(inputs);
  expect(results.filter((r) => r.status === 'done')).toHaveLength(60);
  expect(results.filter((r) => r.status === 'refused' && r.code === 'BUDGET')).toHaveLength(CASES - 60);
  expect(journal).toHaveLength(60);
  for (const worker of both) worker.now = new Date(later(61));
  const again = await act(inputs.filter((_, n) => results[n]?.code === 'BUDGET'));
  expect(again.filter((r) => r.status === 'done' && r.verified)).toHaveLength(CASES - 60);
  expect(new Set(journal.map((w) => w.targetId)).size).toBe(CASES);
});
