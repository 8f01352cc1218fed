import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listScenarios, loadScenario } from '../../simulator/core/scenario.js';
import { randomTwin } from '../support/twin.js';
import { Judge } from './support/judge.js';
import { noiseOf } from './support/noise.js';
import { readScenario } from './support/stage.js';

/** What other people do, who writes to the subject, and one more of the subject's own habits change no verdict. A failure prints its seed. */
it.each(listScenarios())('%s ends as promised in a busy organisation', async (name) => {
  const scenario = loadScenario(name);
  await fc.assert(
    fc.asyncProperty(noiseOf(scenario), fc.integer({ min: 1, max: 9999 }), async (noise, seed) => {
      const read = await readScenario(name, {
        change: (s) => ({ ...randomTwin(s, seed), rows: [...randomTwin(s, seed).rows, ...noise] }),
        hoursAgo: seed % 12,
      });
      const { escalation } = await new Judge(read).judge();
      expect(escalation.verdict).toBe(scenario.promise.verdict);
    }),
    { numRuns: 2, endOnFailure: true },
  );
});
