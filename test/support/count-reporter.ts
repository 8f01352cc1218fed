import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Ends the output with `N passed, N failed`, single tests counted. Whatever keeps tests from running counts as failed too:
 * a file that cannot be loaded, a hook, an error outside of tests. A run without any test fails.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) for (const test of module.children.allTests()) counts[test.result().state]++;
    const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    // Pending at the end: the run was cut short.
    const failed = counts.failed + counts.pending + groups.filter((g) => g.errors().length > 0).length + errors.length;
    if (failed > 0 || counts.passed === 0) process.exitCode = 1;
    const skipped = counts.skipped > 0 ? `, ${String(counts.skipped)} skipped` : '';
    process.stdout.write(`\n${String(counts.passed)} passed, ${String(failed)} failed${skipped}\n`);
  }
}
