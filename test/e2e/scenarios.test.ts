import { expect, test } from 'vitest';
import { withDatabase } from '../../cli/context.js';
import { differences } from '../../cli/demo/promise.js';
import { listScenarios, loadScenario, type Scenario } from '../../simulator/core/scenario.js';
import { KeyRing } from '../../store/key-ring.js';
import { folderStorage } from '../../store/case-vault.js';
import { openedBy } from '../../store/file-key-wrapping.js';
import { RECIPIENTS } from '../../store/role-keys.js';
import { statePaths } from '../../store/state-paths.js';
import { verifyState } from '../../store/verify.js';
import type { Check } from '../../store/verify-check.js';
import { play, withHouse } from '../support/house.js';
import { randomTwin } from '../support/twin.js';

const MAX_EVENTS = 200;
const MAX_BYTES = 120_000;

/** Every scenario, with other names, counts and times than on disk, ends as its description promises; the tenants show it. */
test.each(listScenarios().map((name, i) => [name, 1000 + i] as const))(
  '%s ends as promised',
  async (scenario, seed) => {
    await withHouse({ scenario, change: (s) => randomTwin(s, seed) }, async (house, state) => {
      const run = await play(house);
      expect(await differences(house.scenario.promise, run.outcome)).toEqual([]);
      for (const report of run.outcome.reports)
        for (const action of report.actions) expect(action).toHaveProperty('verified');
      const { words = '' } = house.scenario.plays.subject;
      expect(house.slack.forms(house.scenario.subject)).toHaveLength(words === '' ? 0 : 1);
      for (const { html } of run.reports) expect(html).toMatch(new RegExp(`${words}[^]*</html>`));

      expect(await unproven(state)).toEqual([]);

      const [first] = run.states;
      const described = await house.client.workflow.getHandle(first!.caseId).describe();
      expect(described.historyLength).toBeLessThan(MAX_EVENTS);
      if (house.scenario.promise.cases === 1) expect(described.historySize).toBeLessThan(MAX_BYTES);
    });
  },
);

/** What `quell verify` cannot prove of a state folder, with every key. */
async function unproven(state: string): Promise<readonly Check[]> {
  const keys = KeyRing.read({ dir: statePaths(state).keys });
  const given = {
    audit: [keys.verifying('audit')],
    manifest: [keys.verifying('manifest')],
    open: RECIPIENTS.dossier.map((name) => openedBy(keys.opening(name))),
  };
  const checks = await withDatabase((database) => verifyState(state, folderStorage(state), database, given), state);
  for (const name of ['evidence manifests', 'dossier files', 'reports files'])
    expect(checks.find((check) => check.name === name)?.count).toBeGreaterThan(0);
  return checks.filter(({ outcome }) => outcome !== 'ok');
}

/** A case that may close waits for the slowest log, two days: here that is a quarter of a minute. */
const PACE = { lag: 12_000, people: 600 };

/** The same alert without the decisive events: not compromised, and nobody is locked out. */
const decisive = listScenarios().filter((name) => loadScenario(name).rows.some((row) => row.decisive));
test.each(decisive)('%s without its decisive events writes nothing', async (scenario) => {
  const options = { scenario, pace: PACE, withoutDecisive: true, change: (s: Scenario) => randomTwin(s, 7) };
  await withHouse(options, async (house) => {
    const run = await play(house);
    expect(run.states.map((s) => s.verdict)).not.toContain('compromised');
    expect(run.states.map((s) => s.verdict)).not.toContain('insider');
    expect(house.world.journal).toEqual([]);
  });
});
