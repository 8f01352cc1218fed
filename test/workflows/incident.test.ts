import { describe, expect, it } from 'vitest';
import { incidentWorkflow } from '../../workflows/index.js';
import { caseClosedSignal, incidentViewQuery, joinIncidentSignal } from '../../workflows/messages.js';
import { QUEUES } from '../../workflows/queues.js';
import { playbookBundle, useDevServer, useTimeSkipping, type TestTemporal } from '../support/temporal.js';
import { PlayedWorld, workersFor } from './support/world.js';

const dev = useDevServer();
const skipping = useTimeSkipping();

const within = async (temporal: TestTemporal, world: PlayedWorld, work: () => Promise<void>): Promise<void> =>
  await temporal.withWorkers(
    workersFor(await playbookBundle(), () => world),
    work,
  );

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

  it('shows a case that had closed before, and as open again when the subject’s next one joins', async () => {
    await within(dev, new PlayedWorld(), async () => {
      const incident = await start(dev);
      await incident.signal(joinIncidentSignal, { caseId: 'case-1', severity: 'medium', closed: true });
      await incident.signal(joinIncidentSignal, { caseId: 'case-2', severity: 'low' });
      const cases = async () => (await incident.query(incidentViewQuery)).cases.map((c) => [c.caseId, c.closed]);
      expect(await cases()).toEqual([
        ['case-1', true],
        ['case-2', false],
      ]);
      await incident.signal(joinIncidentSignal, { caseId: 'case-1', severity: 'medium' });
      expect(await cases()).toEqual([
        ['case-1', false],
        ['case-2', false],
      ]);
      await incident.terminate();
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
