import { defineConfig } from 'vitest/config';

const MINUTE = 60_000;

/** Slow suites start processes and servers: few at a time on a small machine. */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/count-reporter.ts'],
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          globalSetup: './test/support/database-setup.ts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{e2e,chaos,security,replay,browser,workflows,workers}/**'],
          testTimeout: MINUTE,
          hookTimeout: MINUTE,
        },
      },
      {
        extends: true,
        test: {
          name: 'workflows',
          globalSetup: ['./test/support/global-setup.ts', './test/support/database-setup.ts'],
          include: ['test/{workflows,replay,workers}/**/*.test.ts'],
          testTimeout: 3 * MINUTE,
          hookTimeout: 2 * MINUTE,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          globalSetup: ['./test/support/global-setup.ts', './test/support/database-setup.ts'],
          include: ['test/{e2e,chaos,security,browser}/**/*.test.ts'],
          testTimeout: 10 * MINUTE,
          hookTimeout: 5 * MINUTE,
          fileParallelism: false,
        },
      },
    ],
  },
});
