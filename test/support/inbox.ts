import { InboxReader } from '../../store/inbox/reader.js';
import type { InboxItem, InboxMessage } from '../../store/inbox/message.js';
import { InboxWriter, type InboxLimits } from '../../store/inbox/writer.js';
import type { KeyRing } from '../../store/key-ring.js';
import type { TestDatabase } from './database.js';

/** An alert that nobody else sends. */
export const message = (i: number, more: Partial<InboxMessage> = {}): InboxMessage => ({
  kind: 'alert',
  source: 'siem',
  dedupeKey: `alert-${i}`,
  receivedAt: `2026-01-01T00:00:0${i % 10}.000Z`,
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify({ i, who: 'kim.planted@example.com' })),
  ...more,
});

/** Empties the inbox; its numbers begin anew. */
export async function emptyInbox({ pool }: TestDatabase): Promise<void> {
  await pool.query('TRUNCATE inbox, case_joins RESTART IDENTITY');
}

/** As the intake has it. */
export const writerOf = (database: TestDatabase, keys: KeyRing, limits?: Partial<InboxLimits>): InboxWriter =>
  new InboxWriter(database.as('intake'), keys.sealing('inbox'), limits);

/** As the console has it. */
export const readerOf = (database: TestDatabase, keys: KeyRing): InboxReader =>
  new InboxReader(database.as('console'), keys.opening('inbox'));

const ALL = { messages: 10_000, bytes: 2 ** 40 };

/** Takes everything that may be taken now. */
export const taken = (reader: InboxReader, kind: InboxMessage['kind'] = 'alert'): Promise<readonly InboxItem[]> =>
  reader.claim(kind, ALL);

/** As if so much time had passed for what is in hand or held. */
export async function afterMs({ pool }: TestDatabase, ms: number): Promise<void> {
  await pool.query("UPDATE inbox SET free_at = free_at - interval '1 millisecond' * $1", [ms]);
  await pool.query(
    "UPDATE case_joins SET joined_at = joined_at - interval '1 millisecond' * $1, let_in_at = let_in_at - interval '1 millisecond' * $1",
    [ms],
  );
}

export const seqs = (items: readonly { readonly seq: number }[]): readonly number[] => items.map(({ seq }) => seq);
