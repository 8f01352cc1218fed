import { Command } from 'commander';
import { registerAlerts } from './alerts.js';
import { registerCaseLists } from './case-lists.js';
import { registerCases } from './cases.js';
import { registerCheck } from './check.js';
import { registerDb } from './db.js';
import { registerDecisions } from './decisions.js';
import { registerForget } from './forget.js';
import { registerImportState } from './import-state.js';
import { registerManifest } from './manifest.js';
import { registerReport } from './report.js';
import { registerRun } from './run.js';
import { registerTasks } from './tasks.js';
import { complain, linesOf, onNoReader, print } from './terminal.js';
import { registerVerify } from './verify.js';

const program = new Command('quell')
  .description('Incident response for MITRE ATT&CK T1213.005, as durable workflows')
  .showHelpAfterError()
  .configureOutput({
    writeOut: (text) => print(...linesOf(text)),
    writeErr: (text) => complain(...linesOf(text)),
  });

registerRun(program);
registerAlerts(program);
registerCaseLists(program);
registerCases(program);
registerReport(program);
registerDecisions(program);
registerTasks(program);
registerVerify(program);
registerCheck(program);
registerManifest(program);
registerDb(program);
registerForget(program);
registerImportState(program);

// Who reads the output may stop early (`| head`): then there is nobody left to tell.
onNoReader((error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  complain(...linesOf(error instanceof Error ? error.message : 'failed'));
  process.exitCode = 1;
}
