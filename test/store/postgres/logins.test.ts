import { describe, expect, it } from 'vitest';
import { poolOf, query } from '../../../store/postgres/connection.js';
import { enrol } from '../../../store/postgres/logins.js';
import { useDatabase } from '../../support/database.js';

const database = useDatabase();
const given = { login: 'acme_people', organisation: 'acme', role: 'people' } as const;

const signedIn = (user: string, password: string) => {
  const { passwordFile: _owners, ...place } = database.settings;
  return poolOf({ ...place, user, password }, { role: 'test', max: 1 });
};

/** Logins are the server's, and outlive this database. */
const gone = (login: string) => query(database.pool, `DROP ROLE IF EXISTS "${login}"`);

describe('a login', () => {
  it('is made, signs in by its password, and is of one organisation; a second time changes only the password', async () => {
    try {
      for (const password of ["o'ne\\", 'two']) {
        await enrol(database.pool, { ...given, password });
        const pool = signedIn(given.login, password);
        expect((await query(pool, 'SELECT organisation()')).rows).toEqual([{ organisation: 'acme' }]);
        await pool.end();
      }
      await enrol(database.pool, given);
    } finally {
      await gone(given.login);
    }
  });

  it('never sends its password', async () => {
    const statements: string[] = [];
    const listening = {
      query: (text: string, values: unknown[]) => (statements.push(text), database.pool.query(text, values)),
    };
    try {
      await enrol(listening as unknown as typeof database.pool, { ...given, password: 'planted-password' });
      expect(statements.join()).toContain('SCRAM-SHA-256$');
      expect(statements.join()).not.toContain('planted');
    } finally {
      await gone(given.login);
    }
  });

  it.each(['', 'naïve', 'two\nlines'])('has no password that could not be given again: %j', async (password) => {
    try {
      await expect(enrol(database.pool, { ...given, password })).rejects.toMatchObject({ code: 'CONFIG' });
    } finally {
      await gone(given.login);
    }
  });

  it.each([
    ['organisation', { ...given, organisation: 'another' }],
    ['role', { ...given, role: 'containment' as const }],
  ])('is never given another %s', async (_, changed) => {
    try {
      await enrol(database.pool, given);
      await expect(enrol(database.pool, changed)).rejects.toMatchObject({ code: 'CONFIG' });
      expect(
        (await query(database.pool, 'SELECT organisation, role FROM members WHERE login = $1', [given.login])).rows,
      ).toEqual([{ organisation: 'acme', role: 'people' }]);
      const { rows } = await query(
        database.pool,
        `SELECT pg_has_role('${given.login}', 'quell_containment', 'MEMBER') AS mighty`,
      );
      expect(rows).toEqual([{ mighty: false }]);
    } finally {
      await gone(given.login);
    }
  });

  it.each([
    ['', 'acme'],
    ['Acme"; DROP TABLE members', 'acme'],
    ['acme', "acme'"],
    ['acme', 'Acme'],
    ['acme', ''],
  ])('is refused when it has no name: %j of %j', async (login, organisation) => {
    await expect(enrol(database.pool, { login, organisation, role: 'people' })).rejects.toMatchObject({
      code: 'CONFIG',
    });
  });

  it('that nobody enrolled sees no organisation', async () => {
    await query(database.pool, "CREATE ROLE stranger LOGIN PASSWORD 'x' IN ROLE quell_console");
    const pool = signedIn('stranger', 'x');
    try {
      expect((await query(pool, 'SELECT organisation()')).rows).toEqual([{ organisation: null }]);
    } finally {
      await pool.end();
      await gone('stranger');
    }
  });
});
