import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CaseVault, fileKeys, folderStorage } from '../store/case-vault.js';
import { generateDemoKeys } from '../store/demo-keys.js';
import { KeyRing } from '../store/key-ring.js';
import { alertTasks } from './alerts.js';
import { auditTasks } from './audit.js';
import { benchDatabase } from './database.js';
import { decisionTasks } from './decisions.js';
import { evidenceTasks } from './evidence.js';
import { gateTasks } from './gate.js';
import { listTasks } from './lists.js';
import { measure, table, type Measurement } from './measure.js';
import { readerTasks } from './readers.js';
import { storeTasks } from './stores.js';
import { subjectTasks } from './subjects.js';
import { verifyTasks } from './verify.js';

/**
 * `npm run bench`: how fast the parts are that a case waits for, as a table, or with `--json` for a comparison; `--only
 * WORD` for those whose name has it. Real modules on made-up
 * rows; `ratio` is the speed beside the plain way, which ran in turn with it. Nothing is asserted about time. Run it before and after a change, on the same machine, with nothing else going on.
 */
const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});

const folder = mkdtempSync(join(tmpdir(), 'quell-bench-'));
generateDemoKeys(join(folder, 'keys'));
const keys = KeyRing.read({ dir: join(folder, 'keys') });
const database = await benchDatabase(folder);
const stores = storeTasks(keys, database.as('intake'));
const evidence = evidenceTasks(folder, keys);
const gate = gateTasks(
  database.as('containment'),
  new CaseVault(folderStorage(folder), fileKeys(keys, 'containment')).notes(),
);
const audit = auditTasks((role) => database.as(role), keys);
const subjects = await subjectTasks(database.as('evidence'), folder);
const lists = listTasks(database);
const verify = verifyTasks(database, keys.signing('audit'), join(folder, 'keys', 'audit.pub'));
const readers = await readerTasks();
const measured: Measurement[] = [];
try {
  const tasks = [
    ...alertTasks(),
    ...decisionTasks(),
    ...gate,
    ...audit,
    ...readers.tasks,
    ...stores,
    ...evidence.tasks,
    ...subjects,
    ...lists,
    ...verify,
  ];
  for (const task of tasks.filter(({ name }) => name.includes(values.only))) measured.push(await measure(task));
} finally {
  await database.stop();
  await readers.close();
  await evidence.close();
  rmSync(folder, { recursive: true, force: true });
}

const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
process.stdout.write(
  values.json
    ? `${JSON.stringify({ machine, measured }, undefined, 2)}\n`
    : `${table(measured)}\n\n${machine.cpu}, ${machine.cores} cores, node ${machine.node}\n`,
);
