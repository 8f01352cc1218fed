import { mkdtempSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alertTasks } from './alerts.js';
import { benchDatabase } from './database.js';
import { decisionTasks } from './decisions.js';
import { gateTasks } from './gate.js';
import { measure, table, type Measurement } from './measure.js';
import { readerTasks } from './readers.js';
import { storeTasks } from './stores.js';

/**
 * `npm run bench`: how fast the parts are that a case waits for, as a table, or with `--json` for a comparison; `--only
 * WORD` for those whose name has it. Real modules on made-up
 * rows; nothing is asserted about time. Run it before and after a change, on the same machine, with nothing else going on.
 */
const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});

const folder = mkdtempSync(join(tmpdir(), 'quell-bench-'));
const database = await benchDatabase(folder);
const stores = await storeTasks(folder, database.as('intake'));
const gate = gateTasks(database.as('containment'));
const readers = await readerTasks();
const measured: Measurement[] = [];
try {
  const tasks = [...alertTasks(), ...decisionTasks(), ...gate, ...readers.tasks, ...stores.tasks];
  for (const task of tasks.filter(({ name }) => name.includes(values.only))) measured.push(await measure(task));
} finally {
  await database.stop();
  await readers.close();
  await stores.close();
}

const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
process.stdout.write(
  values.json
    ? `${JSON.stringify({ machine, measured }, undefined, 2)}\n`
    : `${table(measured)}\n\n${machine.cpu}, ${machine.cores} cores, node ${machine.node}\n`,
);
