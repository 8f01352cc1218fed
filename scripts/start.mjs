/** `npm start`: sets itself up, then runs the demo. */
import { checkNode, handOver, installDependencies } from './lib/setup.mjs';

checkNode();
installDependencies();
const { temporalCli } = await import('./lib/temporal-cli.mjs');
const env = process.env.TEMPORAL_ADDRESS ? {} : { QUELL_TEMPORAL_CLI: temporalCli() };
handOver(['--import', 'tsx', 'cli/demo/main.ts', ...process.argv.slice(2)], env);
