import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { QuellError } from '../../domain/errors.js';
import { Lock } from '../lock.js';
import type { Binaries } from './binaries.js';
import { ADMIN, clusterPaths, dataArgument, passwordFile, prepareCluster, type ClusterPaths } from './cluster.js';
import { inDatabase } from './errors.js';
import { endOrphan, isReady, serverPid, signalTo } from './orphan.js';
import { serverUser, type ServerUser } from './server-user.js';
import { clientConfig, databaseSettings, socketUrl } from './settings.js';

export interface OwnPostgresOptions {
  /** Folder of this server: its data, its socket and the passwords. */
  readonly root: string;
  readonly log: string;
  /** False for tests alone: what was committed may be lost when the machine stops. */
  readonly durable?: boolean;
  /** Hears what a reader should know. */
  readonly print?: (line: string) => void;
}

/** How a process signs in as one role. */
export interface DatabaseEnv {
  readonly DATABASE_URL: string;
  readonly DATABASE_PASSWORD_FILE: string;
}

const DATABASE = 'quell';
const UP_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 25;
/** A server that was killed leaves processes for a moment, and the next one does not start beside them. */
const STARTS = 10;
const START_AGAIN_MS = 300;
/** Longest path of a Unix socket: 107 bytes on Linux, 103 on macOS. */
const LONGEST_SOCKET = 103;
const SOCKET_NAME = '/.s.PGSQL.5432';

/**
 * The server is started and watched by a shell that reads from us: when we end, however, it reads the end and shuts the server down. The shell ends with the server.
 */
const WATCH = `exec 3<&0
"$@" </dev/null 3<&- & server=$!
{ read -r _ <&3; kill -INT $server; } >/dev/null 2>&1 & watch=$!
exec 3<&-
wait $server; code=$?
kill $watch 2>/dev/null
exit $code`;

/**
 * A PostgreSQL server of our own, for the demo and the tests: no port, a socket in a folder that nobody else can enter. It ends when the process that started it ends,
 * and is started again when it is killed.
 */
