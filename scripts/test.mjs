// `npm test`: sets itself up, then goes on as vitest, whose last line is `N passed, N failed`. Arguments are vitest's.
import { checkNode, goOnAs, installDependencies, orExit, ROOT } from './lib/setup.mjs';
import { awsServer } from './lib/aws-server.mjs';
import { temporalCli, temporalTestServer } from './lib/temporal-binaries.mjs';

process.chdir(ROOT);
orExit(() => {
  checkNode();
  installDependencies();
  process.env['QUELL_TEMPORAL_CLI'] = temporalCli();
  process.env['QUELL_TEMPORAL_TEST_SERVER'] = temporalTestServer();
  awsServer();
});
await goOnAs('node_modules/vitest/vitest.mjs', ['run', ...process.argv.slice(2)]);
