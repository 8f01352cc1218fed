import { describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { QuellError } from '../../../domain/errors.js';
import type { ActionResult } from '../../../domain/plan.js';
import { Worker } from '../support/containment.js';
import { dyingAt, SHORT_TURN_MS } from '../support/dying.js';
import { action, decide, later, NOW, plan, SESSIONS } from '../support/plans.js';
import { Killed, RecordingTenant, vendorDown } from '../support/tenant.js';

/** Attempts until one returns, each by a new process, the way Temporal would. */
async function until(
  worker: Worker,
  run: () => Promise<ActionResult>,
): Promise<{ result: ActionResult; kills: number }> {
  for (let kills = 0; kills < 5; kills++) {
    try {
      return { result: await run(), kills };
    } catch {
      worker.restart();
    }
  }
  throw new Error('never returned');
}

describe('a worker that dies', () => {
  const of = plan([action(1, { ...SESSIONS, rule: 'one' })]);
  const decisions = [decide(of)];

  it('has exactly one effect and reports exactly what the tenant saw, wherever it died', async () => {
    let died = 0;
    for (const when of ['before', 'after'] as const) {
      for (let n = 0; n < 6; n++) {
        const worker = await Worker.start();
        worker.restart(dyingAt(n, when), SHORT_TURN_MS);
        const { result, kills } = await until(worker, () => worker.act({ plan: of, step: 1, decisions }));
        died += kills;
        expect(worker.tenant.journal.map((w) => w.targetId).sort()).toEqual(['U1/1', 'U1/2']);
        expect([...result.writes].sort(byTarget)).toEqual([...worker.tenant.journal].sort(byTarget));
        expect(result).toMatchObject({ status: 'done', verified: true });
      }
    }
    expect(died).toBeGreaterThanOrEqual(9);
  });

  it('undoes exactly once, wherever it died', async () => {
    const disable = plan([action(1)]);
    for (const when of ['before', 'after'] as const) {
      for (let n = 0; n < 6; n++) {
        const worker = await Worker.start();
        await worker.act({ plan: disable, step: 1, decisions: [decide(disable)] });
        worker.restart(dyingAt(n, when), SHORT_TURN_MS);
        const release = [decide(disable, { verb: 'release' })];
        const undone = await until(worker, () => worker.revert({ plan: disable, step: 1, decisions: release }));
        expect(worker.tenant.journal.map((w) => w.operation)).toEqual(['users.deactivate', 'users.activate']);
        expect(undone.result.writes).toEqual(worker.tenant.journal);
        expect(undone.result.verified).toBe(true);
      }
    }
  });

  it('dies between effect and reply: the retry finds it done and still lists the write', async () => {
    for (const error of [new Killed(), vendorDown()]) {
      const worker = await Worker.start();
      worker.tenant.faults.push({ operation: 'sessions.end', when: 'after', error, times: 1 });
      const { result } = await until(worker, () => worker.act({ plan: of, step: 1, decisions }));
      expect(worker.tenant.journal).toHaveLength(2);
      expect([...result.writes].sort(byTarget)).toEqual([...worker.tenant.journal].sort(byTarget));
    }
  });

  it('says that something was written even when the act announces nothing', async () => {
    const worker = await Worker.start({}, new RecordingTenant(false));
    const disable = plan([action(1)]);
    worker.tenant.faults.push({ operation: 'users.deactivate', when: 'after', error: new Killed(), times: 1 });
    const { result } = await until(worker, () => worker.act({ plan: disable, step: 1, decisions: [decide(disable)] }));
    expect(result).toMatchObject({ status: 'done', verified: true, writes: [{ targetId: 'U1' }] });
    expect(worker.tenant.journal).toHaveLength(1);
  });

  it('does not list a write that the vendor refused', async () => {
    const worker = await Worker.start();
    worker.tenant.faults.push({
      operation: 'sessions.end',
      when: 'before',
      error: new QuellError('VENDOR_SCOPE', 'admin.users:write'),
      times: 1,
    });
    const refused = await worker.act({ plan: of, step: 1, decisions });
    expect(refused).toMatchObject({ status: 'failed', code: 'VENDOR_SCOPE', writes: [], verified: false });
    expect(await worker.act({ plan: of, step: 1, decisions })).toMatchObject({ status: 'done', verified: true });
    expect(worker.tenant.journal).toHaveLength(2);
  });

  it('reports its write after the decision ran out in the meantime, and writes no more', async () => {
    const worker = await Worker.start();
    worker.tenant.faults.push({ operation: 'sessions.end', when: 'after', error: new Killed(), times: 1 });
    await expect(worker.act({ plan: of, step: 1, decisions })).rejects.toThrow();
    worker.restart();
    worker.now = new Date(later(45));
    const result = await worker.act({ plan: of, step: 1, decisions });
    expect(result).toMatchObject({
      status: 'refused',
      code: 'DECISION_EXPIRED',
      writes: worker.tenant.journal,
      readback: { holds: false },
    });
    expect(worker.tenant.journal).toHaveLength(1);
    worker.tenant.sessions.set('U1', 0);
    expect(await worker.act({ plan: of, step: 1, decisions })).toMatchObject({
      status: 'done',
      verified: true,
      writes: worker.tenant.journal,
    });
    worker.now = NOW;
  });

  it('gives the recorded result to every later attempt', async () => {
    const worker = await Worker.start();
    const first = await worker.act({ plan: of, step: 1, decisions });
    worker.restart();
    worker.tenant.sessions.set('U1', 3); // signed in again: that is drift, for the watch to see
    expect(await worker.act({ plan: of, step: 1, decisions })).toEqual(first);
    expect(worker.tenant.journal).toHaveLength(2);
  });

  it('runs overlapping attempts of a step one after the other', async () => {
    const worker = await Worker.start();
    const results = await Promise.all([1, 2, 3].map(() => worker.act({ plan: of, step: 1, decisions })));
    expect(new Set(results.map((r) => JSON.stringify(r))).size).toBe(1);
    expect(worker.tenant.journal).toHaveLength(2);
  });

  it('retries a vendor that is down, and in the end says so', async () => {
    const worker = await Worker.start();
    worker.tenant.faults.push({
      operation: 'sessions.end',
      when: 'before',
      error: new QuellError('VENDOR_BUSY', undefined, { retryAfterMs: 30_000 }),
      times: 99,
    });
    await expect(worker.act({ plan: of, step: 1, decisions })).rejects.toMatchObject({
      type: 'VENDOR_BUSY',
      nonRetryable: false,
      nextRetryDelay: 30_000,
    });
    worker.attempt = 5; // an outage would end here
    await expect(worker.act({ plan: of, step: 1, decisions })).rejects.toMatchObject({ type: 'VENDOR_BUSY' });
    worker.attempt = 20;
    const last = await worker.act({ plan: of, step: 1, decisions });
    expect(last).toMatchObject({ status: 'failed', code: 'VENDOR_BUSY', writes: [] });
    const down = await Worker.start();
    down.attempt = 5;
    down.tenant.faults.push({ operation: 'sessions.end', when: 'before', error: vendorDown(), times: 99 });
    expect(await down.act({ plan: of, step: 1, decisions })).toMatchObject({ status: 'failed', code: 'VENDOR_DOWN' });
  });

  it('waits for an effect that shows late, and says when it does not', async () => {
    const worker = await Worker.start();
    worker.tenant.lagReads = 2;
    expect(await worker.act({ plan: of, step: 1, decisions })).toMatchObject({ status: 'done', verified: true });
    const slow = await Worker.start();
    slow.tenant.lagReads = 99;
    expect(await slow.act({ plan: of, step: 1, decisions })).toMatchObject({
      status: 'done',
      code: 'NOT_VERIFIED',
      verified: false,
    });
  });

  it('stops between two writes when the stop file appears', async () => {
    const worker = await Worker.start();
    const { journal } = worker.tenant;
    journal.push = (...writes) => {
      writeFileSync(worker.stopFile, '');
      return Array.prototype.push.apply(journal, writes);
    };
    expect(await worker.act({ plan: of, step: 1, decisions })).toMatchObject({
      status: 'refused',
      code: 'STOPPED',
      writes: [...journal],
    });
    expect(journal).toHaveLength(1);
  });
});

describe('release', () => {
  const disable = plan([action(1)]);

  it('needs its own signed decision and puts back what this worker captured', async () => {
    const worker = await Worker.start();
    const approve = decide(disable);
    await worker.act({ plan: disable, step: 1, decisions: [approve] });
    expect(await worker.revert({ plan: disable, step: 1, decisions: [approve] })).toMatchObject({
      status: 'refused',
      code: 'NOT_AUTHORISED',
    });
    expect(worker.tenant.active.get('U1')).toBe(false);
    const undone = await worker.revert({
      plan: disable,
      step: 1,
      decisions: [decide(disable, { verb: 'release' })],
    });
    expect(undone).toMatchObject({ status: 'done', verified: true, readback: { state: { active: true } } });
    expect(worker.tenant.active.get('U1')).toBe(true);
  });

  it('ends the power of the old decision', async () => {
    const worker = await Worker.start();
    const decisions = [decide(disable)];
    await worker.act({ plan: disable, step: 1, decisions });
    await worker.revert({ plan: disable, step: 1, decisions: [decide(disable, { verb: 'release' })] });
    worker.restart();
    expect(await worker.act({ plan: disable, step: 1, decisions })).toMatchObject({
      status: 'refused',
      code: 'DECISION_REPLAYED',
      writes: [],
    });
    expect(worker.tenant.active.get('U1')).toBe(true);
  });

  it('says when a step cannot be undone, or was never done here', async () => {
    const worker = await Worker.start();
    const sessions = plan([action(1, { ...SESSIONS, rule: 'one' })]);
    const release = [decide(sessions, { verb: 'release' })];
    await worker.act({ plan: sessions, step: 1, decisions: [decide(sessions)] });
    expect(await worker.revert({ plan: sessions, step: 1, decisions: release })).toMatchObject({
      status: 'refused',
      code: 'UNSUPPORTED',
      writes: worker.tenant.journal,
    });
    expect(
      await worker.revert({ plan: disable, step: 1, decisions: [decide(disable, { verb: 'release' })] }),
    ).toMatchObject({ status: 'refused', code: 'NOT_AUTHORISED' });
  });
});

function byTarget(a: { readonly targetId: string }, b: { readonly targetId: string }): number {
  return a.targetId < b.targetId ? -1 : 1;
}
