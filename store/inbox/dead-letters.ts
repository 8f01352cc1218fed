import type { Pool } from 'pg';
import { QuellError } from '../../domain/errors.js';
import type { Instant } from '../../domain/platform.js';
import type { OpenKey } from '../key-ring.js';
import { query } from '../postgres/connection.js';
import { openMessage, ROW, sealNamed, type InboxItem, type InboxMessage, type InboxRow } from './message.js';

/** A message that could not be delivered. */
export interface DeadLetter {
  readonly seq: number;
  readonly source: string;
  readonly kind: InboxMessage['kind'];
  readonly receivedAt: Instant;
  readonly at: Instant;
  readonly reason: string;
}

/** It names nobody that could be found: a person finds out whose account it is. */
export const namesNobody = ({ reason }: Pick<DeadLetter, 'reason'>): boolean => reason.includes('ALERT_NO_SUBJECT');

const LETTER = `SELECT seq, source, kind, received_at, settled_at, reason FROM inbox WHERE status = 'dead_letter'`;

const letterOf = ({ seq, source, kind, received_at, settled_at, reason }: LetterRow): DeadLetter => ({
  ...{ seq: Number(seq), source, kind, reason: reason ?? '' },
  ...{ receivedAt: received_at.toISOString(), at: settled_at.toISOString() },
});

/** Those behind number `after`, by number, at most `limit`; no key is needed. Errors: those of the database, here and below. */
export async function listDeadLetters(
  pool: Pool,
  { after = 0, limit = 1_000 }: { readonly after?: number; readonly limit?: number } = {},
): Promise<readonly DeadLetter[]> {
  const { rows } = await query<LetterRow>(pool, `${LETTER} AND seq > $1 ORDER BY seq LIMIT $2`, [after, limit]);
  return rows.map(letterOf);
}

/** What is known of one without a key; undefined when none has the number. */
export async function findDeadLetter(pool: Pool, seq: number): Promise<DeadLetter | undefined> {
  if (!Number.isSafeInteger(seq)) return undefined;
  const { rows } = await query<LetterRow>(pool, `${LETTER} AND seq = $1`, [seq]);
  return rows.map(letterOf)[0];
}

export async function countDeadLetters(pool: Pool): Promise<number> {
  const { rows } = await query<{ count: number }>(
    pool,
    `SELECT count(*)::int AS count FROM inbox WHERE status = 'dead_letter'`,
  );
  return rows[0]?.count ?? 0;
}

/** As it came. Errors: STORE_GONE when there is none of that number, or it was sealed for another key; STORE_TAMPERED. */
export async function readDeadLetter(pool: Pool, key: OpenKey, seq: number): Promise<InboxItem> {
  return openMessage(await rowOf(pool, seq), key);
}

/** Makes it wait for delivery again. Errors: STORE_GONE when there is none of that number. */
export async function resendDeadLetter(pool: Pool, seq: number): Promise<void> {
  await again(pool, seq);
}

/** The same, about the account that a person found. Errors: STORE_GONE, STORE_TAMPERED. */
export async function nameDeadLetter(pool: Pool, key: OpenKey, seq: number, mail: string): Promise<void> {
  await again(pool, seq, sealNamed(await rowOf(pool, seq), mail, key));
}

async function again(pool: Pool, seq: number, named?: Buffer): Promise<void> {
  if (!Number.isSafeInteger(seq)) throw gone();
  const { rowCount } = await query(
    pool,
    `UPDATE inbox SET status = 'waiting', settled_at = NULL, reason = NULL, resent = resent + 1, tries = 0, free_at = now(), named = $2
     WHERE seq = $1 AND status = 'dead_letter'`,
    [seq, named],
  );
  if (rowCount === 0) throw gone();
}

async function rowOf(pool: Pool, seq: number): Promise<InboxRow> {
  if (!Number.isSafeInteger(seq)) throw gone();
  const { rows } = await query<InboxRow>(pool, `SELECT ${ROW} FROM inbox WHERE seq = $1 AND status = 'dead_letter'`, [
    seq,
  ]);
  if (!rows[0]) throw gone();
  return rows[0];
}

const gone = (): QuellError => new QuellError('STORE_GONE', 'no dead letter has this number');

interface LetterRow {
  readonly seq: string;
  readonly source: string;
  readonly kind: InboxMessage['kind'];
  readonly received_at: Date;
  readonly settled_at: Date;
  readonly reason: string | null;
}
