import { describe, expect, it } from 'vitest';
import { query } from '../../../store/postgres/connection.js';
import { DATABASE_ROLES, GRANTS, groupOf, OWN_TABLES } from '../../../store/postgres/grants.js';
import { migrate, requireSchema } from '../../../store/postgres/migrations.js';
import { describeRights, wrongRights } from '../../../store/postgres/rights.js';
import { useDatabase } from '../../support/database.js';

const database = useDatabase();
const REFUSED = { code: 'DATABASE_REFUSED', state: '42501' };

describe('the rights of the worker roles', () => {
  it('are those of this release after it was migrated, once and again', async () => {
    expect(await wrongRights(database.pool)).toEqual([]);
    await migrate(database.settings);
    expect(await wrongRights(database.pool)).toEqual([]);
    expect(describeRights().filter((line) => !line.startsWith(' '))).toEqual(Object.keys(GRANTS));
  });

  it.each(DATABASE_ROLES)('%s sees nothing of the schema itself, and makes nothing', async (role) => {
    const pool = database.as(role);
    for (const table of OWN_TABLES)
      await expect(query(pool, `SELECT FROM ${table}`), table).rejects.toMatchObject(REFUSED);
    await expect(query(pool, 'DO $$ BEGIN LOCK TABLE schema_lock; END $$')).rejects.toMatchObject(REFUSED);
    await expect(query(pool, 'CREATE TABLE mine ()')).rejects.toMatchObject(REFUSED);
    await expect(query(pool, `SET ROLE ${groupOf(role === 'intake' ? 'console' : 'intake')}`)).rejects.toMatchObject(
      REFUSED,
    );
  });

  it.each(DATABASE_ROLES)('%s is told its organisation and the newest step', async (role) => {
    for (const organisation of ['test', 'other'] as const) {
      const { rows } = await query(database.as(role, organisation), 'SELECT organisation()');
      expect(rows).toEqual([{ organisation }]);
    }
    await requireSchema(database.as(role));
  });

  it.each(DATABASE_ROLES)(
    '%s calls no function that writes by the rights of the owner, also not by a trigger of its own',
    async (role) => {
      const on = await database.as(role).connect();
      try {
        await query(on, 'CREATE TEMP TABLE mine (organisation text, key text)');
        await expect(
          query(on, 'CREATE TRIGGER waits AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION audit_waits()'),
        ).rejects.toMatchObject(REFUSED);
      } finally {
        on.release(true);
      }
    },
  );

  it('name a table that no release knows, a right too many and too few, and who passes them by', async () => {
    const on = await database.pool.connect();
    const now = async (statement: string): Promise<readonly string[]> => {
      await query(on, 'BEGIN');
      try {
        await query(on, statement);
        return await wrongRights(on);
      } finally {
        await query(on, 'ROLLBACK');
      }
    };
    try {
      expect(await now('CREATE TABLE strange (a int)')).toEqual([
        'strange: a table of which this release says nothing',
      ]);
      expect(await now('GRANT SELECT (login) ON members TO quell_intake')).toEqual([
        'beyond: quell_intake SELECT (login) of members',
      ]);
      expect(await now('GRANT INSERT ON members TO PUBLIC')).toEqual(['beyond: everybody INSERT of members']);
      expect(await now('GRANT EXECUTE ON FUNCTION audit_waits() TO PUBLIC')).toEqual([
        'beyond: everybody EXECUTE of audit_waits()',
      ]);
      expect(await now('REVOKE EXECUTE ON FUNCTION newest_step() FROM quell_people')).toEqual([
        'missing: quell_people EXECUTE of newest_step()',
      ]);
      expect(await now('ALTER ROLE test_people BYPASSRLS')).toEqual([
        'test_people: sees the rows of every organisation',
      ]);
      expect(await now('GRANT quell_console, pg_read_all_data TO test_intake')).toEqual([
        'test_intake: has the rights of pg_read_all_data besides its own',
        'test_intake: has the rights of quell_console besides its own',
      ]);
      expect(await now('GRANT quell_console TO quell_intake')).toEqual([
        'quell_intake: has the rights of quell_console besides its own',
      ]);
      expect(await now('ALTER POLICY of_organisation ON cases USING (true)')).toEqual([
        'cases: rows of organisations are not kept apart',
      ]);
      expect(await now('ALTER POLICY of_organisation ON cases WITH CHECK (true)')).toEqual([
        'cases: rows of organisations are not kept apart',
      ]);
      for (const table of Object.keys(GRANTS)) {
        const [role, rights] = Object.entries(GRANTS[table] ?? {})[0] ?? [];
        expect(await now(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`)).toEqual([
          `${table}: rows of organisations are not kept apart`,
        ]);
        expect(await now(`CREATE POLICY second ON ${table} USING (true)`)).toEqual([
          `${table}: rows of organisations are not kept apart`,
        ]);
        expect(await now(`REVOKE ALL ON ${table} FROM quell_${role ?? ''}`), `${role} ${rights?.join()}`).not.toEqual(
          [],
        );
      }
    } finally {
      on.release();
    }
  });

  it('hold for every table: each row is of an organisation, and of that first of all', async () => {
    const { rows } = await query<{ name: string }>(
      database.pool,
      `SELECT t.relname AS name FROM pg_class t WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition
         AND NOT (t.relname = ANY($1)) AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
           WHERE i.indrelid = t.oid AND i.indisprimary AND a.attname = 'organisation')`,
      [OWN_TABLES],
    );
    expect(rows).toEqual([]);
  });
});
