import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { poolOf, query } from '../../../store/postgres/connection.js';
import { OwnPostgres, type OwnPostgresOptions } from '../../../store/postgres/server.js';
import { databaseSettings } from '../../../store/postgres/settings.js';

let folder: string;
const servers: OwnPostgres[] = [];
const pools: Pool[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-own-postgres-')); // closed to others, as a home of root's is
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const options = (change: Partial<OwnPostgresOptions> = {}): OwnPostgresOptions => {
  const root = join(folder, 'postgres');
  return { root, log: `${root}.log`, ...change };
};

async function start(change: Partial<OwnPostgresOptions> = {}): Promise<OwnPostgres> {
  const server = await OwnPostgres.start(options(change));
  servers.push(server);
  return server;
}

function poolTo(server: OwnPostgres): Pool {
  const pool = poolOf(databaseSettings({ ...server.env() }), { role: 'test' });
  pools.push(pool);
  return pool;
}

const ask = async (on: Pool, text: string): Promise<readonly unknown[]> => (await query(on, text)).rows;
const ps = (...args: readonly string[]): string => spawnSync('ps', args, { encoding: 'utf8' }).stdout;
/** A process that has ended stays in the table, as `Z`, until its parent asks. */
const runs = (pid: number): boolean => /^[^Z]/.test(ps('-o', 'stat=', '-p', String(pid)).trim());
const parentOf = (pid: number): number => Number(ps('-o', 'ppid=', '-p', String(pid)));
const childrenOf = (pid: number): readonly number[] =>
  ps('-A', '-o', 'pid=,ppid=')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (child !== undefined && parent === pid ? [child] : []));

