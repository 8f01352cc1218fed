import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A mutant is done with its first failing test: the quick tests go first. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => (moduleId.includes('/test/domain/') ? 0 : 1);
    return files.sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

/** The tests that `npm run mutants` runs, over and over: of the files that stryker.config.mjs names, none that needs a server or an activity's environment. */
export default defineConfig({
  test: {
    include: [
      'test/domain/{approval,authority,budget,switch}*.test.ts',
      'test/platforms/resolve.test.ts',
      'test/activities/containment/{addresses,automatic,decisions,gate-bound,plan-author,protection,switch-obeyed}.test.ts',
    ],
    setupFiles: './test/support/mutants-setup.ts',
    testTimeout: 60_000,
    isolate: false, // one worker for all the files of a mutant, a new one for the next mutant
    sequence: { sequencer: QuickestFirst },
  },
});
