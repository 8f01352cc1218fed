// `npm run verdicts`: labelled scenarios through the whole product. Arguments are the command's (docs/verdicts.md).
import { checkNode, goOnAs, installDependencies, orExit } from './lib/setup.mjs';
import { temporalCli } from './lib/temporal-binaries.mjs';

const args = process.argv.slice(2);

orExit(() => {
  checkNode();
  installDependencies();
  if (!args.includes('--help')) process.env['QUELL_TEMPORAL_CLI'] = temporalCli();
});
await goOnAs('cli/demo/verdicts/main.ts', args);
