import { expect, it } from 'vitest';
import type { TimelineEntry } from '../../domain/case.js';
import { joinAlertsSignal, joinAlertsUpdate, viewQuery } from '../../workflows/messages.js';
import { useTimeSkipping } from '../support/temporal.js';
import { alertRef, assessmentOf, INSIDE } from './support/facts.js';
import { usePlaybook } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const temporal = useTimeSkipping();
const { withCase } = usePlaybook(temporal);

const JOINS = 60;

/** What reached the record, in order. */
const written = (world: PlayedWorld): readonly TimelineEntry[] =>
  [...world.asked('recordProgress'), ...world.asked('closeCase')].flatMap((r) => r.entries);

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
    const state = await running.end();
    expect(state).toMatchObject({ stage: 'closed', severity: 'critical', alertsAssessed: JOINS + 2 });
    expect(state.tasks.find((t) => t.taskId === interview.taskId)).toMatchObject({ status: 'done' });
    expect(written(world)).toEqual(state.timeline);
    expect(world.asked('openCase')).toHaveLength(1);
    expect(world.asked('identifySubject')).toHaveLength(1);
  });
});

it('keeps a bounded number of alerts and counts the others', async () => {
  const world = new PlayedWorld();
  const alerts = Array.from({ length: 250 }, () => alertRef());
  await withCase(
    world,
    async (running) => {
      expect(await running.end()).toMatchObject({ alertsFolded: 150, alertsAssessed: 250 });
      expect((await running.handle.query(viewQuery)).alerts).toEqual(alerts.slice(0, 100));
    },
    alerts,
  );
});

it('counts an alert once, however often it comes', async () => {
  const world = new PlayedWorld();
  const alert = alertRef();
  await withCase(
    world,
    async (running) => {
      await running.handle.executeUpdate(joinAlertsUpdate, { args: [{ alerts: [alert] }] });
      expect((await running.end()).alerts).toEqual([alert]);
    },
    [alert],
  );
});

it('writes every line of its timeline to the record, once', async () => {
  const world = new PlayedWorld({ assess: async ({ depth }) => assessmentOf({ depth, ...INSIDE }) });
  await withCase(world, async (running) => {
    const { timeline } = await running.end();
    expect(written(world)).toEqual(timeline);
  });
});
