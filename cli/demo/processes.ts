import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { QuellError } from '../../domain/errors.js';

/** What a process says over IPC when it is ready to work, with the addresses it listens on. */
export interface Ready {
  readonly ready: true;
  readonly addresses?: Readonly<Record<string, string>>;
}

export interface ProcessSpec {
  readonly name: string;
  /** Module to run with `node --import tsx`. */
  readonly module: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const STOP_GRACE_MS = 15_000;
const LAST_CHARACTERS = 8_000;

/**
 * The processes of one demo or test: each is `node` itself (never a wrapper, so that its id is its own), logs to
 * `<state>/logs/<name>.log`, and is stopped in reverse order of its start.
 */
export class Processes {
  readonly #running: { spec: ProcessSpec; child: ChildProcess }[] = [];
  #stopping = false;
  /** Called when a process ends that was not asked to. */
  onDeath: (name: string, code: number | null) => void = () => undefined;

  constructor(
    readonly root: string,
    readonly logs: string,
  ) {
    mkdirSync(logs, { recursive: true });
  }

  /** Starts a process and resolves with what it said when it was ready. Rejects with CONFIG and its log's path when it ends before, and when all are being stopped. */
  start(spec: ProcessSpec, readyWithinMs = 120_000): Promise<Ready> {
    if (this.#stopping) return Promise.reject(new QuellError('CONFIG', `${spec.name} is not started any more`));
    const logPath = join(this.logs, `${spec.name}.log`);
    const log = createWriteStream(logPath, { flags: 'a' });
    const child = spawn(process.execPath, ['--import', 'tsx', join(this.root, spec.module), ...(spec.args ?? [])], {
      cwd: this.root,
      env: { ...process.env, ...spec.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A Ctrl-C in the terminal goes to the supervisor alone, which stops the others in order.
      detached: true,
    });
    let last = '';
    child.stdout?.on('data', (chunk: Buffer) => (last = `${last}${chunk.toString()}`.slice(-LAST_CHARACTERS)));
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    this.#running.push({ spec, child });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new QuellError('CONFIG', `${spec.name} was not ready in time; see ${logPath}`)),
        readyWithinMs,
      );
      child.on('message', (message: unknown) => {
        if (typeof message === 'object' && message !== null && 'ready' in message) {
          clearTimeout(timer);
          resolve(message as Ready);
        }
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        const index = this.#running.findIndex((r) => r.child === child);
        if (index >= 0) this.#running.splice(index, 1);
        if (!this.#stopping) this.onDeath(spec.name, code);
      });
      // By then all that it said has been read.
      child.once('close', () =>
        reject(new QuellError('CONFIG', `${spec.name} ended before it was ready${failureIn(last)}; see ${logPath}`)),
      );
    });
  }

  /** Process id of a running process, for tests that kill it. */
  pid(name: string): number | undefined {
    return this.#running.find((r) => r.spec.name === name)?.child.pid;
  }

  /** SIGTERM in reverse order of the start, SIGKILL to what does not end in time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { child } of [...this.#running].reverse()) await end(child);
  }
}

/** The first line of the failure that a process logged last. */
function failureIn(log: string): string {
  try {
    const { failure } = JSON.parse(log.trim().split('\n').at(-1) ?? '') as { readonly failure?: unknown };
    return typeof failure === 'string' ? `: ${failure.split('\n')[0] ?? ''}` : '';
  } catch {
    return '';
  }
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
