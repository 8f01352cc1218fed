import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { QuellError } from '../../../domain/errors.js';
import { DevServer } from '../../../workers/dev-server.js';
import { bundleWorkflows } from '../../../workers/workflow-code.js';
import { demoDatabase, type DemoDatabase } from '../database.js';
import { freePort } from '../ports.js';
import type { Row } from './judge.js';
import { runAll } from './runners.js';

/** Cores beyond these the Temporal server has for itself. */
const MOST_PROCESSES = 4;

export interface VerdictsOptions {
  readonly folder: string;
  readonly names: readonly string[];
  /** Scenarios at once. */
  readonly parallel: number;
  /** Keeps what each organisation left. */
  readonly keep: boolean;
  readonly limitMs: number;
  readonly onRow: (row: Row) => void;
  readonly signal: AbortSignal;
}

export interface VerdictsRun {
  readonly rows: readonly Row[];
  /** Seconds of all of it, starts included. */
  readonly seconds: number;
  /** CPU seconds of the processes that run the product and the tenants. */
  readonly cpuSeconds: number;
  readonly state: string;
}

/** Runs scenarios on one Temporal server, each organisation in a namespace of its own. Errors: CONFIG without a Temporal CLI; what the signal aborts with. */
export async function runVerdicts(options: VerdictsOptions): Promise<VerdictsRun> {
  const cli = process.env['QUELL_TEMPORAL_CLI'];
  if (!cli) throw new QuellError('CONFIG', 'QUELL_TEMPORAL_CLI is not set; run it by npm run verdicts');
  const began = Date.now();
  const { names, keep, limitMs, parallel, signal } = options;
  const state = keep ? keptFolder(began) : mkdtempSync(join(tmpdir(), 'quell-verdicts-'));
  const orders = names.map((name, n) => ({
    ...{ name, keep, limitMs },
    folder: resolve(options.folder, name),
    namespace: `v${n}`,
    state: join(state, name),
  }));
  let server: DevServer | undefined;
  let database: DemoDatabase | undefined;
  try {
    const bundle = join(state, 'workflows.js');
    database = await demoDatabase(state, () => undefined);
    const [started] = await Promise.all([
      DevServer.start({
        cli,
        port: await freePort(0),
        database: join(state, 'temporal', 'temporal.db'),
        log: join(state, 'temporal.log'),
        namespaces: orders.map((o) => o.namespace),
      }),
      bundleWorkflows().then(({ code }) => writeFileSync(bundle, code)),
    ]);
    server = started;
    const { rows, cpuSeconds } = await runAll(orders, {
      setting: {
        ...{ address: server.address, bundle, log: join(state, 'product.log') },
        database: { owner: database.owner, folder: database.folder },
      },
      processes: Math.min(MOST_PROCESSES, availableParallelism(), parallel, orders.length),
      ...{ parallel, signal, onRow: options.onRow },
    });
    return { rows, cpuSeconds, state, seconds: (Date.now() - began) / 1_000 };
  } finally {
    await server?.stop();
    await database?.stop();
    if (!keep) rmSync(state, { recursive: true, force: true });
  }
}

function keptFolder(at: number): string {
  const base = resolve(process.env['QUELL_STATE'] ?? '.quell');
  const folder = join(base, 'verdicts', new Date(at).toISOString().replace(/[:.]/g, '-'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
