/** What `npm run mutants` does; docs/mutants.md says why, and which mutants may live. */
export default {
  /** The files that decide on a write. Their tests are in `include` of vitest.mutants.config.ts. */
  mutate: [
    'activities/containment/addresses.ts',
    'activities/containment/automatic.ts',
    'activities/containment/budget.ts',
    'activities/containment/decisions.ts',
    'activities/containment/gate.ts',
    'activities/containment/plan-author.ts',
    'activities/containment/protection.ts',
    'activities/containment/switch.ts',
    'domain/approval.ts',
    'domain/authority.ts',
    'domain/budget.ts',
    'domain/switch.ts',
    'platforms/resolve.ts',
  ],
  /** Percent of the mutants that a test must notice. Raise it with the score, never lower it. */
  thresholds: { high: 99, low: 98, break: 98 },

  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutants.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner', './scripts/lib/error-words.mjs'],
  ignorers: ['error-words'],
  coverageAnalysis: 'perTest',
  ignoreStatic: false, // lists such as the facts that no approval overrides are read once, at load, and decide
  concurrency: 2,
  timeoutMS: 20_000, // a busy machine must not pass for an endless loop

  reporters: [],
  logLevel: 'error',
  tempDirName: '.cache/mutants',
  ignorePatterns: ['.cache', '.quell', 'coverage', 'dist', 'scratch*', 'docs', 'test/replay'],
};
