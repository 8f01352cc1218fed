import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { raiseAlerts } from '../../cli/demo/alerts.js';
import { playToEnd } from '../../cli/demo/play.js';
import { differences } from '../../cli/demo/promise.js';
import { withHouse } from '../support/house.js';

test('Temporal killed and restarted in mid-case: the case goes on, and its database holds nothing readable', async () => {
  await withHouse({ scenario: 'teams-insider' }, async (house, state) => {
    await raiseAlerts(house, () => undefined);
    await until(async () => (await house.client.workflow.count("WorkflowType = 'caseWorkflow'")).count > 0);
    await house.temporal.restart();
    const run = await playToEnd(house);
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

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await new Promise((r) => setTimeout(r, 100)))
    if (await holds().catch(() => false)) return;
  throw new Error('it did not come to hold');
}
