import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { registerDb } from '../../cli/db.js';
import { poolOf, query } from '../../store/postgres/connection.js';
import { databaseSettings, socketUrl } from '../../store/postgres/settings.js';
import { useDatabase } from '../support/database.js';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'quell-cli-db-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command as it is typed by the owner of the database, in this process. */
async function db(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command();
  registerDb(program);
  const kept = process.exitCode;
  try {
    process.exitCode = 0;
    await program.parseAsync(['db', ...args], { from: 'user' });
    return { code: process.exitCode, out: printed.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    process.exitCode = kept;
    printed.mockRestore();
  }
}

beforeEach(() => {
  const { host, user, database: name, passwordFile = '' } = database.settings;
  vi.stubEnv('DATABASE_URL', socketUrl(host, user, name));
  vi.stubEnv('DATABASE_PASSWORD_FILE', passwordFile);
});
afterEach(() => vi.unstubAllEnvs());

it('migrates, and says when there was nothing to do', async () => {
  expect(await db('migrate')).toEqual({ code: 0, out: 'nothing to do\n' });
});

it('shows what each role may do, and ends with 1 and in words when the database differs', async () => {
  expect(await db('grants')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/the database has these rights and no others\n$/),
  });
  await query(database.pool, 'GRANT SELECT ON members TO quell_people');
  expect(await db('grants')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/beyond: quell_people SELECT of members\n$/),
  });
  await query(database.pool, 'REVOKE SELECT ON members FROM quell_people');
});

it('lets a login work as one role of one organisation, by the password of a file', async () => {
  const login = 'cli_console';
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'a word\n');
  try {
    const enrolled = ['enrol', '--login', login, '--organisation', 'acme', '--role', 'console'];
    expect(await db(...enrolled, '--password-file', passwordFile)).toEqual({
      code: 0,
      out: 'cli_console works as console of acme\n',
    });
    const { host, database: name } = database.settings;
    const env = { DATABASE_URL: socketUrl(host, login, name), DATABASE_PASSWORD_FILE: passwordFile };
    const pool = poolOf(databaseSettings(env), { role: 'test', max: 1 });
    expect((await query(pool, 'SELECT organisation()')).rows).toEqual([{ organisation: 'acme' }]);
    const { rows } = await query(database.pool, 'SELECT rolconnlimit FROM pg_roles WHERE rolname = $1', [login]);
    expect(rows).toEqual([{ rolconnlimit: 40 }]);
    await expect(db(...enrolled, '--connections', 'many')).rejects.toMatchObject({ code: 'CONFIG' });
    await pool.end();
    await expect(db(...enrolled.with(-1, 'records'))).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(db(...enrolled.with(-1, 'playbook'))).rejects.toMatchObject({ code: 'CONFIG' });
  } finally {
    await query(database.pool, `DROP ROLE IF EXISTS ${login}`);
  }
});
