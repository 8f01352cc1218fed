import { describe, expect, it } from 'vitest';
import type { ContainmentMemory } from '../../../activities/containment/index.js';
import { QuellError } from '../../../domain/errors.js';
import { Worker } from '../support/containment.js';
import { action, config, decide, later, plan, RULES } from '../support/plans.js';

const limits = (budget: Partial<(typeof RULES)['budget']>) => ({
  policy: {
    ...config('').policy,
    containment: {
      ...RULES,
      budget: {
        accountsPerHour: 99,
        actionsPerHour: 99,
        accountsPerDepartmentPerHour: 99,
        accountsHeld: 99,
        ...budget,
      },
    },
  },
});
const disable = (n: number) =>
  plan([action(1, { target: { type: 'account', accountId: `U${String(n)}` } })], { planId: `plan-${String(n)}` });

async function disabled(worker: Worker, ...accounts: readonly number[]): Promise<readonly (string | undefined)[]> {
  const codes: (string | undefined)[] = [];
  for (const n of accounts) {
    const of = disable(n);
    codes.push((await worker.act({ plan: of, step: 1, decisions: [decide(of, { expiresAt: later(600) })] })).code);
  }
  return codes;
}

describe('the blast radius is the gate’s own', () => {
  it('ends at so many accounts an hour, also after a restart, and goes on in the next', async () => {
    const worker = await Worker.start(limits({ accountsPerHour: 2 }));
    expect(await disabled(worker, 1, 2, 3)).toEqual([undefined, undefined, 'BUDGET']);
    worker.restart();
    expect(await disabled(worker, 4)).toEqual(['BUDGET']);
    expect(worker.tenant.journal).toHaveLength(2);
    worker.now = new Date(later(59)); // the plans are still valid
    expect(await disabled(worker, 5)).toEqual(['BUDGET']);
  });

  it('counts an account once, whatever is done to it', async () => {
    const worker = await Worker.start(limits({ accountsPerHour: 1 }));
    const of = plan([
      action(1),
      action(2, { kind: 'end_sessions', target: { type: 'sessions', accountId: 'U1', sessionIds: [] } }),
    ]);
    for (const step of [1, 2])
      expect(await worker.act({ plan: of, step, decisions: [decide(of)] })).toMatchObject({ status: 'done' });
  });

  it('has bounds of its own for a department, for steps, and for all that is held at once', async () => {
    const one = await Worker.start(limits({ accountsPerDepartmentPerHour: 1 }));
    for (const [id, department] of [
      ['U1', 'Sales'],
      ['U2', 'Sales'],
      ['U3', 'Legal'],
    ] as const)
      one.tenant.departments.set(id, department);
    expect(await disabled(one, 1, 2, 3)).toEqual([undefined, 'BUDGET', undefined]);
    expect(await disabled(await Worker.start(limits({ actionsPerHour: 1 })), 1, 2)).toEqual([undefined, 'BUDGET']);
    const held = await Worker.start(limits({ accountsHeld: 1 }));
    expect(await disabled(held, 1, 2)).toEqual([undefined, 'BUDGET']);
    const first = disable(1);
    await held.revert({ plan: first, step: 1, decisions: [decide(first, { verb: 'release' })] });
    expect(await disabled(held, 3)).toEqual([undefined]); // what was released is held no more
  });

  it('is given back by a release, also when the attempt that undid the step broke off there', async () => {
    const worker = await Worker.start(limits({ accountsHeld: 1 }));
    const first = disable(1);
    expect(await disabled(worker, 1)).toEqual([undefined]);
    let isAway = true;
    worker.restart((memory) => {
      const endLease: ContainmentMemory['endLease'] = async (...args) => {
        if (isAway) throw new QuellError('DATABASE_UNAVAILABLE');
        await memory.endLease(...args);
      };
      return Object.assign(Object.create(memory), { endLease }) as ContainmentMemory;
    });
    const undo = () => worker.revert({ plan: first, step: 1, decisions: [decide(first, { verb: 'release' })] });
    await expect(undo()).rejects.toMatchObject({ type: 'DATABASE_UNAVAILABLE' });
    isAway = false;
    expect(await undo()).toMatchObject({ status: 'done', verified: true });
    expect(await disabled(worker, 3)).toEqual([undefined]);
  });

  it('gives the last place to one of many who ask at once', async () => {
    const worker = await Worker.start(limits({ accountsPerHour: 3 }));
    const plans = Array.from({ length: 20 }, (_, n) => disable(n));
    const results = await Promise.all(plans.map((of) => worker.act({ plan: of, step: 1, decisions: [decide(of)] })));
    expect(results.filter((r) => r.status === 'done')).toHaveLength(3);
    expect(worker.tenant.journal).toHaveLength(3);
  });

  it('gives no budget for a clock that was set back', async () => {
    const worker = await Worker.start(limits({ accountsPerHour: 1 }));
    await disabled(worker, 1);
    worker.now = new Date(later(-60));
    const of = disable(2);
    const early = decide(of, { at: later(-61) });
    expect(await worker.act({ plan: of, step: 1, decisions: [early] })).toMatchObject({ code: 'BUDGET' });
  });
});
