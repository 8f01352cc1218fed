import { expect, test } from 'vitest';
import { differences } from '../../cli/demo/promise.js';
import { raiseAlerts } from '../../cli/demo/alerts.js';
import { playToEnd } from '../../cli/demo/play.js';
import { withHouse } from '../support/house.js';

/** SIGKILL to the containment worker right after each write at a vendor: the journal still equals the report. */
test('a containment worker killed at every write doubles nothing and loses nothing', async () => {
  await withHouse({ scenario: 'slack-takeover' }, async (house) => {
    let kills = 0;
    let restarting: Promise<unknown> = Promise.resolve();
    house.processes.onDeath = (name) => {
      if (name === 'containment') restarting = restarting.then(() => house.startRole('containment'));
    };
    const push = house.world.journal.push.bind(house.world.journal);
    house.world.journal.push = (...entries) => {
      const length = push(...entries);
      const pid = house.processes.pid('containment');
      if (pid !== undefined) {
        process.kill(pid, 'SIGKILL');
        kills += 1;
      }
      return length;
    };
    await raiseAlerts(house, () => undefined);
    const run = await playToEnd(house);
    await restarting;
    expect(kills).toBeGreaterThan(3);
    expect(await differences(house.scenario.promise, run.outcome)).toEqual([]);
  });
});
