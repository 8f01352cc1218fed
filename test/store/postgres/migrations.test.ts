import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { query } from '../../../store/postgres/connection.js';
import { migrate } from '../../../store/postgres/migrations.js';
import { useDatabase } from '../../support/database.js';
import { onServer } from '../../support/database-server.js';

const database = useDatabase();
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quell-migrations-'));
  await onServer(database.settings, 'DROP SCHEMA public CASCADE');
  await onServer(database.settings, 'CREATE SCHEMA public');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const step = (name: string, sql: string): void => writeFileSync(join(folder, name), sql);
const run = (): Promise<readonly string[]> => migrate(database.settings, folder);

async function tables(): Promise<readonly string[]> {
  const { rows } = await query<{ name: string }>(
    database.pool,
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'schema%' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
}

it('runs what was not run, in order, once', async () => {
  step('0002-b.sql', 'ALTER TABLE a RENAME TO b');
  step('0001-a.sql', '-- Up and down are words like others: {a}\nCREATE TABLE a (); CREATE TABLE c ();\n-- the end');
  expect(await run()).toEqual(['0001-a', '0002-b']);
  expect(await run()).toEqual([]);
  step('0003-d.sql', 'CREATE TABLE d ();');
  expect(await run()).toEqual(['0003-d']);
  expect(await tables()).toEqual(['b', 'c', 'd']);
});

it('runs once when several begin at the same time', async () => {
  step('0001-a.sql', 'CREATE TABLE a (); SELECT pg_sleep(0.3)');
  step('0002-b.sql', 'CREATE TABLE b ()');
  const done = await Promise.all([run(), run(), run()]);
  expect(done.flat().sort()).toEqual(['0001-a', '0002-b']);
});

it('runs nothing on a database of a newer release', async () => {
  step('0001-a.sql', 'CREATE TABLE a ()');
  step('0002-b.sql', 'CREATE TABLE b ()');
  await run();
  rmSync(join(folder, '0002-b.sql'));
  await expect(run()).rejects.toMatchObject({ code: 'DATABASE_SCHEMA', detail: expect.stringContaining('0002-b') });
  step('0003-c.sql', 'CREATE TABLE c ()');
  await expect(run()).rejects.toMatchObject({ code: 'DATABASE_SCHEMA' });
  expect(await tables()).toEqual(['a', 'b']);
});

it('runs nothing when a step was changed after it was run', async () => {
  step('0001-a.sql', 'CREATE TABLE a ()');
  await run();
  step('0001-a.sql', 'CREATE TABLE a () ');
  step('0002-b.sql', 'CREATE TABLE b ()');
  await expect(run()).rejects.toMatchObject({ code: 'DATABASE_SCHEMA', detail: expect.stringContaining('0001-a') });
  expect(await tables()).toEqual(['a']);
});

it('runs nothing when a step comes before one that was run', async () => {
  step('0002-b.sql', 'CREATE TABLE b ()');
  await run();
  step('0001-a.sql', 'CREATE TABLE a ()');
  await expect(run()).rejects.toMatchObject({ code: 'DATABASE_SCHEMA', detail: expect.stringContaining('0001-a') });
  expect(await tables()).toEqual(['b']);
});

it('undoes a step that fails, keeps those before it, and says nothing of what was written there', async () => {
  step('0001-a.sql', 'CREATE TABLE a ()');
  step('0002-b.sql', "CREATE TABLE b (x int); INSERT INTO b VALUES ('kept-to-itself')");
  const failure: unknown = await run().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'DATABASE_REFUSED', state: '22P02', cause: undefined });
  expect(String(failure)).not.toContain('kept-to-itself');
  expect(await tables()).toEqual(['a']);
  step('0002-b.sql', 'CREATE TABLE b (x text)');
  expect(await run()).toEqual(['0002-b']);
});

it('runs steps alone of what lies in the folder', async () => {
  step('0001-a.sql', 'CREATE TABLE a ()');
  step('0002-script.ts', "throw new Error('it ran')");
  step('notes.sql', 'CREATE TABLE notes ()');
  step('0001-a.sql.orig', 'CREATE TABLE orig ()');
  expect(await run()).toEqual(['0001-a']);
  expect(await tables()).toEqual(['a']);
});
