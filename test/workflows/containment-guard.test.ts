import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, it } from 'vitest';
import type { DecisionKey, Signed, TaskCompletion } from '../../domain/decision.js';
import type { KeyRing } from '../../store/key-ring.js';
import { signBody } from '../../store/signing.js';
import { containmentGuardWorkflow } from '../../workflows/index.js';
import { guardViewQuery, leaseUpdate, resumeUpdate, stopUpdate, type LeaseRequest } from '../../workflows/messages.js';
import { testKeys } from '../store/support.js';
import { playbookBundle, useDevServer, useTimeSkipping, type TestTemporal } from '../support/temporal.js';

const dev = useDevServer();
const skipping = useTimeSkipping();
const ring = testKeys();
const stranger = testKeys();
const keys: readonly DecisionKey[] = [{ ...ring.verifying('decision'), holder: { kind: 'console' } }];
const deciders = [
  { personId: 'p-lead', roles: ['lead'] },
  { personId: 'p-responder', roles: ['responder'] },
];

const request = (planId: string, accounts: number): LeaseRequest => ({
  planId,
  accounts,
  actions: accounts,
  limits: { accountsPerHour: 5, actionsPerHour: 100 },
});

function resume(personId: string, by: KeyRing = ring): Signed<TaskCompletion> {
  const body: TaskCompletion = {
    ...{ type: 'task', caseId: '', taskId: 'resume', outcome: 'done', fields: {}, personId, role: 'lead' },
    ...{ at: '2026-03-02T12:00:00.000Z', nonce: 'n-1' },
  };
  return signBody(body, by.signing('decision'));
}

async function withGuard(
  temporal: TestTemporal,
  work: (guard: Awaited<ReturnType<typeof startGuard>>) => Promise<void>,
): Promise<void> {
  const taskQueue = temporal.id('guard');
  const workflowBundle = await playbookBundle();
  await temporal.withWorkers([{ taskQueue, workflowBundle }], async () => {
    const guard = await startGuard(temporal, taskQueue);
    await work(guard);
    await guard.terminate();
  });
}

const startGuard = ({ client, id }: TestTemporal, taskQueue: string) =>
  client.workflow.start(containmentGuardWorkflow, { taskQueue, workflowId: id('guard'), args: [{ keys, deciders }] });

it('leases within the budget, the same plan once, and gives the budget back after an hour', async () => {
  await withGuard(skipping, async (guard) => {
    const lease = (planId: string, accounts: number) =>
      guard.executeUpdate(leaseUpdate, { args: [request(planId, accounts)] });
    expect(await lease('plan-1', 3)).toMatchObject({ granted: true });
    expect(await lease('plan-2', 3)).toMatchObject({ granted: false });
    expect(await lease('plan-1', 3)).toMatchObject({ granted: true });
    expect(await lease('plan-3', 2)).toMatchObject({ granted: true });
    await skipping.sleep('61 minutes');
    expect(await lease('plan-2', 3)).toMatchObject({ granted: true });
    expect((await guard.query(guardViewQuery)).leases.map((l) => l.planId)).toEqual(['plan-2']);
  });
});

it('stops for anybody, over a killed server too, and resumes for a lead alone', async () => {
  await withGuard(dev, async (guard) => {
    await guard.executeUpdate(stopUpdate, { args: [{ by: 'p-responder' }] });
    await dev.restart();
    expect(await guard.executeUpdate(leaseUpdate, { args: [request('plan-1', 1)] })).toMatchObject({ granted: false });
    for (const refused of [resume('p-responder'), resume('p-lead', stranger), resume('p-nobody')])
      await expect(guard.executeUpdate(resumeUpdate, { args: [refused] })).rejects.toBeInstanceOf(
        WorkflowUpdateFailedError,
      );
    expect((await guard.query(guardViewQuery)).stopped).toMatchObject({ by: 'p-responder' });
    await guard.executeUpdate(resumeUpdate, { args: [resume('p-lead')] });
    expect(await guard.executeUpdate(leaseUpdate, { args: [request('plan-1', 1)] })).toMatchObject({ granted: true });
  });
});

it('leaves nothing readable in the database', () => {
  const files = readdirSync(dev.folder).filter((name) => name.startsWith('temporal.db'));
  const kept = files.map((name) => readFileSync(join(dev.folder, name), 'latin1')).join('');
  expect(kept).toContain('containmentGuardWorkflow');
  expect(kept).not.toContain('p-responder');
});
