import { describe, expect, it } from 'vitest';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { query } from '../../../store/postgres/connection.js';
import { DATABASE_ROLES } from '../../../store/postgres/grants.js';
import type { Role } from '../../../store/role-keys.js';
import { useDatabase } from '../../support/database.js';
import { NOW, summary } from './support.js';

const database = useDatabase();
const REFUSED = { code: 'DATABASE_REFUSED', state: '42501' };
const TABLES = ['cases', 'case_alerts', 'plan_waits', 'incident_links', 'case_links', 'case_ties', 'ended_sessions'];
const refused = (role: Role, statement: string) =>
  expect(query(database.as(role), statement), `${role}: ${statement}`).rejects.toMatchObject(REFUSED);

describe('what the server refuses', () => {
  const strangers = DATABASE_ROLES.filter((role) => !['records', 'console', 'analysis'].includes(role));
  it.each(strangers)('%s: everything', async (role) => {
    for (const table of TABLES) {
      await refused(role, `SELECT FROM ${table}`);
      await refused(role, `INSERT INTO ${table} DEFAULT VALUES`);
      await refused(role, `DELETE FROM ${table}`);
    }
  });

  it('console: to write a case, and to see what ties cases', async () => {
    for (const table of ['cases', 'case_alerts', 'plan_waits']) {
      await refused('console', `INSERT INTO ${table} DEFAULT VALUES`);
      await refused('console', `UPDATE ${table} SET case_id = ''`);
      await refused('console', `DELETE FROM ${table}`);
    }
    for (const table of ['incident_links', 'case_links', 'case_ties']) await refused('console', `SELECT FROM ${table}`);
    await refused('console', `UPDATE ended_sessions SET ends_at = 'infinity'`);
  });

  it('analysis: to see more of a case than whose it was and how it ended, and to write', async () => {
    await query(database.as('analysis'), 'SELECT case_id, verdict, incident_id FROM cases');
    for (const column of ['report', 'waits', 'sources']) await refused('analysis', `SELECT ${column} FROM cases`);
    await refused('analysis', `UPDATE cases SET verdict = 'benign'`);
    for (const table of TABLES.slice(1)) await refused('analysis', `SELECT FROM ${table}`);
  });

  it('records: to move a link, to touch the sessions of the console', async () => {
    await refused('records', `UPDATE incident_links SET link = ''`);
    await refused('records', 'SELECT FROM ended_sessions');
    for (const table of TABLES) await refused('records', `TRUNCATE ${table}`);
  });

  it('records of another organisation: to write here', async () => {
    await new CaseWriter(database.as('records')).put(summary('s-1', 1), NOW);
    const other = database.as('records', 'other');
    await expect(query(other, `UPDATE cases SET organisation = 'test'`)).resolves.toMatchObject({ rowCount: 0 });
    await expect(
      query(other, `INSERT INTO case_links (organisation, link, case_id) VALUES ('test', 'a', 'b')`),
    ).rejects.toMatchObject(REFUSED);
    await new CaseWriter(other).put(summary('s-1', 1, { verdict: 'benign', written: 9 }), NOW);
    expect((await query(database.as('console'), 'SELECT verdict FROM cases')).rows).toEqual([
      { verdict: 'compromised' },
    ]);
  });
});
