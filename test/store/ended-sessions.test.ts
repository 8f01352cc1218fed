import { beforeEach, expect, it } from 'vitest';
import { EndedSessions } from '../../store/ended-sessions.js';
import { query } from '../../store/postgres/connection.js';
import { useDatabase } from '../support/database.js';

const database = useDatabase();
beforeEach(() => query(database.pool, 'TRUNCATE ended_sessions'));
const ended = (now?: () => number, max?: number): EndedSessions => new EndedSessions(database.as('console'), now, max);

it('knows what was ended, in another process too, and ends it once', async () => {
  const session = { id: 'one', until: Date.now() + 60_000.5 };
  expect(await ended().has(session)).toBe(false);
  await Promise.all([ended().end(session), ended().end(session)]);
  await ended().end(session);
  expect(await ended().has(session)).toBe(true);
  expect(await ended().has({ id: 'two' })).toBe(false);
  expect(await new EndedSessions(database.as('console', 'other')).has(session)).toBe(false);
});

it('keeps each until it would have ended by itself, and no more than it may', async () => {
  let now = 1_000;
  const few = ended(() => now, 2);
  await few.end({ id: 'a', until: 2_000 });
  await few.end({ id: 'b', until: 3_000 });
  await expect(few.end({ id: 'c', until: 3_000 })).rejects.toMatchObject({ code: 'STORE' });
  await few.end({ id: 'b', until: 3_000 }); // ended already
  now = 2_000;
  await few.end({ id: 'c', until: 3_000 });
  const { rows } = await query(database.pool, 'SELECT session_id FROM ended_sessions ORDER BY 1');
  expect(rows).toEqual([{ session_id: 'b' }, { session_id: 'c' }]);
});
