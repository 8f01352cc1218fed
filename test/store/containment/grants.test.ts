import { describe, expect, it } from 'vitest';
import { query } from '../../../store/postgres/connection.js';
import { DATABASE_ROLES, GRANTS } from '../../../store/postgres/grants.js';
import { useDatabase } from '../../support/database.js';

const database = useDatabase();
const REFUSED = { code: 'DATABASE_REFUSED', state: '42501' };
const TABLES = Object.keys(GRANTS).filter((table) => table.startsWith('containment_'));
/** Console proves them. */
const PROVEN = TABLES.filter((table) => !/_(turns|budget)$/.test(table));
const STATEMENTS = {
  SELECT: (table: string) => `SELECT * FROM ${table}`,
  INSERT: (table: string) => `INSERT INTO ${table} DEFAULT VALUES`,
  UPDATE: (table: string) => `UPDATE ${table} SET organisation = 'other'`,
  DELETE: (table: string) => `DELETE FROM ${table}`,
  TRUNCATE: (table: string) => `TRUNCATE ${table}`,
};

describe('the containment workers’ memory', () => {
  it.each(DATABASE_ROLES.filter((role) => role !== 'containment'))(
    'is nothing that %s writes, and nothing that it reads unless it proves it',
    async (role) => {
      for (const table of TABLES)
        for (const [what, statement] of Object.entries(STATEMENTS)) {
          const answer = query(database.as(role), statement(table));
          if (what === 'SELECT' && role === 'console' && PROVEN.includes(table))
            await expect(answer).resolves.toBeDefined();
          else await expect(answer, table).rejects.toMatchObject(REFUSED);
        }
    },
  );

  it.each([
    ...['containment_notes', 'containment_uses', 'containment_burnt', 'containment_switches'].flatMap((table) =>
      (['UPDATE', 'DELETE', 'TRUNCATE'] as const).map((what) => [what, table] as const),
    ),
    ...(['UPDATE', 'DELETE', 'TRUNCATE'] as const).flatMap((what) =>
      ['containment_budget', 'containment_leases'].map((table) => [what, table] as const),
    ),
    ['UPDATE', 'containment_turns'],
    ['TRUNCATE', 'containment_turns'],
  ] as const)('does not let even its own role %s %s', async (what, table) => {
    await expect(query(database.as('containment'), STATEMENTS[what](table))).rejects.toMatchObject(REFUSED);
  });

  it.each([
    [`UPDATE containment_notes SET content = '{}'`],
    [`UPDATE containment_uses SET plan_digest = 'p'`],
    [`UPDATE containment_switches SET stopped = NULL`],
    [`UPDATE containment_leases SET owner = 'p'`],
    [`UPDATE containment_turns SET key = 'p'`],
  ])('keeps what was noted: %s', async (statement) => {
    await expect(query(database.as('containment'), statement)).rejects.toMatchObject(REFUSED);
  });

  it('takes and shows no row of another organisation', async () => {
    const insert = (organisation: string) =>
      query(
        database.as('containment'),
        `INSERT INTO containment_uses (organisation, token, plan_digest) VALUES ($1, 'grants', 'p')`,
        [organisation],
      );
    await expect(insert('other')).rejects.toMatchObject(REFUSED);
    await insert('test');
    const seen = (organisation: 'test' | 'other') =>
      query(database.as('containment', organisation), 'SELECT organisation FROM containment_uses');
    expect((await seen('test')).rows).toEqual([{ organisation: 'test' }]);
    expect((await seen('other')).rows).toEqual([]);
  });
});
