import { afterEach, describe, expect, it, vi } from 'vitest';
import { Worker } from '../support/containment.js';
import { action, decide, plan, SESSIONS } from '../support/plans.js';
import { disk } from '../../support/full-disk.js';

vi.mock('node:fs/promises', async (real) => (await import('../../support/full-disk.js')).onDisk(await real()));
afterEach(() => disk.makeRoom());

const of = plan([action(1, { ...SESSIONS, rule: 'one' })]);
const input = { plan: of, step: 1, decisions: [decide(of)] };

describe('a full disk under the action ledger', () => {
  // Lines of this step: the lease, the decision's use, the beginning, an announcement for each of two sessions, the result.
  it.each([0, 1, 2, 3, 4, 5])('lets no write out whose announcement is not on disk (after %i lines)', async (lines) => {
    for (const room of [0, 30]) {
      const worker = await Worker.start();
      Object.assign(disk, { spared: lines, room });
      await expect(worker.act(input)).rejects.toMatchObject({ type: 'STORE', nonRetryable: false });
      expect(worker.tenant.journal).toHaveLength(Math.max(0, lines - 3));
      disk.makeRoom();
      expect(await worker.act(input)).toMatchObject({ status: 'done', verified: true, writes: worker.tenant.journal });
      expect(worker.tenant.journal.map((w) => w.targetId).sort()).toEqual(['U1/1', 'U1/2']);
    }
  });

  it('lets none out where the announcement cannot be synced, and finds it whole after a restart', async () => {
    const worker = await Worker.start();
    disk.refusesSync = true;
    await expect(worker.act(input)).rejects.toMatchObject({ type: 'STORE' });
    expect(worker.tenant.journal).toEqual([]);
    disk.makeRoom();
    await worker.restart();
    expect(await worker.act(input)).toMatchObject({ status: 'done', writes: worker.tenant.journal });
    expect(worker.tenant.journal).toHaveLength(2);
  });
});
