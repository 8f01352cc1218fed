import { expect, it } from 'vitest';
import type { TimelineEntry } from '../../domain/case.js';
import { joinAlertsUpdate, viewQuery } from '../../workflows/messages.js';
import { useTimeSkipping } from '../support/temporal.js';
import { alertRef, assessmentOf, INSIDE } from './support/facts.js';
import { usePlaybook } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const temporal = useTimeSkipping();
const { withCase } = usePlaybook(temporal);

/** What reached the record, in order. */
const written = (world: PlayedWorld): readonly TimelineEntry[] =>
  [...world.asked('recordProgress'), ...world.asked('closeCase')].flatMap((r) => r.entries);

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
