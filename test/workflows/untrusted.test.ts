import { Client, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CaseState } from '../../domain/case.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import { refusalsIn, type Refusals } from '../../domain/refusals.js';
import { EncryptionCodec } from '../../store/payload-codec.js';
import { containmentGuardWorkflow } from '../../workflows/index.js';
import {
  answerUpdate,
  containmentChangedSignal,
  guardViewQuery,
  incidentViewQuery,
  joinAlertsUpdate,
  resumeUpdate,
  stopUpdate,
} from '../../workflows/messages.js';
import { QUEUES } from '../../workflows/queues.js';
import { PAYLOAD_KEYS, useDevServer } from '../support/temporal.js';
import { actionDone, alertRef, assessmentOf, planOf, STRANGE, TAKEOVER } from './support/facts.js';
import { answerTo, authored, DECIDERS, decisionOn, KEYS, reportOn, switchOf } from './support/people.js';
import { usePlaybook, type RunningCase } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const temporal = useDevServer();
const { withCase, withWorld } = usePlaybook(temporal);

type Handle = Pick<WorkflowHandle, 'signal' | 'executeUpdate' | 'fetchHistory'>;

/** Somebody who reaches the service and sends payloads as they like. */
const sending = (payload: Payload): Client =>
  new Client({
    connection: temporal.client.connection,
    dataConverter: { payloadCodecs: [{ encode: async () => [payload], decode: async () => [] }] },
  });
const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const encrypted = async (inner: Payload): Promise<Payload> =>
  (await new EncryptionCodec(PAYLOAD_KEYS).encode([inner]))[0]!;

type Attributes = 'workflowTaskFailed' | 'activityTaskScheduled' | 'workflowExecutionUpdateAccepted';
const countOf = async (handle: Handle, kind: Attributes): Promise<number> =>
  ((await handle.fetchHistory()).events ?? []).filter((e) => e[`${kind}EventAttributes`]).length;
const failedTasks = (handle: Handle): Promise<number> => countOf(handle, 'workflowTaskFailed');
const activities = (handle: Handle): Promise<number> => countOf(handle, 'activityTaskScheduled');
const updates = (handle: Handle): Promise<number> => countOf(handle, 'workflowExecutionUpdateAccepted');

