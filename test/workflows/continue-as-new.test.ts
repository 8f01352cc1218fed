import { expect, it } from 'vitest';
import type { CaseState, HumanTask, TimelineEntry } from '../../domain/case.js';
import type { TaskCompletion } from '../../domain/decision.js';
import { joinAlertsSignal, joinAlertsUpdate } from '../../workflows/messages.js';
import { useDevServer } from '../support/temporal.js';
import { alertRef, assessmentOf, INSIDE } from './support/facts.js';
import { usePlaybook, type RunningCase } from './support/running.js';
import { PlayedWorld } from './support/world.js';

// A server that skips time loses what comes to a workflow while it goes on as new.
const { withCase } = usePlaybook(useDevServer());

const JOINS = 60;

/** What reached the record, in order. */
const written = (world: PlayedWorld): readonly TimelineEntry[] =>
  [...world.asked('recordProgress'), ...world.asked('closeCase')].flatMap((r) => r.entries);

const filledIn = (task: HumanTask): TaskCompletion['fields'] =>
  Object.fromEntries(task.fields.filter((f) => f.required).map((f) => [f.name, f.options?.[0] ?? 'yes']));

/** Completes whatever people are asked for, until the case has closed. */
async function throughPeople(running: RunningCase): Promise<CaseState> {
  const open = (state: CaseState): HumanTask | undefined => state.tasks.find((t) => t.status === 'open');
  for (;;) {
    const state = await running.until((s) => s.stage === 'closed' || open(s) !== undefined);
    const task = open(state);
    if (task === undefined) return await running.end();
    await running.complete(task, task.role === 'lead' ? 'p-lead' : 'p-responder', filledIn(task));
  }
}

it('goes on as new after many joins: state is carried over, and messages still reach it', async () => {
  let read: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (read = resolve));
  const world = new PlayedWorld({
    contactSubject: async ({ deadline }) => ({ channel: 'none', avoided: [], sentAt: deadline }),
    assess: async ({ depth }) => {
      await held;
      return assessmentOf({ depth, ...INSIDE });
    },
  });
  await withCase(world, async (running) => {
    await running.until((s) => s.stage === 'triage');
    const first = (await running.handle.describe()).runId;
    for (let i = 0; i < JOINS; i++)
      await running.handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [alertRef()] }] });
    read();
    const interview = await running.task('interview');
    expect((await running.handle.describe()).runId).not.toBe(first);
    const before = await running.view();
    expect(before.alerts).toHaveLength(JOINS + 1);
    expect(before).toMatchObject({ subject: { subjectId: 's-subject' }, policy: { mode: 'live' }, refused: [] });

    const late = alertRef({ severity: 'critical' });
    await running.handle.signal(joinAlertsSignal, { alerts: [late] });
    await running.complete(interview, 'p-responder', { explained: 'no' });
    const state = await throughPeople(running);
    expect(state).toMatchObject({ stage: 'closed', severity: 'critical', alertsAssessed: JOINS + 2 });
    expect(state.tasks.find((t) => t.taskId === interview.taskId)).toMatchObject({ status: 'done' });
    expect(written(world)).toEqual(state.timeline);
    expect(world.asked('openCase')).toHaveLength(1);
    expect(world.asked('identifySubject')).toHaveLength(1);
  });
});
