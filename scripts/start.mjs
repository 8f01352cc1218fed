// `npm start`: sets itself up, then goes on as the demo. Arguments are the demo's.
import { checkNode, goOnAs, installDependencies, orExit, ROOT } from './lib/setup.mjs';
import { temporalCli } from './lib/temporal-binaries.mjs';

const args = process.argv.slice(2);
const startsServer = !process.env['TEMPORAL_ADDRESS'] && !args.includes('--list') && !args.includes('--help');

process.chdir(ROOT);
orExit(() => {
  checkNode();
  installDependencies();
  if (startsServer) process.env['QUELL_TEMPORAL_CLI'] = temporalCli();
});
await goOnAs('cli/demo/main.ts', args);