/** Waits until as many refusals are counted. */
async function refusals(view: () => Promise<Refusals>, count: number): Promise<Refusals> {
  for (let looks = 0; looks < 400; looks++) {
    const state = await view();
    if (refusalsIn(state) >= count) return state;
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error(`it refused less than ${count}: ${JSON.stringify(await view())}`);
}

/** A case that waits for its subject's answer. */
const waiting = async (work: (running: RunningCase) => Promise<void>): Promise<void> => {
  const world = new PlayedWorld({ assess: async ({ depth }) => assessmentOf({ depth, ...STRANGE }) });
  await withCase(world, async (running) => {
    await running.until((s) => s.contact?.outcome === 'waiting' && s.collections.length === 2);
    await work(running);
  });
};

const startGuard = async () => {
  const options = { taskQueue: QUEUES.playbook, workflowId: temporal.id('guard') };
  const args: Parameters<typeof containmentGuardWorkflow> = [{ keys: KEYS, deciders: DECIDERS }];
  await temporal.client.workflow.start(containmentGuardWorkflow, { ...options, args });
  return temporal.client.workflow.getHandle<typeof containmentGuardWorkflow>(options.workflowId);
};
describe('what is not encrypted as it should be', () => {
  const foreign: Record<string, Payload> = {};
  beforeAll(async () => {
    const alerts = { alerts: [alertRef()] };
    foreign['in the clear'] = plain(alerts);
    foreign['under a key that there is not'] = {
      ...(await encrypted(plain(alerts))),
      metadata: { encoding: Buffer.from('binary/encrypted'), 'key-id': Buffer.from('k-00000000000000ff') },
    };
    foreign['changed on its way'] = { ...(await encrypted(plain(alerts))), data: Buffer.alloc(64) };
    foreign['encrypted, and no JSON inside'] = await encrypted({
      metadata: { encoding: Buffer.from('json/plain') },
      data: Buffer.from('{"alerts":'),
    });
    foreign['encrypted, in a form that nobody reads'] = await encrypted({
      metadata: { encoding: Buffer.from('json/protobuf') },
      data: Buffer.from('{}'),
    });
    foreign['encrypted bytes'] = await encrypted(plain(new Uint8Array([1, 2, 3])));
  });

  it('is refused, as a Signal and as an Update, and the case goes on', async () => {
    await waiting(async ({ handle, caseId, view }) => {
      const before = { alerts: (await view()).alerts, updates: await updates(handle) };
      for (const [what, payload] of Object.entries(foreign)) {
        const attacker = sending(payload).workflow.getHandle(caseId);
        await attacker.signal('joinAlerts', {});
        await expect(attacker.executeUpdate('joinAlerts', { args: [{}] }), what).rejects.toThrow();
      }
      const { refused } = await refusals(view, Object.keys(foreign).length);
      expect(new Set(refused.map((r) => `${r.message} ${r.code}`))).toEqual(new Set(['joinAlerts MESSAGE']));
      expect({ alerts: (await view()).alerts, updates: await updates(handle) }).toEqual(before);
      expect(await failedTasks(handle)).toBe(0);
      expect(await handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [alertRef()] }] })).toMatchObject({
        caseId,
      });
    });
  });

  it('neither stops containment nor resumes it', async () => {
    const world = new PlayedWorld();
    await withWorld(world, async () => {
      const guard = await startGuard();
      const stop = switchOf('stop', 'p-lead');
      for (const payload of [plain({ by: 'p-lead' }), plain(stop), plain({})]) {
        const attacker = sending(payload).workflow.getHandle(guard.workflowId);
        for (const name of ['stop', 'resume', 'lease'])
          await expect(attacker.executeUpdate(name, { args: [{}] }), name).rejects.toThrow();
        await attacker.signal('stop', {});
      }
      await refusals(() => guard.query(guardViewQuery), 3);
      expect((await guard.query(guardViewQuery)).stopped).toBeUndefined();
      expect(world.asked('switchContainment')).toEqual([]);
      await guard.terminate();
    });
  });

  it('is refused when it comes before everything else', async () => {
    await withWorld(new PlayedWorld(), async () => {
      const workflowId = temporal.id('incident');
      const start = { taskQueue: QUEUES.playbook, workflowId, args: [{ incidentId: workflowId }] };
      await temporal.client.workflow.signalWithStart('incidentWorkflow', {
        ...start,
        signal: 'joinIncident',
        signalArgs: [{ caseId: null }],
      });
      const handle = temporal.client.workflow.getHandle(workflowId);
      expect((await refusals(() => handle.query(incidentViewQuery), 1)).refused).toMatchObject([{ code: 'MESSAGE' }]);
      expect(await failedTasks(handle)).toBe(0);
      await handle.terminate();
    });
  });
});

describe('a message of no name', () => {
  it('is refused as an Update, and moves nothing as a Signal', async () => {
    await waiting(async ({ handle, caseId, view, until }) => {
      const before = await view();
      for (const name of ['close', 'refused', '__proto__', 'constructor', '__temporal_stop', '__stack_trace']) {
        await handle.signal(name, 'answer');
        if (!name.startsWith('__')) await expect(handle.executeUpdate(name, { args: ['answer'] })).rejects.toThrow();
      }
      await handle.executeUpdate(answerUpdate, { args: [answerTo(caseId, 'me')] });
      const after = await until((s) => s.contact?.outcome === 'me');
      expect(after.alerts).toEqual(before.alerts);
      // The one that has a handler, which nobody reaches from outside.
      expect(after.refused).toMatchObject([{ message: 'refused', code: 'MESSAGE' }]);
      expect(await failedTasks(handle)).toBe(0);
    });
  });
});

