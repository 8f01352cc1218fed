/** `npm test`: sets itself up, runs the suite, ends with `N passed, N failed`. Arguments go to vitest. */
import { checkNode, handOver, installDependencies } from './lib/setup.mjs';

checkNode();
installDependencies();
const { temporalCli, temporalTestServer } = await import('./lib/temporal-cli.mjs');
handOver(['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], {
  QUELL_TEMPORAL_CLI: temporalCli(),
  QUELL_TEMPORAL_TEST_SERVER: temporalTestServer(),
});
