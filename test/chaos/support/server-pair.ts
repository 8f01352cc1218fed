import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findServer, type Binaries } from '../../../store/postgres/binaries.js';
import { poolOf, query, type Queryable } from '../../../store/postgres/connection.js';
import { serverUser, type ServerUser } from '../../../store/postgres/server-user.js';
import { databaseSettings } from '../../../store/postgres/settings.js';

const OWNER = 'owner';
const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

interface Server {
  /** Its data, and the folder of its socket. */
  readonly data: string;
  readonly socket: string;
}

/** A primary and a standby that follows it by streaming, each commit waiting for both: what is answered is on two servers. Reached by one connection string that names both. */
export class ServerPair {
  readonly #running = new Map<Server, ChildProcess>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'quell-pair-'));
  readonly #user: ServerUser = serverUser();
  readonly #binaries: Binaries = findServer(this.#user);
  readonly #passwordFile = join(this.#folder, 'password');
  readonly #primary = this.#place('a');
  readonly #standby = this.#place('b');

  static async start(): Promise<ServerPair> {
    const pair = new ServerPair();
    try {
      await pair.#start();
      return pair;
    } catch (error) {
      await pair.stop();
      throw error;
    }
  }

  /** Environment of the owner of the database. */
  get env(): { readonly DATABASE_URL: string; readonly DATABASE_PASSWORD_FILE: string } {
    const hosts = [this.#standby, this.#primary].map(({ socket }) => socket).join(',');
    return {
      DATABASE_URL: `postgresql://${OWNER}@/postgres?host=${encodeURIComponent(hosts)}&target_session_attrs=read-write`,
      DATABASE_PASSWORD_FILE: this.#passwordFile,
    };
  }

  /** The primary is gone for good, and the standby takes its place. */
  async failOver(): Promise<void> {
    this.#running.get(this.#primary)?.kill('SIGKILL');
    await this.#at(this.#standby, (on) => query(on, 'SELECT pg_promote()'));
  }

  async stop(): Promise<void> {
    for (const child of this.#running.values()) {
      const runs = child.exitCode === null && child.signalCode === null;
      if (runs) await new Promise((resolve) => child.once('exit', resolve).kill('SIGQUIT'));
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #place(name: string): Server {
    const socket = join(this.#folder, name);
    return { socket, data: join(socket, 'data') };
  }

  async #start(): Promise<void> {
    chmodSync(this.#folder, 0o711); // the standby runs as the servers' user, and follows by the primary's socket
    const password = randomBytes(16).toString('hex');
    writeFileSync(this.#passwordFile, password, { mode: 0o600 });
    for (const { socket } of [this.#primary, this.#standby]) {
      mkdirSync(socket);
      this.#own(socket);
    }
    const given = join(this.#primary.socket, 'password');
    this.#own(given, password);
    const made = spawnSync(
      join(this.#binaries.folder, 'initdb'),
      [
        '-D',
        this.#primary.data,
        '-U',
        OWNER,
        `--pwfile=${given}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '-N',
      ],
      { ...this.#user, cwd: this.#primary.socket, encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(made.stderr);
    await this.#launch(this.#primary);
    await this.#at(this.#primary, async (on) => {
      await query(on, `SELECT pg_backup_start('standby', true)`);
      cpSync(this.#primary.data, this.#standby.data, {
        recursive: true,
        filter: (path) => !path.endsWith('/postmaster.pid'),
      });
      const { rows } = await query<{ labelfile: string }>(on, 'SELECT labelfile FROM pg_backup_stop(false)');
      this.#own(join(this.#standby.data, 'backup_label'), rows[0]?.labelfile ?? '');
    });
    this.#own(join(this.#standby.data, 'standby.signal'), '');
    const conninfo = `host=${this.#primary.socket} user=${OWNER} password=${password}`;
    this.#own(join(this.#standby.data, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`);
    const { uid, gid } = this.#user;
    if (uid !== undefined && gid !== undefined) spawnSync('chown', ['-R', `${uid}:${gid}`, this.#standby.data]);
    await this.#launch(this.#standby);
    await this.#at(this.#primary, async (on) => {
      await query(on, `ALTER SYSTEM SET synchronous_standby_names = '*'`);
      await query(on, 'SELECT pg_reload_conf()');
      await until(
        async () => (await query(on, `SELECT FROM pg_stat_replication WHERE sync_state = 'sync'`)).rowCount === 1,
      );
    });
  }

  async #launch(server: Server): Promise<void> {
    const { data, socket } = server;
    const settings = [
      'listen_addresses=',
      `unix_socket_directories=${socket}`,
      'max_connections=100',
      'log_min_messages=panic',
    ];
    const child = spawn(
      join(this.#binaries.folder, 'postgres'),
      ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      { ...this.#user, cwd: data, stdio: 'ignore', env: { PATH: process.env['PATH'] ?? '' } },
    );
    this.#running.set(server, child);
    await until(() => this.#at(server, (on) => query(on, 'SELECT 1')));
  }

  /** On one connection of the owner. */
  async #at<T>({ socket }: Server, work: (on: Queryable) => Promise<T>): Promise<T> {
    const url = `postgresql://${OWNER}@/postgres?host=${encodeURIComponent(socket)}`;
    const pool = poolOf(databaseSettings({ ...this.env, DATABASE_URL: url }), {
      role: 'test',
      max: 1,
      statementTimeoutMs: 0,
    });
    const client = await pool.connect().catch(async (error: unknown) => {
      await pool.end();
      throw error;
    });
    try {
      return await work(client);
    } finally {
      client.release();
      await pool.end();
    }
  }

  /** Gives a file or a folder to the servers' user; with a text it is written first. */
  #own(path: string, text?: string): void {
    if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
    const { uid, gid } = this.#user;
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  }
}

async function until(holds: () => Promise<unknown>): Promise<void> {
  for (const deadline = Date.now() + WITHIN_MS; ; await sleep(LOOK_EVERY_MS)) {
    try {
      if ((await holds()) !== false) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error('it did not come to hold');
  }
}
