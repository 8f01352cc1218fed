import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output with `N passed, N failed`, single tests counted; a run without any test fails. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((m) => [...m.children.allTests()]);
    const passed = tests.filter((t) => t.result().state === 'passed').length;
    const skipped = tests.filter((t) => t.result().state === 'skipped').length;
    const failed =
      tests.filter((t) => t.result().state === 'failed').length +
      modules.filter((m) => m.errors().length > 0).length +
      errors.length;
    if (tests.length === 0) process.exitCode = 1;
    process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  }
}
