import { expect, it } from 'vitest';
import { ForgetDecisions } from '../../../store/forgetting/decisions.js';
import { CaseHolds } from '../../../store/forgetting/holds.js';
import { query } from '../../../store/postgres/connection.js';
import { DATABASE_ROLES } from '../../../store/postgres/grants.js';
import type { Role } from '../../../store/role-keys.js';
import { useDatabase } from '../../support/database.js';

const database = useDatabase();
const refused = (role: Role, statement: string) =>
  expect(query(database.as(role), statement), `${role}: ${statement}`).rejects.toMatchObject({ state: '42501' });

it('shows holds to the console, which sets and lifts none', async () => {
  await new CaseHolds(database.as('records')).hold('case-s-a', 'p-1', 'note.1');
  await new CaseHolds(database.as('records')).hold('case-s-a', 'p-2', 'note.2');
  const holds = new CaseHolds(database.as('console'));
  expect(await holds.list()).toMatchObject([{ caseId: 'case-s-a', by: 'p-1', note: 'note.1' }]);
  expect(await holds.list(['case-s-b'])).toEqual([]);
  expect(await new CaseHolds(database.as('console', 'other')).list()).toEqual([]);
  await refused('console', `INSERT INTO case_holds (case_id, held_by, note) VALUES ('c', 'p', 'n')`);
  await refused('console', 'DELETE FROM case_holds');
  await refused('records', `UPDATE case_holds SET held_by = 'p-9'`);
  await new CaseHolds(database.as('records')).lift('case-s-a');
  expect(await holds.list()).toEqual([]);
});

it('keeps which decisions were begun and are over, and lets nobody forget one', async () => {
  const records = new ForgetDecisions(database.as('records'));
  expect(await records.begun('n-1', 'a')).toBeUndefined();
  await records.begin('n-1', 'a');
  expect(await records.begun('n-1', 'a')).toEqual({ isOver: false });
  for (const again of [records.begin('n-1', 'a'), records.begun('n-1', 'b')])
    await expect(again).rejects.toMatchObject({ code: 'DECISION_REPLAYED' });
  await records.end('n-1', 'CASE_OPEN');
  await records.end('n-1');
  expect(await records.begun('n-1', 'a')).toEqual({ isOver: true, refused: 'CASE_OPEN' });
  for (const statement of ['DELETE FROM forget_decisions', `UPDATE forget_decisions SET digest = 'b'`])
    await refused('records', statement);
  for (const role of DATABASE_ROLES.filter((r) => r !== 'records')) await refused(role, 'SELECT FROM forget_decisions');
});

it('shows the console what is being forgotten, which says nothing of it itself', async () => {
  for (const statement of [
    `INSERT INTO case_forgettings (case_id, because, closed_at) VALUES ('c', 'n', now())`,
    'UPDATE case_forgettings SET at = now()',
    'DELETE FROM case_forgettings',
  ])
    await refused('console', statement);
  await refused('records', 'UPDATE case_joins SET telling_until = NULL');
  expect((await query(database.as('console'), 'SELECT FROM case_forgettings')).rows).toEqual([]);
});

it.each(DATABASE_ROLES.filter((role) => role !== 'records'))('lets %s take no case and nobody away', async (role) => {
  for (const table of [
    'cases',
    'case_alerts',
    'plan_waits',
    'case_links',
    'incident_links',
    'subjects',
    'subject_aliases',
  ])
    await refused(role, `DELETE FROM ${table}`);
});
