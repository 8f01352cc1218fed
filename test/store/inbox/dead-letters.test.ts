import { beforeEach, describe, expect, it } from 'vitest';
import {
  listDeadLetters,
  nameDeadLetter,
  namesNobody,
  readDeadLetter,
  resendDeadLetter,
} from '../../../store/inbox/dead-letters.js';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import { useDatabase } from '../../support/database.js';
import { emptyInbox, message, readerOf, seqs, taken, writerOf } from '../../support/inbox.js';
import { testKeys } from '../support.js';

const database = useDatabase();
const keys = testKeys();
const GONE = { code: 'STORE_GONE' };

/** 1 was delivered, 2 and 3 could not be. */
beforeEach(async () => {
  await emptyInbox(database);
  const writer = writerOf(database, keys);
  for (let i = 1; i <= 3; i++) await writer.append(message(i));
  const reader = readerOf(database, keys);
  await taken(reader);
  await reader.settle([
    { seq: 1, status: 'delivered' },
    { seq: 2, status: 'dead_letter', text: 'ALERT_FORMAT' },
    { seq: 3, status: 'dead_letter', text: 'ALERT_NO_SUBJECT' },
  ]);
});

describe('a dead letter', () => {
  it('is listed with its reason, and read as it came', async () => {
    const pool = database.as('console');
    const letters = await listDeadLetters(pool);
    expect(letters).toMatchObject([
      { seq: 2, reason: 'ALERT_FORMAT', source: 'siem', kind: 'alert', receivedAt: '2026-01-01T00:00:02.000Z' },
      { seq: 3, reason: 'ALERT_NO_SUBJECT' },
    ]);
    expect(letters.map(namesNobody)).toEqual([false, true]);
    expect(await outcomeOf(database.as('intake'), 2)).toMatchObject({ status: 'dead_letter', text: 'ALERT_FORMAT' });
    const item = await readDeadLetter(pool, keys.opening('inbox'), 2);
    expect(Buffer.from(item.body)).toEqual(Buffer.from(message(2).body));
    for (const seq of [1, 9, Number.NaN, 2 ** 60])
      await expect(readDeadLetter(pool, keys.opening('inbox'), seq)).rejects.toMatchObject(GONE);
    await expect(readDeadLetter(pool, testKeys().opening('inbox'), 2)).rejects.toMatchObject(GONE);
  });

  it('waits again when a person resends it, and counts how often', async () => {
    const pool = database.as('console');
    await resendDeadLetter(pool, 2);
    expect(await outcomeOf(database.as('intake'), 2)).toBe('waiting');
    expect(seqs(await listDeadLetters(pool))).toEqual([3]);
    const reader = readerOf(database, keys);
    expect(await taken(reader)).toMatchObject([{ seq: 2, resent: 1, body: message(2).body }]);
    for (const seq of [1, 2, 9, Number.NaN]) await expect(resendDeadLetter(pool, seq)).rejects.toMatchObject(GONE);
    await reader.settle([{ seq: 2, status: 'dead_letter', text: 'ALERT_FORMAT' }]);
    await resendDeadLetter(pool, 2);
    expect(await taken(reader)).toMatchObject([{ seq: 2, resent: 2 }]);
    await reader.settle([{ seq: 2, status: 'delivered' }]);
    expect(seqs(await listDeadLetters(pool))).toEqual([3]);
  });

  it('carries whom a person named to whoever delivers it, unreadable in the table and until then alone', async () => {
    const pool = database.as('console');
    await nameDeadLetter(pool, keys.opening('inbox'), 3, 'found.planted@example.com');
    const table = async (): Promise<string> =>
      (
        await database.pool.query<{ row: string }>(
          "SELECT row_to_json(i)::text || encode(named, 'escape') AS row FROM inbox i WHERE seq = 3",
        )
      ).rows[0]?.row ?? '';
    expect(await table()).toContain('named');
    expect(await table()).not.toContain('planted');
    const reader = readerOf(database, keys);
    expect(await taken(reader)).toMatchObject([{ seq: 3, named: 'found.planted@example.com' }]);
    await reader.settle([{ seq: 3, status: 'dead_letter', text: 'ALERT_NO_SUBJECT' }]);
    await resendDeadLetter(pool, 3);
    expect((await taken(reader))[0]).not.toHaveProperty('named');
    await expect(nameDeadLetter(pool, keys.opening('inbox'), 1, 'a@example.com')).rejects.toMatchObject(GONE);
  });
});
