import { Command } from 'commander';
import { QuellError } from '../domain/errors.js';
import { registerAlerts } from './alerts.js';
import { registerCases } from './cases.js';
import { registerCheck } from './check.js';
import { registerDecisions } from './decisions.js';
import { registerManifest } from './manifest.js';
import { registerRun } from './run.js';
import { registerTasks } from './tasks.js';
import { registerVerify } from './verify.js';

const program = new Command('quell')
  .description('Incident response for MITRE ATT&CK T1213.005, as durable workflows')
  .showHelpAfterError();

registerRun(program);
registerAlerts(program);
registerCases(program);
registerDecisions(program);
registerTasks(program);
registerVerify(program);
registerCheck(program);
registerManifest(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(
    `${error instanceof QuellError ? error.message : error instanceof Error ? error.message : 'failed'}\n`,
  );
  process.exitCode = 1;
}