/** A process with a server of its own, in which a row was committed. */
async function owner(): Promise<{ readonly process: ChildProcess; readonly server: number }> {
  const module = join(import.meta.dirname, 'support', 'owner.ts');
  const child = fork(module, [options().root], { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  const [server] = (await once(child, 'message')) as [number];
  return { process: child, server };
}

/** A process that has nothing to do with it. */
const spawnOther = (): ChildProcess =>
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('a server of our own', () => {
  it('keeps what was committed over a stop', async () => {
    const first = await start();
    const pid = first.pid!;
    await ask(poolTo(first), 'CREATE TABLE kept AS SELECT 1 AS n');
    await pools.pop()?.end();
    await servers.pop()?.stop();
    expect(runs(pid)).toBe(false);
    expect(first.pid).toBeUndefined();
    expect(await ask(poolTo(await start()), 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('is durable, checks its pages, sorts by code point and knows case beyond ASCII', async () => {
    const pool = poolTo(await start());
    const setting = async (name: string) =>
      (await query<{ s: string }>(pool, 'SELECT current_setting($1) AS s', [name])).rows[0]?.s;
    const wanted = {
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      server_encoding: 'UTF8',
    };
    for (const [name, value] of Object.entries(wanted)) expect(await setting(name), name).toBe(value);
    expect(await ask(pool, `SELECT 'B' < 'a' AS sorted, lower('ÄÖ') AS lower`)).toEqual([
      { sorted: true, lower: 'äö' },
    ]);
  });

  it('is reached by its socket alone, by those who may enter its folder and know a password', async () => {
    const server = await start();
    const settings = databaseSettings({ ...server.env() });
    expect(await ask(poolTo(server), 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
    for (const path of [options().root, settings.host]) expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(settings.passwordFile!).mode & 0o777).toBe(0o600);
    const { passwordFile: _, ...rest } = settings;
    for (const password of [undefined, 'wrong']) {
      const pool = poolOf({ ...rest, ...(password === undefined ? {} : { password }) }, { role: 'test' });
      pools.push(pool);
      await expect(query(pool, 'SELECT 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    }
  });

  it('writes nothing to its log that people wrote', async () => {
    const pool = poolTo(await start());
    await ask(pool, `CREATE TABLE t (v text PRIMARY KEY); INSERT INTO t VALUES ('of-a-person')`);
    for (const bad of [`INSERT INTO t VALUES ('of-a-person')`, `SELECT 'of-a-person'::int`])
      await expect(query(pool, bad)).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    const log = readFileSync(options().log, 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toContain('of-a-person');
  });

  it('writes through no link that lies in its folder', async () => {
    const { root } = options();
    const server = join(root, 'server');
    spawnSync('mkdir', ['-p', server]);
    const elsewhere = join(root, 'somebody-elses');
    writeFileSync(elsewhere, 'as it was');
    symlinkSync(elsewhere, join(server, 'first.password'));
    await start();
    expect(readFileSync(elsewhere, 'utf8')).toBe('as it was');
  });

  it('is of one process at a time', async () => {
    await start();
    await expect(OwnPostgres.start(options())).rejects.toMatchObject({ code: 'STORE' });
    expect(await ask(poolTo(servers[0]!), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('is reached in a folder whose path is too long for a socket', async () => {
    const said: string[] = [];
    const root = join(folder, 'long'.repeat(30), 'postgres');
    const server = await start({ root, print: (line) => said.push(line) });
    expect(await ask(poolTo(server), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(said.join()).toContain('too long');
    const { host } = databaseSettings({ ...server.env() });
    await servers.pop()?.stop();
    expect(() => statSync(host)).toThrow('ENOENT');
  });

  it('is made anew where the first start was cut short, and refuses data of another version', async () => {
    const { root } = options();
    const half = join(root, 'server', 'data.new');
    spawnSync('mkdir', ['-p', half]);
    writeFileSync(join(half, 'PG_VERSION'), '9');
    await start();
    await servers.pop()?.stop();
    const data = join(root, 'server', 'data');
    writeFileSync(join(data, 'PG_VERSION'), '9\n');
    await expect(OwnPostgres.start(options())).rejects.toMatchObject({
      code: 'CONFIG',
      detail: expect.stringContaining('of 9'),
    });
  });

  it('says why it does not come up', async () => {
    const { root } = options();
    await start();
    await servers.pop()?.stop();
    writeFileSync(join(root, 'server', 'data', 'postgresql.auto.conf'), 'nothing_known = 1\n');
    await expect(OwnPostgres.start(options())).rejects.toMatchObject({
      code: 'CONFIG',
      detail: expect.stringContaining('.log'),
    });
    spawnSync('rm', [join(root, 'server', 'data', 'postgresql.auto.conf')]);
    await start(); // the refused start holds nothing
  });
});

describe('what is killed', () => {
  it('the server: it is up again, with what was committed', async () => {
    const server = await start();
    const pool = poolTo(server);
    await ask(pool, 'CREATE TABLE kept AS SELECT 1 AS n');
    const pid = server.pid;
    await server.kill();
    expect(server.pid).not.toBe(pid);
    expect(await ask(pool, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('its owner: the server ends by itself, and the next start has what was committed', async () => {
    const { process: child, server } = await owner();
    await killed(child);
    await expect.poll(() => runs(server), { timeout: 10_000 }).toBe(false);
    expect(await ask(poolTo(await start()), 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('its owner, and what watches the owner: the next start ends the server that was left', async () => {
    const { process: child, server } = await owner();
    const shell = parentOf(server);
    for (const pid of [...childrenOf(shell).filter((one) => one !== server), shell]) {
      expect(pid).toBeGreaterThan(1);
      process.kill(pid, 'SIGKILL');
    }
    await killed(child);
    expect(runs(server)).toBe(true);
    expect(await ask(poolTo(await start()), 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    expect(runs(server)).toBe(false);
  });

  it('both at once, and a process id that somebody else has now', async () => {
    const { process: child, server } = await owner();
    process.kill(server, 'SIGKILL');
    await killed(child);
    const note = join(options().root, 'server', 'data', 'postmaster.pid');
    const other = spawnOther();
    writeFileSync(note, readFileSync(note, 'utf8').replace(/^\d+/, String(other.pid)));
    expect(await ask(poolTo(await start()), 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    await killed(other);
  });
});
