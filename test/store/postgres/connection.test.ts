import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../domain/errors.js';
import { poolOf, query, transaction, type PoolOptions } from '../../../store/postgres/connection.js';
import { Taken, unlessTaken } from '../../../store/postgres/errors.js';
import { databaseSettings, type DatabaseSettings } from '../../../store/postgres/settings.js';
import { useDatabase } from '../../support/database.js';

const database = useDatabase();
const MARK = 'written-by-a-person';
const pools: Pool[] = [];
const folder = mkdtempSync(join(tmpdir(), 'quell-rotated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pool(change: Partial<DatabaseSettings> = {}, options: Partial<PoolOptions> = {}): Pool {
  const made = poolOf({ ...database.settings, ...change }, { role: 'test', ...options });
  pools.push(made);
  return made;
}

beforeAll(async () => {
  await query(database.pool, 'GRANT USAGE ON SCHEMA public TO pg_monitor');
  await query(
    database.pool,
    'CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL CHECK (length(text) > 1), n int DEFAULT 0)',
  );
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((made) => made.end()));
  await query(database.pool, 'TRUNCATE notes');
});

const insert = (id: number, text = MARK) => query(database.pool, 'INSERT INTO notes VALUES ($1, $2)', [id, text]);
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('what the server refuses', () => {
  it.each<[string, string, ErrorCode, string]>([
    ['a table that is not there', 'SELECT * FROM nowhere', 'DATABASE_SCHEMA', '42P01'],
    ['a column that is not there', 'SELECT nothing FROM notes', 'DATABASE_SCHEMA', '42703'],
    ['a value that breaks a rule', `INSERT INTO notes VALUES (1, 'x')`, 'DATABASE_REFUSED', '23514 notes_text_check'],
    ['a value that is of another type', `INSERT INTO notes VALUES ('${MARK}', '')`, 'DATABASE_REFUSED', '22P02'],
    [
      'a key that is taken',
      `INSERT INTO notes VALUES (1, '${MARK}'), (1, '${MARK}')`,
      'DATABASE_REFUSED',
      '23505 notes_pkey',
    ],
    ['a role without the right', 'SET ROLE pg_monitor; SELECT * FROM notes', 'DATABASE_REFUSED', '42501'],
    ['a statement that takes too long', `SELECT pg_sleep(9), '${MARK}'`, 'DATABASE_UNAVAILABLE', '57014'],
    ['a server that goes down', 'SELECT pg_terminate_backend(pg_backend_pid())', 'DATABASE_UNAVAILABLE', '57P01'],
    ['a standby', 'SET transaction_read_only = on; TRUNCATE notes', 'DATABASE_UNAVAILABLE', '25006'],
  ])('%s: %s', async (_, statement, code, detail) => {
    const failure = await failureOf(query(pool({}, { statementTimeoutMs: 300 }), statement));
    expect(failure).toMatchObject({ code, detail, cause: undefined, retryable: code === 'DATABASE_UNAVAILABLE' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain(MARK);
  });

  it('a key that is taken is an answer to who asks for it', async () => {
    expect(await unlessTaken(() => insert(1))).toMatchObject({ rowCount: 1 });
    expect(await unlessTaken(() => insert(1))).toEqual(new Taken('notes_pkey'));
    await expect(unlessTaken(() => insert(2, 'x'))).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
  });

  it('a wrong password, a database that is not there', async () => {
    const { passwordFile: _, ...settings } = database.settings;
    const wrong = poolOf({ ...settings, password: 'wrong' }, { role: 'test' });
    pools.push(wrong);
    expect(await failureOf(query(wrong, 'SELECT 1'))).toMatchObject({ code: 'DATABASE_UNAVAILABLE', state: '28P01' });
    const nowhere = pool({ database: 'nowhere' });
    expect(await failureOf(query(nowhere, 'SELECT 1'))).toMatchObject({ code: 'DATABASE_REFUSED', state: '3D000' });
  });
});

describe('the way to the server', () => {
  it('is not there: to be tried again', async () => {
    const socket = pool({ host: '/nowhere' });
    expect(await failureOf(query(socket, 'SELECT 1'))).toMatchObject({ code: 'DATABASE_UNAVAILABLE', state: 'ENOENT' });
    const port = pool({ host: '127.0.0.1', port: 1 });
    expect(await failureOf(transaction(port, async () => 1))).toMatchObject({
      ...{ code: 'DATABASE_UNAVAILABLE', state: 'ECONNREFUSED' },
    });
  });

  it('a server that speaks no TLS gets neither the role nor the password', async () => {
    const heard: string[] = [];
    const plain = createServer((socket) => {
      socket.on('data', (data) => {
        heard.push(data.toString('latin1'));
        socket.write('N');
      });
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    const asking = poolOf(
      databaseSettings({ DATABASE_URL: `postgresql://intake:pw@127.0.0.1:${port}/quell?sslmode=verify-full` }),
      { role: 'intake' },
    );
    expect(await failureOf(query(asking, 'SELECT 1'))).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(heard).toEqual(['\0\0\0\x08\x04\xd2\x16/']); // SSLRequest
    await asking.end();
    plain.close();
  });

  it('takes the password that the file holds when it connects', async () => {
    const passwordFile = join(folder, 'password');
    const role = `rotated_${process.pid}`;
    await query(database.pool, `CREATE ROLE ${role} LOGIN PASSWORD 'first'`);
    try {
      writeFileSync(passwordFile, 'first');
      const rotated = pool({ user: role, passwordFile }, { max: 1 });
      const ask = () => query<{ name: string }>(rotated, "SELECT current_setting('application_name') AS name");
      expect((await ask()).rows).toEqual([{ name: 'quell-test' }]);
      await query(database.pool, `ALTER ROLE ${role} PASSWORD 'second'`);
      writeFileSync(passwordFile, 'second\n');
      await query(database.pool, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role]);
      await expect.poll(() => failureOf(ask())).toBeUndefined();
    } finally {
      await Promise.all(pools.splice(0).map((made) => made.end()));
      await query(database.pool, `DROP ROLE ${role}`);
    }
  });
});

describe('a transaction', () => {
  it('in which a statement failed stores nothing, and says so, whoever caught that', async () => {
    await insert(1);
    const stored = transaction(database.pool, async (on) => {
      await query(on, 'INSERT INTO notes VALUES (2, $1)', [MARK]);
      return unlessTaken(() => query(on, 'INSERT INTO notes VALUES (1, $1)', [MARK]));
    });
    expect(await failureOf(stored)).toMatchObject({ code: 'DATABASE_REFUSED' });
    expect((await query(database.pool, 'SELECT id FROM notes')).rows).toEqual([{ id: 1 }]);
  });

  const count = async (): Promise<number> => (await query(database.pool, 'SELECT FROM notes')).rowCount ?? -1;

  it('is all or nothing, and leaves the connection fit', async () => {
    const one = pool({}, { max: 1 });
    const failure = new Error('of the work');
    const cut = transaction(one, async (on) => {
      await query(on, 'INSERT INTO notes VALUES (1, $1)', [MARK]);
      throw failure;
    });
    expect(await failureOf(cut)).toBe(failure);
    expect(await count()).toBe(0);
    expect(
      await transaction(one, async (on) => (await query(on, 'INSERT INTO notes VALUES (1, $1)', [MARK])).rowCount),
    ).toBe(1);
    expect(await count()).toBe(1);
  });

  it('fails when its connection is cut, and the next has another', async () => {
    const one = pool({}, { max: 1 });
    const cut = transaction(one, async (on) => {
      await query(on, 'INSERT INTO notes VALUES (1, $1)', [MARK]);
      await query(on, 'SELECT pg_terminate_backend(pg_backend_pid())');
    });
    expect(await failureOf(cut)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', state: '57P01' });
    expect(await count()).toBe(0);
    expect(await transaction(one, async (on) => (await query(on, 'SELECT 1')).rowCount)).toBe(1);
  });

  it('runs again when it got in the way of another', async () => {
    await insert(1);
    await insert(2);
    let runs = 0;
    // Each holds one row and then wants the other's.
    const both = [
      [1, 2],
      [2, 1],
    ].map((ids) =>
      transaction(database.pool, async (on) => {
        runs++;
        for (const id of ids) {
          await query(on, 'UPDATE notes SET n = n + 1 WHERE id = $1', [id]);
          await query(on, 'SELECT pg_sleep(0.2)');
        }
      }),
    );
    await Promise.all(both);
    expect(runs).toBeGreaterThan(2);
    const { rows } = await query(database.pool, 'SELECT n FROM notes');
    expect(rows).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it('gives up when it gets in the way every time', async () => {
    let runs = 0;
    const always = transaction(database.pool, async (on) => {
      runs++;
      await query(on, "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$");
    });
    expect(await failureOf(always)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', state: '40001' });
    expect(runs).toBe(5);
  });
});
