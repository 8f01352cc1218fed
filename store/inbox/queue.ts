import type { Pool } from 'pg';
import type { Instant } from '../../domain/platform.js';
import { query } from '../postgres/connection.js';
import type { Hold } from './reader.js';

/** What waits in the inbox, for people to see. */
export interface QueueView {
  readonly waiting: number;
  readonly oldest?: Instant;
  /** Of these: messages whose source has opened its share of new cases for this minute. */
  readonly capped: readonly { readonly source: string; readonly messages: number }[];
  /** Of these: messages that could not be delivered yet and are tried again. */
  readonly retried: number;
  /** Of these: messages that their cases, told often already, are told of together with the next. */
  readonly gathered: number;
}

/** Errors: those of the database. */
export async function queueOf(pool: Pool): Promise<QueueView> {
  const { rows } = await query<QueueRow>(
    pool,
    `SELECT source, CASE WHEN free_at > now() THEN why END AS held, count(*)::int AS messages, min(received_at) AS oldest
     FROM inbox WHERE status = 'waiting' GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const messages = (of: readonly QueueRow[]): number => of.reduce((sum, row) => sum + row.messages, 0);
  const held = (why: Hold['why']): readonly QueueRow[] => rows.filter((row) => row.held === why);
  const oldest = rows.map((row) => row.oldest.toISOString()).sort()[0];
  return {
    waiting: messages(rows),
    ...(oldest === undefined ? {} : { oldest }),
    capped: held('cap').map(({ source, messages }) => ({ source, messages })),
    retried: messages(held('retry')),
    gathered: messages(held('pace')),
  };
}

interface QueueRow {
  readonly source: string;
  readonly held: Hold['why'] | null;
  readonly messages: number;
  readonly oldest: Date;
}
