import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Pool } from 'pg';
import { poolOf, query } from '../../../store/postgres/connection.js';
import type { Place } from '../../../store/postgres/settings.js';
import { useDatabase } from '../../support/database.js';

const database = useDatabase();
const pools: Pool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});

const GONE: Place = { host: '/nowhere', port: 5432 };

function poolAt(first: Place, ...others: readonly Place[]): Pool {
  const pool = poolOf({ ...database.settings, host: first.host, port: first.port, others }, { role: 'test', max: 1 });
  pools.push(pool);
  return pool;
}
const here = (): Place => ({ host: database.settings.host, port: database.settings.port });
const nameOn = async (pool: Pool): Promise<unknown> =>
  (await query<{ name: string }>(pool, 'SELECT current_database() AS name')).rows[0]?.name;

it('reaches the server that is there, wherever it is named', async () => {
  expect(await nameOn(poolAt(GONE, here()))).toBe(database.settings.database);
  expect(await nameOn(poolAt(here(), GONE))).toBe(database.settings.database);
});

it('does not wait for one that takes connections and says nothing', async () => {
  const open = new Set<Socket>();
  const mute = createServer((socket) => open.add(socket)).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as AddressInfo;
  expect(await nameOn(poolAt({ host: '127.0.0.1', port }, here()))).toBe(database.settings.database);
  for (const socket of open) socket.destroy();
  mute.close();
});

it('refuses two that take writes, until one of them is stopped', async () => {
  await expect(nameOn(poolAt(here(), here()))).rejects.toMatchObject({
    ...{ code: 'DATABASE_UNAVAILABLE', retryable: true },
    detail: expect.stringContaining('several servers take writes') as string,
  });
});

it('says that none is there', async () => {
  const pool = poolAt(GONE, { host: '/nowhere/else', port: 1 });
  await expect(nameOn(pool)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});

it('refuses servers that take no writes, as whoever comes again may find one promoted', async () => {
  // Of this file's own database, and the last test of it.
  await query(database.pool, `ALTER DATABASE ${database.settings.database} SET default_transaction_read_only = on`);
  await expect(nameOn(poolAt(GONE, here()))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});
