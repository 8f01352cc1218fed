import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { QuellError } from '../domain/errors.js';
import { Lock } from '../store/lock.js';
import { endLeftover, forgetPid, notePid } from './leftover.js';
import { ensureSearchAttributes, searchAttributeFlags, setRetention } from './namespace.js';

export interface DevServerOptions {
  /** Path of the Temporal CLI. */
  readonly cli: string;
  readonly port: number;
  /** Without one there is no UI. */
  readonly uiPort?: number;
  /** Database file: the cases survive a restart. */
  readonly database: string;
  readonly log: string;
  /** Beside `default`, made at the start of a new database, ready for the workflows. */
  readonly namespaces?: readonly string[];
  /** Codec server that the UI asks. */
  readonly codecEndpoint?: string;
}

const UP_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const NAMESPACE = 'default';
const RETENTION = '30 days';

/** A Temporal dev server as a child process, on a database file with the pragmas that make it as quick as memory. */
export class DevServer {
  readonly address: string;
  /** Settles when the process has ended and its database is free again. */
  readonly #gone: Promise<void>;
  #ended: string | undefined;

  private constructor(
    private readonly options: DevServerOptions,
    readonly child: ChildProcess,
    lock: Lock,
  ) {
    this.address = `127.0.0.1:${options.port}`;
    // Also when the supervisor ends on an error; what a SIGKILL leaves behind, the next start ends.
    const endWithUs = (): void => void child.kill();
    process.once('exit', endWithUs);
    this.#gone = new Promise<void>((resolve) => {
      child.once('error', (error) => resolve(void (this.#ended = error.message)));
      child.once('exit', () => resolve(void (this.#ended = lastWords(options.log))));
    }).then(() => {
      process.off('exit', endWithUs);
      forgetPid(options.database);
      return lock.release();
    });
  }

  /**
   * Starts the server and resolves when it answers and its namespace is ready. A server that was left behind on the same
   * database by a killed supervisor is ended first. Errors: STORE when another process has a server on this database; CONFIG when the server
   * does not come up or the database holds a search attribute of another type.
   */
  static async start(given: DevServerOptions, attempts = 2): Promise<DevServer> {
    const options = { ...given, database: resolve(given.database) };
    mkdirSync(dirname(options.database), { recursive: true, mode: 0o700 });
    mkdirSync(dirname(options.log), { recursive: true, mode: 0o700 });
    const lock = await Lock.take(`${options.database}.lock`);
    await endLeftover(options.database);
    // Its own process group: a Ctrl-C in the terminal reaches the supervisor, which stops its workers first.
    const child = spawn(options.cli, argumentsOf(options), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const log = createWriteStream(options.log, { flags: 'a', mode: 0o600 });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('close', () => log.end());
    if (child.pid !== undefined) notePid(options.database, child.pid);
    const server = new DevServer(options, child, lock);
    try {
      await server.#untilReady();
    } catch (error) {
      const endedByItself = server.#ended !== undefined;
      await server.stop('SIGKILL');
      // The server draws the ports of its own services at random, and ends when somebody else was faster.
      if (endedByItself && attempts > 1) return await DevServer.start(given, attempts - 1);
      throw error;
    }
    return server;
  }

  /** The CLI has no flag for retention, and its flag for search attributes acts only on a new database: both are set at every start. */
  async #untilReady(): Promise<void> {
    const deadline = Date.now() + UP_WITHIN_MS;
    for (;;) {
      try {
        const connection = await Connection.connect({ address: this.address, connectTimeout: 1_000 });
        try {
          await setRetention(connection, NAMESPACE, RETENTION);
          await ensureSearchAttributes(connection, NAMESPACE);
        } finally {
          await connection.close();
        }
        // Somebody else's server may be the one that answers at this port.
        this.#refuseIfEnded();
        return;
      } catch (error) {
        this.#refuseIfEnded();
        if (error instanceof QuellError || Date.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }

  #refuseIfEnded(): void {
    if (this.#ended !== undefined)
      throw new QuellError('CONFIG', `the Temporal dev server did not start: ${this.#ended}`);
  }

  /** SIGTERM unless told otherwise, SIGKILL to what does not end in time. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_WITHIN_MS);
    this.child.kill(signal);
    await this.#gone;
    clearTimeout(timer);
  }
}

/** The last line of its log says why; the file may be gone with a test's folder. */
function lastWords(log: string): string {
  try {
    return `${readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? ''} (${log})`;
  } catch {
    return `see ${log}`;
  }
}

function argumentsOf({ port, uiPort, database, codecEndpoint, namespaces = [] }: DevServerOptions): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--db-filename', database],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ...(uiPort === undefined
      ? ['--headless']
      : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort), '--ui-disable-news-fetch']),
    ...namespaces.flatMap((name) => ['--namespace', name]),
    // Of all namespaces; `default` alone gets them afterwards.
    ...(namespaces.length === 0 ? [] : searchAttributeFlags()),
    ...(codecEndpoint === undefined ? [] : ['--ui-codec-endpoint', codecEndpoint]),
    // One partition and fairness on: priority and fairness of a single node are exact only then.
    ...[
      'matching.numTaskqueueReadPartitions=1',
      'matching.numTaskqueueWritePartitions=1',
      'matching.enableFairness=true',
    ].flatMap((v) => ['--dynamic-config-value', v]),
    ...['--log-level', 'warn'],
  ];
}
