/** A process that runs scenarios, several beside each other: its parent says which (`Order`), it answers with a `Row` each. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import pino from 'pino';
import { QuellError } from '../../../domain/errors.js';
import { loadSituation } from '../../../simulator/core/scenario.js';
import { World } from '../../../simulator/core/world.js';
import type { SharedRuntime } from '../../../workers/context.js';
import { createLogger, installSharedRuntime } from '../../../workers/runtime.js';
import type { DemoDatabase } from '../database.js';
import { aboutsOf, readExpected, type Expected } from './expected.js';
import { failedRow, judge, type Row } from './judge.js';
import { Names } from './names.js';
import { startOrganisation } from './organisation.js';
import { playScenario } from './play.js';

export interface Setting {
  /** Of Temporal. */
  readonly address: string;
  /** File with the workflows' code. */
  readonly bundle: string;
  readonly log: string;
  readonly database: Pick<DemoDatabase, 'owner' | 'folder'>;
}
export interface Order {
  readonly name: string;
  /** With `scenario.yaml` and `expected.json`. */
  readonly folder: string;
  readonly namespace: string;
  /** Of the organisation; taken away afterwards unless it is to be kept. */
  readonly state: string;
  readonly keep: boolean;
  readonly limitMs: number;
}
export type ToRunner = { readonly setting: Setting } | { readonly order: Order };
export type FromRunner = { readonly ready: true } | { readonly row: Row; readonly cpuSeconds: number };

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
/** Stopping waits for what a role is doing. */
const STOP_WITHIN_MS = 20_000;
const ONE_POLLER = { type: 'simple-maximum', maximum: 1 } as const;
const TWO_POLLERS = { type: 'simple-maximum', maximum: 2 } as const;

let shared: SharedRuntime | undefined;
let setting: Setting | undefined;

process.on('message', (message: ToRunner) => {
  if ('setting' in message) void begin(message.setting);
  else void run(message.order).then((row) => tell({ row, cpuSeconds: cpuSeconds() }));
});
// The parent is gone, or needs this process no longer.
process.on('disconnect', () => process.exit(0));

async function begin(given: Setting): Promise<void> {
  installSharedRuntime(createLogger('quell-verdicts', pino.destination({ dest: given.log, mkdir: true })));
  setting = given;
  shared = {
    connection: await NativeConnection.connect({ address: given.address }),
    workflowBundle: { codePath: given.bundle },
    worker: {
      maxCachedWorkflows: 50,
      // Workflows in this very thread: one of its own for each organisation costs more than all that they do.
      debugMode: true,
      // A case is one after the other, mostly: a poller that waits costs the server and this process all the same.
      workflowTaskPollerBehavior: TWO_POLLERS,
      activityTaskPollerBehavior: ONE_POLLER,
      shutdownGraceTime: '1 second',
      shutdownForceTime: '10 seconds',
    },
  };
  tell({ ready: true });
}

/** Never rejects: what goes wrong is told in the row. */
async function run({ name, folder, namespace, state, keep, limitMs }: Order): Promise<Row> {
  let expected: Expected | undefined;
  try {
    expected = readExpected(folder);
    const scenario = loadSituation(folder);
    const names = new Names(new World(scenario));
    for (const about of aboutsOf(expected)) names.ids(about); // a label that names nobody is told before the run
    if (!shared || !setting) throw new Error('the runner has not begun');
    const organisation = await startOrganisation({
      root: ROOT,
      ...{ state, scenario, shared, database: setting.database },
      temporal: { address: setting.address, namespace },
    });
    try {
      const ended = await playScenario(organisation, limitMs);
      return judge(name, expected, ended, names, scenario.subject);
    } finally {
      await Promise.race([organisation.stop(), sleep(STOP_WITHIN_MS)]);
    }
  } catch (error) {
    const failure =
      error instanceof QuellError ? error.message : error instanceof Error ? (error.stack ?? error.message) : 'unknown';
    return failedRow(name, expected ?? { truth: 'attack', verdicts: ['compromised'], must: [], mustSay: [] }, failure);
  } finally {
    if (!keep) rmSync(state, { recursive: true, force: true });
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

function tell(message: FromRunner): void {
  process.send?.(message);
}
