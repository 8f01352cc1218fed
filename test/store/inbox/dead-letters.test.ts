import { beforeEach, describe, expect, it } from 'vitest';
import {
  countDeadLetters,
  findDeadLetter,
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
  it('is listed page by page, counted, and found by its number', async () => {
    const pool = database.as('console');
    expect(seqs(await listDeadLetters(pool, { limit: 1 }))).toEqual([2]);
    expect(seqs(await listDeadLetters(pool, { after: 2, limit: 1 }))).toEqual([3]);
    expect(seqs(await listDeadLetters(pool, { after: 3 }))).toEqual([]);
    expect(await countDeadLetters(pool)).toBe(2);
    expect(await findDeadLetter(pool, 3)).toMatchObject({ seq: 3, reason: 'ALERT_NO_SUBJECT' });
    for (const seq of [1, 9, Number.NaN]) expect(await findDeadLetter(pool, seq)).toBeUndefined();
  });

  it('is forgotten by its age, as what became of others is, and nothing that waits is', async () => {
    const reader = readerOf(database, keys);
    await writerOf(database, keys).append(message(4));
    const left = async () =>
      (await database.pool.query<{ seq: string }>('SELECT seq FROM inbox ORDER BY seq')).rows.map((r) => Number(r.seq));
    const age = (seq: number, days: number) =>
      database.pool.query(`UPDATE inbox SET settled_at = now() - make_interval(days => $2) WHERE seq = $1`, [
        seq,
        days,
      ]);
    const policy = { outcomeDays: 10, deadLetterDays: 20 };
    await age(1, 9);
    await age(2, 19);
    await age(3, 21);
    await database.pool.query(`UPDATE inbox SET received_at = '2020-01-01' WHERE seq = 4`);
    expect(await reader.forget(policy)).toEqual({ letters: 1, isMore: false });
    expect(await left()).toEqual([1, 2, 4]);
    await age(1, 11);
    expect(await reader.forget(policy)).toEqual({ letters: 0, isMore: false });
    expect(await left()).toEqual([2, 4]);
    // Dead letters may be kept for less than outcomes.
    expect(await reader.forget({ outcomeDays: 20, deadLetterDays: 10 })).toEqual({ letters: 1, isMore: false });
    expect(await left()).toEqual([4]);
  });

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
