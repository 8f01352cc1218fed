import { beforeEach, describe, expect, it } from 'vitest';
import { CaseJoins } from '../../../store/inbox/case-joins.js';
import { listDeadLetters, resendDeadLetter } from '../../../store/inbox/dead-letters.js';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import { queueOf } from '../../../store/inbox/queue.js';
import { InboxReader } from '../../../store/inbox/reader.js';
import { InboxWriter } from '../../../store/inbox/writer.js';
import { query } from '../../../store/postgres/connection.js';
import { DATABASE_ROLES } from '../../../store/postgres/grants.js';
import { useDatabase } from '../../support/database.js';
import { emptyInbox, message, readerOf, taken, writerOf } from '../../support/inbox.js';
import { testKeys } from '../support.js';

const database = useDatabase();
const keys = testKeys();
const REFUSED = { code: 'DATABASE_REFUSED', state: '42501' };
beforeEach(async () => {
  await emptyInbox(database);
  const writer = writerOf(database, keys);
  await writer.append(message(1));
  await writer.append(message(2));
  const reader = readerOf(database, keys);
  await taken(reader);
  await reader.settle([{ seq: 1, status: 'dead_letter', text: 'ALERT_FORMAT' }]);
});

describe('the server refuses', () => {
  it.each([
    'SELECT box FROM inbox',
    'SELECT sealed_key FROM inbox',
    'SELECT named FROM inbox',
    'SELECT * FROM inbox',
    "UPDATE inbox SET status = 'ignored', box = NULL, sealed_key = NULL",
    'UPDATE inbox SET source = source',
    'DELETE FROM inbox',
    'SELECT seq FROM inbox FOR UPDATE',
    "INSERT INTO inbox (kind, source, dedupe, received_at, status) VALUES ('alert', 'siem', 'x', now(), 'ignored')",
    "INSERT INTO inbox (organisation, kind, source, dedupe, received_at) VALUES ('other', 'alert', 'siem', 'x', now())",
    'TRUNCATE inbox',
    'SELECT FROM case_joins',
    'SELECT FROM source_turns',
  ])('the intake: %s', async (statement) => {
    await expect(query(database.as('intake'), statement)).rejects.toMatchObject(REFUSED);
  });

  it.each([
    "INSERT INTO inbox (kind, source, dedupe, received_at) VALUES ('alert', 'siem', 'x', now())",
    "UPDATE inbox SET source = 'siem'",
    "UPDATE inbox SET dedupe = 'x'",
    'UPDATE inbox SET received_at = now()',
    "UPDATE inbox SET organisation = 'other'",
    'TRUNCATE inbox',
    "UPDATE case_joins SET organisation = 'other'",
  ])('the console: %s', async (statement) => {
    await new CaseJoins(database.as('console')).joined('case-a', 'low', true);
    await expect(query(database.as('console'), statement)).rejects.toMatchObject(REFUSED);
  });

  it.each(DATABASE_ROLES.filter((role) => role !== 'intake' && role !== 'console'))('%s: everything', async (role) => {
    for (const statement of [
      'SELECT seq FROM inbox',
      "INSERT INTO inbox (kind, source, dedupe, received_at) VALUES ('alert', 'siem', 'x', now())",
      "UPDATE inbox SET status = 'ignored'",
      'DELETE FROM inbox',
      // Records: who is being told of alerts, and nothing else of it.
      'SELECT joins FROM case_joins',
      'UPDATE case_joins SET telling_until = NULL',
    ])
      await expect(query(database.as(role), statement), statement).rejects.toMatchObject(REFUSED);
  });
});

describe('another organisation', () => {
  it('sees nothing, changes nothing, and its repeats are none', async () => {
    const pool = database.as('console', 'other');
    const reader = new InboxReader(pool, keys.opening('inbox'));
    await new CaseJoins(database.as('console')).joined('case-a', 'low', true);
    await readerOf(database, keys).release();
    await database.pool.query("UPDATE inbox SET free_at = now() - interval '1 hour', claimed_by = NULL");
    expect(await taken(reader)).toEqual([]);
    expect((await queueOf(pool)).waiting).toBe(0);
    expect(await listDeadLetters(pool)).toEqual([]);
    expect(await outcomeOf(database.as('intake', 'other'), 1)).toBeUndefined();
    expect(await new CaseJoins(pool).told('case-a')).toBeUndefined();
    await expect(resendDeadLetter(pool, 1)).rejects.toMatchObject({ code: 'STORE_GONE' });
    await reader.settle([{ seq: 2, status: 'ignored' }]);
    await reader.prune(0);
    const before = await database.pool.query('SELECT * FROM inbox ORDER BY seq');
    expect(before.rows).toMatchObject([{ status: 'dead_letter' }, { status: 'waiting' }]);

    const writer = new InboxWriter(database.as('intake', 'other'), keys.sealing('inbox'));
    expect(await writer.append(message(1))).toMatchObject({ duplicate: false });
    expect((await database.pool.query('SELECT FROM inbox')).rowCount).toBe(3);
    expect(await taken(reader)).toMatchObject([{ dedupeKey: 'alert-1' }]);
    expect((await queueOf(database.as('console'))).waiting).toBe(1);
  });
});