describe('what a containment is said to have done', () => {
  it('is believed by signature alone, and a lie changes nothing and is recorded', async () => {
    let planned: ContainmentPlan | undefined;
    const world = new PlayedWorld({
      contactSubject: async ({ deadline }) => ({ channel: 'none', avoided: [], sentAt: deadline }),
      assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER }),
      planContainment: async ({ caseId, purpose }) => {
        if (purpose === 'first_steps') return undefined;
        planned = planOf(caseId, [{ kind: 'disable_account', rule: 'two' }]);
        return authored(planned);
      },
    });
    await withCase(world, async (running) => {
      const { handle, view } = running;
      await running.until((s) => s.plans.length === 1);
      const plan = planned!;
      const decisions = [decisionOn(plan, 'approve', 'p-lead'), decisionOn(plan, 'approve', 'p-lead-2')];
      const genuine = reportOn(plan, 'holding', [actionDone(plan, 1)], { decisions });
      const lies = [
        { ...genuine, signatures: [] },
        { ...genuine, decisions: [] },
        { ...reportOn(plan, 'expired', []), decisions: [] },
        { ...genuine, status: 'released' as const },
        { planId: plan.planId, planDigest: '', status: 'holding', decisions, results: genuine.results } as never,
      ];
      const before = (await view()).plans;
      for (const lie of lies) await handle.signal(containmentChangedSignal, lie);
      const { refused } = await refusals(view, lies.length);
      expect(refused.map((r) => r.code)).toEqual([
        'SIGNATURE',
        'NOT_AUTHORISED',
        'NOT_AUTHORISED',
        'NOT_AUTHORISED',
        'MESSAGE',
      ]);
      expect((await view()).plans).toEqual(before);
      await handle.signal(containmentChangedSignal, genuine);
      await running.until((s) => s.plans[0]?.status === 'holding');
      expect(await failedTasks(handle)).toBe(0);
    });
  });
});

describe('a flood of bad messages', () => {
  it('costs a case no activity, and is counted', async () => {
    await waiting(async ({ handle, caseId, view }) => {
      const before = await activities(handle);
      for (let hundreds = 0; hundreds < 3; hundreds++)
        await Promise.all(Array.from({ length: 100 }, () => handle.signal('answer', { caseId })));
      const { refused, timeline } = (await refusals(view, 300)) as CaseState;
      expect(refused).toHaveLength(50);
      expect(timeline.filter((e) => e.text.includes('was refused')).length).toBeLessThan(60);
      expect(await activities(handle)).toBe(before);
    });
  });

  it('lets the guard go on as new with the count, and tells the audit log of it seldom', async () => {
    const world = new PlayedWorld();
    await withWorld(world, async () => {
      const guard = await startGuard();
      const first = (await guard.describe()).runId;
      const stop = switchOf('stop', 'p-lead', { nonce: 'n-1' });
      await guard.executeUpdate(stopUpdate, { args: [stop] });
      for (let hundreds = 0; hundreds < 22; hundreds++)
        await Promise.all(Array.from({ length: 50 }, () => guard.signal('stop', { by: 'p-lead' })));
      await refusals(() => guard.query(guardViewQuery), 1_100);
      const next = await guard.describe();
      expect(next.runId).not.toBe(first);
      expect(world.asked('recordRefusals').length).toBeLessThanOrEqual(2);
      expect(world.asked('recordRefusals')[0]).toMatchObject({ workflowId: guard.workflowId });
      const resume = switchOf('resume', 'p-lead', { lifts: 'n-1' });
      expect(await guard.executeUpdate(resumeUpdate, { args: [resume] })).toEqual({ confirmed: true });
      await guard.terminate();
    });
  });
});
