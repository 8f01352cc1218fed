import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { postAlert, sourceSecret } from '../../cli/demo/alerts.js';
import type { House } from '../../cli/demo/house.js';
import { playToEnd } from '../../cli/demo/play.js';
import { withHouse } from '../support/house.js';
import { Killing } from './support/killing.js';
import { CASE_EDGES, EachOnce } from './support/points.js';
import { losses, raiseUntilTaken, untilTaken } from './support/whole.js';

/** It ends as a dead letter. */
const NAMES_NOBODY = JSON.stringify({ id: 'nobody', subjects: [], title: 'Bulk reads' });
/** Some 70 times a process starts. */
const WITHIN_MS = 15 * 60_000;
const LAST_WITHIN_MS = 60_000;

test(
  'a process killed at each edge to the database and after each write at a vendor loses nothing and doubles nothing',
  async () => {
    const plan = new EachOnce(CASE_EDGES);
    const killing = new Killing(plan);
    await withHouse({ scenario: 'slack-takeover', reach: killing.reach }, async (house, state) => {
      killing.begin(house);
      const writes = killAtWrites(house, killing);
      const secret = sourceSecret(house.files.vault, 'siem');
      await untilTaken(() => postAlert(house.addresses.intake, 'siem', secret, NAMES_NOBODY));
      const alerts = 1 + (await raiseUntilTaken(house));
      const run = await playToEnd(house);
      for (
        const deadline = Date.now() + LAST_WITHIN_MS;
        plan.left.length > 0 && Date.now() < deadline;
        await sleep(100)
      );
      await killing.end();
      expect(plan.left).toEqual([]);
      expect(writes.kills).toBeGreaterThan(3);
      expect(await losses(house, state, run, alerts)).toEqual([]);
    }).finally(() => killing.close());
  },
  WITHIN_MS,
);

/** The containment worker dies after each write, before it hears that it is done. */
function killAtWrites(house: House, killing: Killing): { kills: number } {
  const writes = { kills: 0 };
  const { journal } = house.world;
  const push = journal.push.bind(journal);
  journal.push = (...entries) => {
    const length = push(...entries);
    if (killing.kill('containment', 'containment: written at the vendor, after')) writes.kills += 1;
    return length;
  };
  return writes;
}
