import type { Pool } from 'pg';
import { QuellError } from '../domain/errors.js';
import { query } from './postgres/connection.js';

/** More than people can end in the hours that a session lasts. */
const MAX = 10_000;

/** Sessions that were ended before their time, until they would have ended by themselves, for every process of the console. */
export class EndedSessions {
  constructor(
    private readonly database: Pool,
    private readonly now: () => number = Date.now,
    private readonly max = MAX,
  ) {}

  /** Durable when it resolves. `until`: when it would have ended, milliseconds. Errors: those of `query`; STORE when there are too many. */
  async end({ id, until }: { readonly id: string; readonly until: number }): Promise<void> {
    await query(this.database, 'DELETE FROM ended_sessions WHERE ends_at <= $1', [new Date(this.now())]);
    const { rows } = await query<{ kept: boolean }>(this.database, END, [id, new Date(Math.ceil(until)), this.max]);
    if (rows.length === 0) throw new QuellError('STORE', 'too many sessions were ended');
  }

  /** Errors: those of `query`: what cannot be looked up counts as no session. */
  async has({ id }: { readonly id: string }): Promise<boolean> {
    const { rowCount } = await query(this.database, 'SELECT FROM ended_sessions WHERE session_id = $1', [id]);
    return rowCount === 1;
  }
}

/** A row is answered when the session is there afterwards, also from before. */
const END = `
  WITH kept AS (
    INSERT INTO ended_sessions (session_id, ends_at) SELECT $1, $2 WHERE (SELECT count(*) FROM ended_sessions) < $3 ON CONFLICT DO NOTHING RETURNING session_id)
  SELECT true AS kept FROM kept UNION ALL SELECT true FROM ended_sessions WHERE session_id = $1 LIMIT 1`;