export class OwnPostgres {
  #child: ChildProcess | undefined;
  #stopping = false;
  /** Settles when the server that was started last is up, or cannot be brought up. */
  #up: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: OwnPostgresOptions,
    private readonly paths: ClusterPaths,
    private readonly user: ServerUser,
    private readonly binaries: Binaries,
    private readonly lock: Lock,
    /** Folder by which clients reach the socket. */
    private readonly socket: string,
  ) {}

  /**
   * Starts the server, at first making its files, and resolves when its database answers. A server that a killed owner left behind is ended first.
   * Errors: STORE when another process has it, or its files are another user's; CONFIG when there is none to start or it does not come up.
   */
  static async start(given: OwnPostgresOptions): Promise<OwnPostgres> {
    if (process.platform === 'win32')
      throw new QuellError('CONFIG', 'on Windows set DATABASE_URL: the own server is on a Unix socket');
    const options = { ...given, root: resolve(given.root) };
    const paths = clusterPaths(options.root);
    mkdirSync(options.root, { recursive: true, mode: 0o700 });
    mkdirSync(dirname(options.log), { recursive: true, mode: 0o700 });
    const lock = await Lock.take(join(options.root, 'owner.lock'));
    let server: OwnPostgres | undefined;
    try {
      const user = serverUser();
      await endOrphan(paths.data);
      const binaries = prepareCluster(paths, user);
      server = new OwnPostgres(options, paths, user, binaries, lock, socketFolder(paths.server, options.print));
      await server.#launch();
      await server.#makeDatabase();
      return server;
    } catch (error) {
      await (server ? server.stop() : lock.release());
      throw error;
    }
  }

  /** Process id of the server while it runs. */
  get pid(): number | undefined {
    return serverPid(this.paths.data);
  }

  /** How a role signs in. Whoever makes the role gives it the password of the file. */
  env(role = ADMIN, database = DATABASE): DatabaseEnv {
    return {
      DATABASE_URL: socketUrl(this.socket, role, database),
      DATABASE_PASSWORD_FILE: passwordFile(this.paths, role),
    };
  }

  /** Fast shutdown: transactions that run are rolled back. Resolves when the files are free. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#up.catch(() => undefined);
    this.#child?.stdin?.end();
    await endOrphan(this.paths.data).catch(() => undefined);
    await ended(this.#child);
    if (this.socket !== this.paths.server) rmSync(dirname(this.socket), { recursive: true, force: true });
    await this.lock.release();
  }

  /** Kills the server, for tests of what survives, and resolves when it is up again. Errors: CONFIG when it does not come up. */
  async kill(): Promise<void> {
    const { pid } = this;
    if (pid !== undefined) signalTo(pid, 'SIGKILL');
    await ended(this.#child);
    await this.#up;
  }

  async #launch(): Promise<void> {
    for (let start = 1; ; start++) {
      await endOrphan(this.paths.data);
      const child = this.#spawn();
      this.#child = child;
      if (await this.#answers(child)) {
        void ended(child).then(() => this.#again(child));
        return;
      }
      if (this.#stopping || start === STARTS)
        throw new QuellError('CONFIG', `the database server did not start: ${lastWords(this.options.log)}`);
      await sleep(START_AGAIN_MS);
    }
  }

  #again(child: ChildProcess): void {
    if (this.#stopping || this.#child !== child) return;
    this.options.print?.('the database server ended, and is started again');
    this.#up = this.#launch();
    this.#up.catch((error: unknown) => this.options.print?.(error instanceof Error ? error.message : String(error)));
  }

  #spawn(): ChildProcess {
    const log = openSync(this.options.log, 'a', 0o600);
    try {
      const { data } = this.paths;
      const server = [join(this.binaries.folder, 'postgres'), '-D', dataArgument(data), ...settingsOf(this.options)];
      const child = spawn('/bin/sh', ['-c', WATCH, 'sh', ...server], {
        ...{ ...this.user, cwd: data, stdio: ['pipe', log, log] as const },
        // A Ctrl-C in the terminal goes to its owner alone, which stops the others first.
        detached: true,
        env: { PATH: process.env['PATH'] ?? '' },
      });
      child.on('error', () => undefined); // it has not started, as `#answers` finds
      child.stdin?.on('error', () => undefined); // it ended before we let go
      return child;
    } finally {
      closeSync(log);
    }
  }

  /** False when it ends before it answers. Its own file says when it does: each question that comes too early would be a line in the log. */
  async #answers(child: ChildProcess): Promise<boolean> {
    for (const deadline = Date.now() + UP_WITHIN_MS; !hasEnded(child); await sleep(LOOK_EVERY_MS)) {
      if (isReady(this.paths.data)) {
        await this.#asAdmin('postgres', (client) => client.query('SELECT 1'));
        return true;
      }
      if (Date.now() > deadline)
        throw new QuellError('CONFIG', `the database server is not ready in time; see ${this.options.log}`);
    }
    return false;
  }

  async #makeDatabase(): Promise<void> {
    await this.#asAdmin('postgres', async (client) => {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    });
  }

  #asAdmin<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
    return inDatabase(async () => {
      const client = new Client({
        ...clientConfig(databaseSettings({ ...this.env(ADMIN, database) })),
        connectionTimeoutMillis: UP_WITHIN_MS,
      });
      client.on('error', () => undefined); // unheard, the event would end the process
      try {
        await client.connect();
        return await work(client);
      } finally {
        await client.end().catch(() => undefined);
      }
    });
  }
}

/** By arguments: an edited or older file of settings changes nothing of it. */
function settingsOf({ durable = true }: OwnPostgresOptions): readonly string[] {
  const settings = {
    listen_addresses: '',
    max_connections: '300', // several organisations beside each other, with each role of theirs
    unix_socket_directories: '..', // seen from the data
    // What people wrote is no business of a log: neither statements nor the values that errors quote.
    log_min_error_statement: 'panic',
    log_min_messages: 'log', // without the errors of statements, whose own text quotes what could not be read
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    timezone: 'UTC',
    // After a crash one call for the file system, where it would be one for each file.
    ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Folder by which clients reach the socket: the server's own, or where that is too long for a socket a link to it from a short one. */
function socketFolder(server: string, print: OwnPostgresOptions['print']): string {
  if (Buffer.byteLength(server + SOCKET_NAME) <= LONGEST_SOCKET) return server;
  const link = join(mkdtempSync(join(tmpdir(), 'quell-')), 'db');
  symlinkSync(server, link);
  print?.(`the path of the database's socket is too long for a socket; it is reached by ${link}`);
  return link;
}

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

function ended(child: ChildProcess | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (child === undefined || hasEnded(child)) resolve();
    else child.once('exit', () => resolve());
  });
}

/** The last line of its log says why. */
function lastWords(log: string): string {
  return `${readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? ''} (${log})`;
}
