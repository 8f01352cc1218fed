import { afterEach, expect, test, vi } from 'vitest';
import { playToEnd } from '../../cli/demo/play.js';
import { withHouse } from '../support/house.js';
import { ServerPair } from './support/server-pair.js';
import { losses, raiseUntilTaken } from './support/whole.js';

afterEach(() => vi.unstubAllEnvs());

test('the primary lost for good while a write at a vendor is on its way: the roles go on at the standby, and nothing that was answered is lost', async () => {
  const servers = await ServerPair.start();
  for (const [name, value] of Object.entries(servers.env)) vi.stubEnv(name, value);
  let failedOver: Promise<void> | undefined;
  await withHouse({ scenario: 'slack-takeover' }, async (house, state) => {
    const { journal } = house.world;
    const push = journal.push.bind(journal);
    journal.push = (...entries) => {
      failedOver ??= servers.failOver();
      return push(...entries);
    };
    const alerts = await raiseUntilTaken(house);
    const run = await playToEnd(house);
    expect(failedOver).toBeDefined();
    await failedOver;
    expect(await losses(house, state, run, alerts)).toEqual([]);
  }).finally(() => servers.stop());
});
