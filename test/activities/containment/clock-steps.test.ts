import { describe, expect, it } from 'vitest';
import { Worker } from '../support/containment.js';
import { action, decide, later, manifest, plan, SESSIONS } from '../support/plans.js';

const at = (minutes: number): Date => new Date(later(minutes));
/** Valid for an hour; the decision for half of one, from a minute ago. */
const asked = plan([action(1)]);
const decided = { plan: asked, step: 1, decisions: [decide(asked)] };
/** Automatic, on a manifest of ten minutes ago that holds for an hour, less than its plan. */
const firstStep = (m: ReturnType<typeof manifest>) =>
  plan([action(1, SESSIONS)], { purpose: 'first_steps', manifests: [m], expiresAt: later(600) });
const unasked = firstStep(manifest());
const automatic = { plan: unasked, step: 1, decisions: [] };

describe('a clock that is set forward by an hour', () => {
  it.each([
    ['a decision', decided, 'DECISION_EXPIRED'],
    ['a manifest', automatic, 'NOT_AUTHORISED'],
  ])('makes %s too old, for good in this process', async (_, input, code) => {
    const worker = await Worker.start();
    worker.now = at(60);
    expect(await worker.act(input)).toMatchObject({ status: 'refused', code });
    for (const back of [59, 20, 0]) {
      worker.now = at(back);
      expect(await worker.act(input)).toMatchObject({ status: 'refused', code });
    }
    expect(worker.tenant.journal).toEqual([]);
  });

  it('leaves an act that is under way its one effect, and no time that runs backwards in its result', async () => {
    const worker = await Worker.start();
    const release = decide(asked, { verb: 'release', expiresAt: later(600) });
    const result = await worker.act(decided);
    worker.now = at(60);
    await worker.act(decided);
    worker.now = at(0);
    const undone = await worker.revert({ plan: asked, step: 1, decisions: [release] });
    expect(undone).toMatchObject({ status: 'done', verified: true });
    expect(Date.parse(undone.at)).toBeGreaterThanOrEqual(Date.parse(result.at));
    expect(worker.tenant.journal.map((w) => w.operation)).toEqual(['users.deactivate', 'users.activate']);
  });
});

describe('a clock that is set back by an hour', () => {
  it.each([
    ['a decision', decided],
    ['a manifest', automatic],
  ])('makes %s one from the future, which does not act until its time', async (_, input) => {
    const worker = await Worker.start();
    worker.now = at(-60);
    expect(await worker.act(input)).toMatchObject({ status: 'refused', writes: [] });
    expect(worker.tenant.journal).toEqual([]);
    worker.now = at(0);
    expect(await worker.act(input)).toMatchObject({ status: 'done' });
  });

  it('takes what is not more than a minute ahead', async () => {
    const early = firstStep(manifest({ readAt: later(0) }));
    for (const [input, ahead] of [
      [decided, 0],
      [{ plan: early, step: 1, decisions: [] }, 1],
    ] as const) {
      const worker = await Worker.start();
      // The decision is from one minute before zero.
      worker.now = new Date(at(ahead - 1).getTime() - 50_000);
      expect(await worker.act(input)).toMatchObject({ status: 'done' });
    }
  });
});
