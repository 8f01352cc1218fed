import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { raiseAlerts } from '../../cli/demo/alerts.js';
import type { House } from '../../cli/demo/house.js';
import { playToEnd } from '../../cli/demo/play.js';
import { differences } from '../../cli/demo/promise.js';
import { Watch } from '../../cli/demo/watch.js';
import { withHouse } from '../support/house.js';

const RESTARTS = 4;
const LOOK_EVERY_MS = 200;

test('Temporal killed and restarted as a case comes to a stage: the case goes on, and its database holds nothing readable', async () => {
  await withHouse({ scenario: 'teams-insider' }, async (house, state) => {
    await raiseAlerts(house, () => undefined);
    const restarts = restartAtStages(house);
    const run = await playToEnd(house);
    expect(await restarts.stop()).toBe(RESTARTS);
    expect(await differences(house.scenario.promise, run.outcome)).toEqual([]);

    const folder = join(state, 'temporal');
    const bytes = readdirSync(folder).map((file) => readFileSync(join(folder, file)));
    const subject = house.scenario.people[house.scenario.subject]!;
    for (const planted of [
      subject.name,
      subject.email,
      'customer export',
      'tom.private',
      'weekly-plan',
      house.world.ip('office'),
      'This platform',
    ])
      for (const file of bytes) expect(file.includes(planted), planted).toBe(false);
  });
});

/** Ends with the number of restarts, the last of which is over. */
function restartAtStages({ client, temporal }: House): { stop(): Promise<number> } {
  const stopping = new AbortController();
  const stages = new Set<string>();
  const restarting = (async () => {
    const watch = new Watch(client, () => undefined);
    for (; stages.size < RESTARTS && !stopping.signal.aborted; await sleep(LOOK_EVERY_MS)) {
      const [state] = await watch.look().catch(() => []);
      if (!state || stages.has(state.stage)) continue;
      stages.add(state.stage);
      await temporal.restart();
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await restarting;
      return stages.size;
    },
  };
}
