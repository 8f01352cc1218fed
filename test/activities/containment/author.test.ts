import { digest } from '../../../domain/canonical.js';
import { describe, expect, it } from 'vitest';
import { isSignedBy } from '../../../store/signing.js';
import { perform, quietly } from '../support/house.js';
import { Worker } from '../support/containment.js';
import { action, authored, decide, plan, planKey, resultKey, strangerKey } from '../support/plans.js';

describe('plans have an author', () => {
  const of = plan([action(1)]);
  const decisions = [decide(of)];

  it.each([
    ['nobody', { body: of, keyId: planKey.keyId, signature: '' }],
    ['a stranger', authored(of, strangerKey)],
    ['a stranger that borrows the key id', authored(of, { ...strangerKey, keyId: planKey.keyId })],
    ['the author of another plan', { ...authored(plan([action(2)])), body: of }],
    ['somebody who sends no plan at all', null as never],
    ['somebody who sends something else', { plan: of } as never],
  ])('nothing is done, read back, undone or shown for %s', async (_, signed) => {
    const worker = await Worker.start();
    const step = { plan: signed, step: 1, decisions };
    for (const name of ['actOnStep', 'revertStep', 'resolveSteps'] as const)
      await expect(perform(worker.activities, name, step, quietly())).rejects.toMatchObject({
        type: 'PLAN_AUTHOR',
        nonRetryable: true,
      });
    await expect(
      perform(worker.activities, 'verifyStep', { ...step, since: of.createdAt }, quietly()),
    ).rejects.toMatchObject({ type: 'PLAN_AUTHOR' });
    expect(worker.tenant.journal).toEqual([]);
    expect(worker.tenant.reads).toBe(0);
  });

  it('tells the audit log of it, a bounded number of times', async () => {
    const worker = await Worker.start();
    for (let n = 0; n < 250; n++)
      await perform(worker.activities, 'actOnStep', { plan: authored(of, strangerKey), step: 1, decisions }).catch(
        () => 0,
      );
    expect(worker.audit).toHaveLength(200);
    expect(worker.audit[0]).toMatchObject({ kind: 'action.act.refused', data: { code: 'PLAN_AUTHOR' } });
    worker.now = new Date(worker.now.getTime() + 3_600_000);
    await perform(worker.activities, 'actOnStep', { plan: authored(of, strangerKey), step: 1, decisions }).catch(
      () => 0,
    );
    expect(worker.audit.at(-1)?.data).toMatchObject({ untoldRefusals: 50 });
  });
});

describe('results have one too', () => {
  it('signs each result for the plan that it is of', async () => {
    const worker = await Worker.start();
    const of = plan([action(1)]);
    const signed = await perform(worker.activities, 'actOnStep', {
      plan: authored(of),
      step: 1,
      decisions: [decide(of)],
    });
    expect(isSignedBy(signed, [resultKey])).toBe(true);
    expect(signed.body).toMatchObject({ planDigest: digest(of), result: { status: 'done', verified: true } });
  });
});
