// `npm run soak`: whole cases under kills by chance, round after round (docs/operations.md, test/chaos/soak.ts). Arguments are its own.
import { checkNode, goOnAs, installDependencies, orExit } from './lib/setup.mjs';
import { temporalCli } from './lib/temporal-binaries.mjs';

orExit(() => {
  checkNode();
  installDependencies();
  process.env['QUELL_TEMPORAL_CLI'] = temporalCli();
});
await goOnAs('test/chaos/soak.ts', process.argv.slice(2));
