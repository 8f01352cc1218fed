import { beforeEach, describe, expect, it } from 'vitest';
import type { Pool } from 'pg';
import { QuellError } from '../../../domain/errors.js';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import type { Accepted } from '../../../store/inbox/writer.js';
import { useDatabase } from '../../support/database.js';
import { emptyInbox, message, readerOf, seqs, taken, writerOf } from '../../support/inbox.js';
import { testKeys } from '../support.js';

const database = useDatabase();
const keys = testKeys();
beforeEach(() => emptyInbox(database));

const rows = async (): Promise<number> => (await database.pool.query('SELECT FROM inbox')).rowCount ?? 0;
const codeOf = (error: unknown): unknown => (error instanceof QuellError ? error.code : error);
/** The statements that a pool is given. */
function counting(pool: Pool): { readonly pool: Pool; readonly statements: () => number } {
  let statements = 0;
  const counted = new Proxy(pool, {
    get: (of, name) => {
      if (name !== 'query') return Reflect.get(of, name, of) as unknown;
      return (...args: Parameters<Pool['query']>) => {
        statements += 1;
        return of.query(...args);
      };
    },
  });
  return { pool: counted, statements: () => statements };
}

describe('what the inbox accepts', () => {
  it('comes back as it came, oldest first', async () => {
    const writer = writerOf(database, keys);
    const bodies = [Buffer.from('{"a":1}'), Buffer.from([0, 10, 13, 255]), Buffer.alloc(0), Buffer.alloc(100_000, 7)];
    const accepted = await Promise.all(bodies.map((body, i) => writer.append(message(i, { body }))));
    expect(accepted).toEqual([1, 2, 3, 4].map((seq) => ({ seq, duplicate: false })));
    const items = await taken(readerOf(database, keys));
    expect(items.map(({ body }) => Buffer.from(body).toString('hex'))).toEqual(bodies.map((b) => b.toString('hex')));
    expect(items[1]).toEqual({
      ...{ seq: 2, kind: 'alert', source: 'siem', dedupeKey: 'alert-1', contentType: 'application/json', resent: 0 },
      ...{ receivedAt: '2026-01-01T00:00:01.000Z', body: items[1]?.body },
    });
    expect(await outcomeOf(database.as('intake'), 2)).toBe('waiting');
    expect(await outcomeOf(database.as('intake'), 5)).toBeUndefined();
  });

  it('goes together into one statement when it comes while another runs', async () => {
    const { pool, statements } = counting(database.as('intake'));
    const writer = writerOf({ ...database, as: () => pool }, keys);
    await writer.append(message(0));
    const before = statements();
    const accepted = await Promise.all(Array.from({ length: 300 }, (_, i) => writer.append(message(i + 1))));
    expect(seqs(accepted)).toEqual(Array.from({ length: 300 }, (_, i) => i + 2));
    expect(statements() - before).toBeLessThanOrEqual(4);
    expect(await rows()).toBe(301);
  });

  it('is kept once, and a repeat gets the number of the first, also of another process and of what is settled', async () => {
    const writer = writerOf(database, keys);
    expect(
      await Promise.all([writer.append(message(1)), writer.append(message(1)), writer.append(message(1))]),
    ).toEqual([false, true, true].map((duplicate) => ({ seq: 1, duplicate })));
    expect(await writer.append(message(1, { source: 'edr' }))).toMatchObject({ duplicate: false });
    const reader = readerOf(database, keys);
    await taken(reader);
    await reader.settle([{ seq: 1, status: 'delivered', caseIds: ['case-a'] }]);
    expect(await writerOf(database, keys).append(message(1))).toEqual({ seq: 1, duplicate: true });
    expect(await rows()).toBe(2);
  });

  it('is one row, however many processes are sent the same in other orders at once', async () => {
    const numbers = Array.from({ length: 400 }, (_, i) => i);
    const senders = Array.from({ length: 3 }, () => writerOf(database, keys));
    const all = await Promise.all(
      senders.map(async (writer, s) => {
        const mine = s === 1 ? numbers.toReversed() : numbers;
        const accepted = await Promise.all(mine.map((i) => writer.append(message(i))));
        return new Map(mine.map((i, at) => [i, accepted[at]]));
      }),
    );
    expect(await rows()).toBe(numbers.length);
    for (const i of numbers) {
      const told = all.map((one) => one.get(i));
      expect(new Set(told.map((t) => t?.seq)).size).toBe(1);
      expect(told.filter((t) => t?.duplicate === false)).toHaveLength(1);
    }
  });

  it('is bounded: full it says so, and it has room again when messages are settled', async () => {
    const writer = writerOf(database, keys, { maxBytes: 40_000, lookEveryMs: 0 });
    const large = (i: number) => message(i, { body: Buffer.alloc(2_000) });
    let kept = 0;
    const fill = async (): Promise<never> => {
      for (;;) {
        await writer.append(large(kept));
        kept += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'INBOX_FULL', retryable: true });
    expect(kept).toBeGreaterThan(5);
    expect(kept * 2_000).toBeLessThanOrEqual(40_000);
    await expect(writer.append(large(kept))).rejects.toMatchObject({ code: 'INBOX_FULL' });
    const reader = readerOf(database, keys);
    await reader.settle((await taken(reader)).map(({ seq }) => ({ seq, status: 'delivered' })));
    // The one that was refused is taken now: nothing remembers it as a repeat.
    expect(await writer.append(large(kept))).toMatchObject({ duplicate: false });
  });

  it('shows nothing of itself in the tables', async () => {
    const writer = writerOf(database, keys);
    await writer.append(message(1, { dedupeKey: 'mail kim.planted@example.com' }));
    const reader = readerOf(database, keys);
    await taken(reader);
    await reader.settle([{ seq: 1, status: 'dead_letter', text: 'ALERT_FORMAT' }]);
    const { rows: found } = await database.pool.query<{ row: string; box: Buffer }>(
      'SELECT row_to_json(i)::text AS row, box FROM inbox i',
    );
    for (const text of [found[0]?.row, found[0]?.box.toString('latin1')]) {
      expect(text).toBeTruthy();
      for (const planted of [
        'planted',
        Buffer.from('planted').toString('hex'),
        Buffer.from('planted@example').toString('base64').slice(0, 12),
      ])
        expect(text).not.toContain(planted);
    }
  });

  it('is not accepted while the database is away, and then is', async () => {
    const pool = database.as('intake');
    const writer = writerOf(database, keys);
    await writer.append(message(1));
    const name = (await pool.query<{ name: string }>('SELECT current_database() AS name')).rows[0]?.name ?? '';
    await database.pool.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
    await database.pool.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND datname = $2',
      ['test_intake', name],
    );
    await expect.poll(() => writer.append(message(2)).then(() => 'kept', codeOf)).toBe('DATABASE_UNAVAILABLE');
    await database.pool.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
    // A connection that was cut may be tried once more before it is noticed.
    await expect.poll(() => writer.append(message(2)).then(({ seq }) => seq > 1, codeOf)).toBe(true);
    expect(await rows()).toBe(2);
  });

  it('is there at most once when the connection breaks in between, and whoever was refused sends it again', async () => {
    const writer = writerOf(database, keys);
    const told = new Map<number, number>();
    const cutting = new AbortController();
    const cut = (async () => {
      while (!cutting.signal.aborted)
        await database.pool.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND datname = current_database()',
          ['test_intake'],
        );
    })();
    let refused = 0;
    for (let i = 0; i < 60; i++) {
      await writer.append(message(i)).then(
        ({ seq }) => told.set(i, seq),
        (error: unknown) => {
          expect(codeOf(error)).toBe('DATABASE_UNAVAILABLE');
          refused += 1;
        },
      );
    }
    cutting.abort();
    await cut;
    const sent = (i: number): Promise<Accepted> => writer.append(message(i)).catch(() => sent(i));
    expect(refused).toBeGreaterThan(0);
    for (let i = 0; i < 60; i++) {
      const again = await sent(i);
      expect(again.seq).toBe(told.get(i) ?? again.seq);
    }
    expect(await rows()).toBe(60);
  });
});
