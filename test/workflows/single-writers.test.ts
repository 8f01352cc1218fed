import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { ContainmentPlan } from '../../domain/plan.js';
import { incidentWorkflow, ipBlocksWorkflow } from '../../workflows/index.js';
import {
  blockUpdate,
  caseClosedSignal,
  incidentViewQuery,
  ipBlocksViewQuery,
  joinIncidentSignal,
  unblockUpdate,
} from '../../workflows/messages.js';
import { QUEUES } from '../../workflows/queues.js';
import { playbookBundle, useDevServer, useTimeSkipping, type TestTemporal } from '../support/temporal.js';
import { actionDone, HOME, planOf } from './support/facts.js';
import { failing, PlayedWorld, workersFor } from './support/world.js';

const dev = useDevServer();
const skipping = useTimeSkipping();

const within = async (temporal: TestTemporal, world: PlayedWorld, work: () => Promise<void>): Promise<void> =>
  await temporal.withWorkers(
    workersFor(await playbookBundle(), () => world),
    work,
  );

describe('the address blocks of a tenant', () => {
  const blockOf = (address: string): ContainmentPlan =>
    planOf('case-1', [{ kind: 'block_ip', rule: 'one', change: { target: { type: 'ip', id: address } } }], {
      planId: `plan-${address}`,
    });
  const start = async () =>
    await dev.client.workflow.start(ipBlocksWorkflow, {
      taskQueue: QUEUES.playbook,
      workflowId: dev.id('ip-blocks'),
      args: [{ tenant: HOME }],
    });
  const block = async (blocks: Pick<WorkflowHandle, 'executeUpdate'>, plan: ContainmentPlan) =>
    await blocks.executeUpdate(blockUpdate, { args: [{ plan, step: 1, decisions: [] }] });

  it('are written one at a time, however many ask at once', async () => {
    let writing = 0;
    let most = 0;
    const world = new PlayedWorld({
      actOnStep: async ({ plan, step }) => {
        most = Math.max(most, ++writing);
        await new Promise((r) => setTimeout(r, 20));
        writing -= 1;
        return plan.planId.endsWith('.4') ? failing('VENDOR_REFUSED')() : actionDone(plan, step);
      },
    });
    await within(dev, world, async () => {
      const blocks = await start();
      const plans = [1, 2, 3, 4, 5].map((n) => blockOf(`192.0.2.${String(n)}`));
      const ended = await Promise.allSettled(plans.map((plan) => block(blocks, plan)));
      expect(ended.map((e) => e.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
      expect(most).toBe(1);
      const { entries } = await blocks.query(ipBlocksViewQuery);
      expect(entries.map((e) => e.address).sort()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.5']);
      expect(new Set(entries.map((e) => e.owner))).toEqual(new Set(['case-1']));
      await blocks.terminate();
    });
  });

  it('are taken off the list when they are undone, and stay on it when they are not', async () => {
    const world = new PlayedWorld({
      revertStep: async ({ plan, result }) => ({ ...result, verified: plan.planId.endsWith('.1') }),
    });
    await within(dev, world, async () => {
      const blocks = await start();
      for (const address of ['192.0.2.1', '192.0.2.2']) {
        const plan = blockOf(address);
        const result = await block(blocks, plan);
        await blocks.executeUpdate(unblockUpdate, { args: [{ plan, step: 1, decisions: [], result }] });
      }
      const { entries } = await blocks.query(ipBlocksViewQuery);
      expect(entries.map((e) => e.address)).toEqual(['192.0.2.2']);
      await blocks.terminate();
    });
  });

  it('go on as new after many changes, with every entry', async () => {
    await within(dev, new PlayedWorld(), async () => {
      const blocks = await start();
      const first = (await blocks.describe()).runId;
      for (let fives = 0; fives < 42; fives++) {
        const plans = Array.from({ length: 5 }, (_, n) => blockOf(`198.51.100.${String(5 * fives + n)}`));
        await Promise.all(plans.map((plan) => block(dev.client.workflow.getHandle(blocks.workflowId), plan)));
      }
      const handle = dev.client.workflow.getHandle(blocks.workflowId);
      expect((await handle.describe()).runId).not.toBe(first);
      expect((await handle.query(ipBlocksViewQuery)).entries).toHaveLength(210);
      await handle.terminate();
    });
  });
});

describe('an incident', () => {
  const start = async (temporal: TestTemporal) => {
    const incidentId = temporal.id('incident');
    await temporal.client.workflow.start(incidentWorkflow, {
      taskQueue: QUEUES.playbook,
      workflowId: incidentId,
      args: [{ incidentId }],
    });
    return temporal.client.workflow.getHandle(incidentId);
  };

  it('stays open while a case is, and for a related one for thirty days more', async () => {
    await within(skipping, new PlayedWorld(), async () => {
      const incident = await start(skipping);
      const status = async () => (await incident.describe()).status.name;
      await incident.signal(joinIncidentSignal, { caseId: 'case-1', severity: 'medium' });
      await skipping.sleep('90 days');
      expect(await status()).toBe('RUNNING');
      await incident.signal(caseClosedSignal, { caseId: 'case-1' });
      await skipping.sleep('29 days');
      await incident.signal(joinIncidentSignal, { caseId: 'case-2', severity: 'high' });
      await skipping.sleep('31 days');
      expect(await status()).toBe('RUNNING');
      await incident.signal(caseClosedSignal, { caseId: 'case-2' });
      await incident.query(incidentViewQuery);
      await skipping.sleep('31 days');
      const { severity, cases } = await incident.query(incidentViewQuery);
      expect(await status()).toBe('COMPLETED');
      expect(severity).toBe('high');
      expect(cases).toMatchObject([
        { caseId: 'case-1', closed: true },
        { caseId: 'case-2', closed: true },
      ]);
    });
  });

  it('goes on as new after many cases, with all of them', async () => {
    await within(dev, new PlayedWorld(), async () => {
      const incident = await start(dev);
      const first = (await incident.describe()).runId;
      for (let n = 0; n < 200; n++) {
        await incident.signal(joinIncidentSignal, { caseId: `case-${String(n)}`, severity: 'low' });
        if (n % 4 === 3) await incident.query(incidentViewQuery);
      }
      expect((await incident.query(incidentViewQuery)).cases).toHaveLength(200);
      expect((await incident.describe()).runId).not.toBe(first);
      await incident.terminate();
    });
  });
});
