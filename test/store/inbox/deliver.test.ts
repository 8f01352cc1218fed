import { beforeEach, describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import { queueOf } from '../../../store/inbox/queue.js';
import type { InboxReader } from '../../../store/inbox/reader.js';
import { listDeadLetters, readDeadLetter } from '../../../store/inbox/dead-letters.js';
import { newKey } from '../../../store/inbox/message.js';
import { encrypt } from '../../../store/seal.js';
import { useDatabase } from '../../support/database.js';
import { afterMs, emptyInbox, message, readerOf, seqs, taken, writerOf } from '../../support/inbox.js';
import { testKeys } from '../support.js';

const database = useDatabase();
const keys = testKeys();
beforeEach(() => emptyInbox(database));

/** Numbers 1 to `count`. */
async function filled(count: number): Promise<InboxReader> {
  const writer = writerOf(database, keys);
  await Promise.all(Array.from({ length: count }, (_, i) => writer.append(message(i + 1))));
  return readerOf(database, keys);
}

/** As whoever holds the rights and keys of the intake can write it. */
async function planted(sealedKey: object | null, box: Buffer): Promise<void> {
  await database
    .as('intake')
    .query(
      `INSERT INTO inbox (kind, source, dedupe, received_at, sealed_key, box) VALUES ('alert', 'siem', 'planted', $1, $2, $3)`,
      [AT, JSON.stringify(sealedKey), box],
    );
}
const AT = '2026-01-01T00:00:00.000Z';

describe('a message that is none', () => {
  const { bytes, sealed } = newKey(keys.sealing('inbox'));
  const context = `quell inbox v2\0${JSON.stringify(['alert', 'siem', AT, 'planted'])}`;

  it.each([
    ['has no key', null, Buffer.from([0])],
    ['has half a key', { to: keys.sealing('inbox').keyId }, Buffer.from([0])],
    ['is no box', sealed, Buffer.from([0])],
    ['holds no message', sealed, encrypt(bytes, Buffer.from('{}\n'), context)],
    ['holds no JSON', sealed, encrypt(bytes, Buffer.from('nothing'), context)],
  ])('becomes a dead letter, and what came behind it is taken: it %s', async (_, sealedKey, box) => {
    await planted(sealedKey, box);
    const reader = await filled(1);
    expect(seqs(await taken(reader))).toEqual([2]);
    expect(await listDeadLetters(database.as('console'))).toMatchObject([{ seq: 1 }]);
    await expect(readDeadLetter(database.as('console'), keys.opening('inbox'), 1)).rejects.toMatchObject({
      code: expect.stringMatching(/^STORE_/),
    });
  });

  it.each(['infinity', '-infinity', '294000-01-01'])('is not taken with the time %s', async (at) => {
    await expect(
      database
        .as('intake')
        .query(
          `INSERT INTO inbox (kind, source, dedupe, received_at, sealed_key, box) VALUES ('alert', 'siem', 'x', '${at}', '{}', '\\x00')`,
        ),
    ).rejects.toMatchObject({ constraint: 'inbox_received' });
  });
});

describe('what waits in the inbox', () => {
  it('is taken by one deliverer, oldest first, so many messages and bytes at once, one at least', async () => {
    const reader = await filled(5);
    expect(seqs(await reader.claim('alert', { messages: 2, bytes: 1_000_000 }))).toEqual([1, 2]);
    expect(seqs(await readerOf(database, keys).claim('alert', { messages: 9, bytes: 1 }))).toEqual([3]);
    expect(seqs(await taken(reader))).toEqual([4, 5]);
    expect(await taken(reader)).toEqual([]);
    expect(await taken(reader, 'callback')).toEqual([]);
  });

  it('is delivered once, though two take it at once', async () => {
    const count = 2_000;
    await filled(count);
    const delivered: number[] = [];
    const deliver = async (reader: InboxReader): Promise<void> => {
      for (;;) {
        const items = await reader.claim('alert', { messages: 70, bytes: 1_000_000 });
        if (items.length === 0) return;
        delivered.push(...seqs(items));
        await reader.settle(items.map(({ seq }) => ({ seq, status: 'delivered' })));
      }
    };
    await Promise.all([deliver(readerOf(database, keys)), deliver(readerOf(database, keys))]);
    expect(delivered.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect((await queueOf(database.as('console'))).waiting).toBe(0);
  });

  it('is settled with what became of it, and then nothing of what was sent is left', async () => {
    const reader = await filled(3);
    await taken(reader);
    await reader.settle([
      { seq: 1, status: 'delivered', caseIds: ['case-a', 'case-b'], alertIds: ['al-1'] },
      { seq: 2, status: 'ignored', text: 'closed at its source' },
    ]);
    const outcome = (seq: number) => outcomeOf(database.as('intake'), seq);
    expect(await outcome(1)).toEqual({
      ...{ seq: 1, status: 'delivered', caseIds: ['case-a', 'case-b'], alertIds: ['al-1'] },
      at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(await outcome(2)).toMatchObject({ status: 'ignored', text: 'closed at its source' });
    expect(await outcome(3)).toBe('waiting');
    const { rows } = await database.pool.query('SELECT seq FROM inbox WHERE box IS NOT NULL OR sealed_key IS NOT NULL');
    expect(rows).toEqual([{ seq: '3' }]);
    // The first word counts.
    await readerOf(database, keys).settle([{ seq: 1, status: 'dead_letter', text: 'too late' }]);
    expect(await outcome(1)).toMatchObject({ status: 'delivered' });
  });

  it('comes back when the lease of a deliverer ends that was killed, and not while it is prolonged', async () => {
    const killed = await filled(2);
    await taken(killed);
    const other = readerOf(database, keys);
    await afterMs(database, 19_000);
    expect(await taken(other)).toEqual([]);
    await killed.renew();
    await afterMs(database, 19_000);
    expect(await taken(other)).toEqual([]);
    await afterMs(database, 1_001);
    expect(seqs(await taken(other))).toEqual([1, 2]);
    // Who comes back has nothing in hand: neither a hold nor a release nor a prolonging takes it from the other.
    await killed.hold([{ seq: 1, why: 'retry', caseId: 'case-a' }]);
    await killed.renew();
    await killed.release();
    await other.renew();
    expect(await taken(readerOf(database, keys))).toEqual([]);
  });

  it('is given back by whoever stops', async () => {
    const reader = await filled(2);
    await taken(reader);
    await reader.settle([{ seq: 1, status: 'delivered' }]);
    await reader.close();
    expect(seqs(await taken(readerOf(database, keys)))).toEqual([2]);
  });

  it('waits for as long as it is held, longer after each failure, in sight of all', async () => {
    const reader = await filled(4);
    await taken(reader);
    await reader.hold([
      { seq: 1, why: 'retry', caseId: 'case-a' },
      { seq: 2, why: 'pace', caseId: 'case-b', forMs: 10_000 },
      { seq: 3, why: 'cap', caseId: 'case-c', forMs: 600_000 },
    ]);
    const other = readerOf(database, keys);
    expect(await taken(other)).toEqual([]);
    expect(await queueOf(database.as('console'))).toEqual({
      ...{ waiting: 4, oldest: '2026-01-01T00:00:01.000Z', retried: 1, gathered: 1 },
      capped: [{ source: 'siem', messages: 1 }],
    });
    await afterMs(database, 600);
    expect(seqs(await taken(other))).toEqual([1]);
    await other.hold([{ seq: 1, why: 'retry', caseId: 'case-a' }]);
    await afterMs(database, 600);
    expect(await taken(other)).toEqual([]);
    for (let i = 0; i < 20; i++) {
      await afterMs(database, 31_000);
      if ((await taken(other)).some(({ seq }) => seq === 1))
        await other.hold([{ seq: 1, why: 'retry', caseId: 'case-a' }]);
    }
    await afterMs(database, 30_001);
    expect(seqs(await taken(other))).toContain(1);
  });

  it('becomes a dead letter when it cannot be opened, and the rest is delivered', async () => {
    await filled(4);
    await database.pool.query("UPDATE inbox SET source = 'evil' WHERE seq = 2");
    await database.pool.query('UPDATE inbox SET box = (SELECT box FROM inbox WHERE seq = 1) WHERE seq = 3');
    const reader = readerOf(database, keys);
    expect(seqs(await taken(reader))).toEqual([1, 4]);
    const letters = await listDeadLetters(database.as('console'));
    expect(letters.map(({ seq, reason }) => [seq, reason.split(':')[0]])).toEqual([
      [2, 'STORE_TAMPERED'],
      [3, 'STORE_TAMPERED'],
    ]);
    const strange = readerOf(database, testKeys());
    await reader.release();
    expect(await taken(strange)).toEqual([]);
    expect((await listDeadLetters(database.as('console')))[0]?.reason).toContain('another key');
  });

  it('is forgotten, some time after it was settled, the oldest first', async () => {
    const reader = await filled(6);
    await taken(reader);
    await reader.settle([2, 3, 4, 6].map((seq) => ({ seq, status: 'delivered' })));
    await reader.settle([{ seq: 1, status: 'dead_letter', text: 'ALERT_FORMAT' }]);
    await reader.prune();
    expect(await reader.prune(3)).toBe(false);
    const { rows } = await database.pool.query<{ seq: string }>('SELECT seq FROM inbox ORDER BY seq');
    expect(rows.map(({ seq }) => Number(seq))).toEqual([1, 4, 5, 6]);
    // A repeat of it is a message again.
    expect(await writerOf(database, keys).append(message(2))).toMatchObject({ duplicate: false });
  });
});
