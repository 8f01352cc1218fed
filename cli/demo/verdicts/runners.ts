import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readExpected } from './expected.js';
import { failedRow, type Row } from './judge.js';
import type { FromRunner, Order, Setting, ToRunner } from './runner.js';

const MODULE = fileURLToPath(new URL('./runner.ts', import.meta.url));

export interface RunnersOptions {
  readonly setting: Setting;
  /** Processes; each runs its share of `parallel` scenarios at once. */
  readonly processes: number;
  readonly parallel: number;
  readonly onRow: (row: Row) => void;
  readonly signal: AbortSignal;
}

export interface RunnersEnd {
  /** In the order of the orders. */
  readonly rows: readonly Row[];
  /** Of all runner processes. */
  readonly cpuSeconds: number;
}

/** Runs all orders in a few processes. A process that dies fails what it ran, and another goes on. Rejects when the signal comes. */
export async function runAll(orders: readonly Order[], options: RunnersOptions): Promise<RunnersEnd> {
  const { processes, parallel, signal } = options;
  const waiting = [...orders];
  const rows = new Map<string, Row>();
  const settle = (row: Row): void => {
    rows.set(row.name, row);
    options.onRow(row);
  };
  const children = new Set<ChildProcess>();
  const end = (): void => {
    for (const child of children) child.kill();
  };
  signal.addEventListener('abort', end);
  try {
    const used = await Promise.all(
      Array.from({ length: processes }, async (_, n) => {
        const slots = Math.floor(parallel / processes) + (n < parallel % processes ? 1 : 0);
        let cpuSeconds = 0;
        while (waiting.length > 0 && !signal.aborted)
          cpuSeconds += await serve(waiting, slots, options.setting, settle, children);
        return cpuSeconds;
      }),
    );
    signal.throwIfAborted();
    return {
      rows: orders.flatMap(({ name }) => rows.get(name) ?? []),
      cpuSeconds: used.reduce((a, b) => a + b, 0),
    };
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

/** One process from its start to its end, which comes when nothing waits or it dies. Resolves with the CPU seconds that it used. */
function serve(
  waiting: Order[],
  slots: number,
  setting: Setting,
  settle: (row: Row) => void,
  children: Set<ChildProcess>,
): Promise<number> {
  const child = fork(MODULE, [], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.add(child);
  const tell = (message: ToRunner): boolean => child.send(message);
  const running = new Map<string, Order>();
  let used = 0;
  const fill = (): void => {
    while (running.size < slots) {
      const order = waiting.shift();
      if (!order) break;
      running.set(order.name, order);
      tell({ order });
    }
    if (running.size === 0) child.disconnect();
  };
  tell({ setting });
  child.on('message', (message: FromRunner) => {
    if ('row' in message) {
      running.delete(message.row.name);
      used = message.cpuSeconds;
      settle(message.row);
    }
    fill();
  });
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      children.delete(child);
      for (const { name, folder } of running.values())
        settle(failedRow(name, readExpected(folder), `its process ended: ${signal ?? String(code)}`));
      resolve(used);
    });
  });
}
