import type { Instant } from '../../domain/platform.js';
import { query, type Queryable } from '../postgres/connection.js';

/** When each step had its result: by plan digest, step and `act` or `undo`, with colons between. Errors: those of the database. */
export async function resultsIn(database: Queryable): Promise<ReadonlyMap<string, Instant>> {
  const { rows } = await query<{ key: string; noted_at: Date }>(
    database,
    `SELECT plan_digest || ':' || step || ':' || CASE kind WHEN 'finished' THEN 'act' ELSE 'undo' END AS key, noted_at
     FROM containment_notes WHERE kind IN ('finished', 'released')`,
  );
  return new Map(rows.map(({ key, noted_at }) => [key, noted_at.toISOString()]));
}
