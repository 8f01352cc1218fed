import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach } from 'vitest';
import type { AlertRef } from '../../../domain/alert.js';
import type { CaseState, HumanTask } from '../../../domain/case.js';
import type { TaskCompletion } from '../../../domain/decision.js';
import type { ContainmentPlan } from '../../../domain/plan.js';
import { caseWorkflow, containmentWorkflow } from '../../../workflows/index.js';
import {
  completeTaskUpdate,
  containmentViewQuery,
  joinAlertsSignal,
  viewQuery,
  type CaseInput,
  type ContainmentInput,
  type ContainmentView,
} from '../../../workflows/messages.js';
import { QUEUES } from '../../../workflows/queues.js';
import { playbookBundle, type TestTemporal } from '../../support/temporal.js';
import { alertRef, containmentInput, HOME } from './facts.js';
import { completionOf } from './people.js';
import { PlayedWorld, workersFor } from './world.js';

const LOOK_EVERY_MS = 25;
const LOOK_FOR_MS = 30_000;

/** A workflow that shows a state. */
interface Shown<T> {
  view(): Promise<T>;
  /** Waits, without letting time pass on the server, until the state is so; answers with it. */
  until(holds: (state: T) => boolean): Promise<T>;
  /** Lets everything run to the end (waits of days take no time where time is skipped); the last state. */
  end(): Promise<T>;
}

export interface RunningCase extends Shown<CaseState> {
  readonly caseId: string;
  readonly handle: WorkflowHandle<typeof caseWorkflow>;
  /** The newest task of a kind, as soon as it is open. */
  task(kind: HumanTask['kind']): Promise<HumanTask>;
  /** Completes a task as a person may. */
  complete(task: HumanTask, personId: string, fields?: TaskCompletion['fields']): Promise<void>;
}

export interface RunningContainment extends Shown<ContainmentView> {
  readonly plan: ContainmentPlan;
  readonly handle: WorkflowHandle<typeof containmentWorkflow>;
}

export interface Playbook {
  /** Runs one case in a world, started by alerts as the intake does it. Whatever still runs afterwards is ended. */
  withCase(
    world: PlayedWorld,
    work: (running: RunningCase) => Promise<void>,
    alerts?: readonly AlertRef[],
  ): Promise<void>;
  /** Runs the containment of a plan in a world, without its case. */
  withContainment(
    world: PlayedWorld,
    plan: ContainmentPlan,
    work: (running: RunningContainment) => Promise<void>,
    change?: Partial<ContainmentInput>,
  ): Promise<void>;
  /** Has the workers play in a world for workflows that the test starts itself. */
  withWorld(world: PlayedWorld, work: () => Promise<void>): Promise<void>;
}

/** The playbook's workers for each test, in whatever world it plays. */
export function usePlaybook(temporal: TestTemporal): Playbook {
  let world = new PlayedWorld();
  let stop: () => void = () => undefined;
  let stopped: Promise<void> | undefined;
  beforeEach(async () => {
    const workers = workersFor(await playbookBundle(), () => world);
    await new Promise<void>((started, failed) => {
      stopped = temporal.withWorkers(workers, () => {
        started();
        return new Promise((end) => (stop = end));
      });
      stopped.catch(failed);
    });
  });
  afterEach(async () => {
    stop();
    await stopped;
  });
  return {
    withCase: async (played, work, alerts = [alertRef()]) => {
      world = played;
      await runCase(temporal, work, alerts);
    },
    withContainment: async (played, plan, work, change = {}) => {
      world = played;
      await runContainment(temporal, plan, work, change);
    },
    withWorld: async (played, work) => {
      world = played;
      await work();
    },
  };
}

async function runCase(
  temporal: TestTemporal,
  work: (running: RunningCase) => Promise<void>,
  alerts: readonly AlertRef[],
): Promise<void> {
  const caseId = temporal.id('case');
  const { workflow } = temporal.client;
  const input: CaseInput = { caseId, subjectId: 's-subject', home: HOME };
  const options = { taskQueue: QUEUES.playbook, workflowId: caseId, args: [input] as [CaseInput] };
  const signalArgs: [{ readonly alerts: readonly AlertRef[] }] = [{ alerts }];
  if (alerts.length === 0) await workflow.start(caseWorkflow, options);
  else await workflow.signalWithStart(caseWorkflow, { ...options, signal: joinAlertsSignal, signalArgs });
  const handle = workflow.getHandle<typeof caseWorkflow>(caseId);
  const shown = shownBy(handle, () => handle.query(viewQuery));
  const openTask = (state: CaseState, kind: HumanTask['kind']): HumanTask | undefined =>
    state.tasks.findLast((t) => t.kind === kind && t.status === 'open');
  const running: RunningCase = {
    ...shown,
    caseId,
    handle,
    task: async (kind) => openTask(await shown.until((s) => openTask(s, kind) !== undefined), kind)!,
    complete: async ({ taskId }, personId, fields) =>
      await handle.executeUpdate(completeTaskUpdate, { args: [completionOf(caseId, taskId, personId, fields)] }),
  };
  await thenEnd(temporal, work(running), async () => {
    const { plans } = await running.view();
    return [caseId, ...plans.map((p) => p.containmentId)];
  });
}

async function runContainment(
  temporal: TestTemporal,
  plan: ContainmentPlan,
  work: (running: RunningContainment) => Promise<void>,
  change: Partial<ContainmentInput>,
): Promise<void> {
  const workflowId = `containment-${plan.planId}`;
  const args: [ContainmentInput] = [containmentInput(plan, await temporal.now(), change)];
  await temporal.client.workflow.start(containmentWorkflow, { taskQueue: QUEUES.playbook, workflowId, args });
  const handle = temporal.client.workflow.getHandle<typeof containmentWorkflow>(workflowId);
  const shown = shownBy(handle, () => handle.query(containmentViewQuery));
  await shown.view(); // the server that skips time mishandles an Update that comes with a workflow's first task
  await thenEnd(temporal, work({ ...shown, plan, handle }), async () => [workflowId, plan.caseId]);
}

function shownBy<T>(handle: { result(): Promise<unknown> }, view: () => Promise<T>): Shown<T> {
  return {
    view,
    until: async (holds) => {
      for (const until = Date.now() + LOOK_FOR_MS; ; await new Promise((r) => setTimeout(r, LOOK_EVERY_MS))) {
        const state = await view();
        if (holds(state)) return state;
        if (Date.now() > until) throw new Error(`it did not come to hold: ${JSON.stringify(state)}`);
      }
    },
    end: async () => {
      await handle.result();
      return await view();
    },
  };
}

/**
 * Ends what still runs after a test. Where time is skipped it runs to its own end: a workflow that is terminated while
 * something of it is on its way keeps that server from skipping ever after.
 */
async function thenEnd(
  temporal: TestTemporal,
  work: Promise<void>,
  ids: () => Promise<readonly string[]>,
): Promise<void> {
  let letRun = 'sleep' in temporal;
  try {
    await work;
  } catch (error) {
    letRun = false; // whatever it waits for may never come
    throw error;
  } finally {
    for (const id of await ids()) {
      const handle = temporal.client.workflow.getHandle(id);
      // One that has ended, or never was, is no error.
      await (letRun ? handle.result() : handle.terminate()).catch(() => undefined);
    }
  }
}
