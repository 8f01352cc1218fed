import type { Pool } from 'pg';
import type { Instant } from '../../domain/platform.js';
import { query } from '../postgres/connection.js';

/** What became of a message; ids and fixed words only. */
export interface InboxOutcome {
  readonly status: 'delivered' | 'duplicate' | 'ignored' | 'dead_letter';
  readonly alertIds?: readonly string[];
  readonly caseIds?: readonly string[];
  /** Why nothing, or not all, came of it. */
  readonly text?: string;
}
export type SettledOutcome = InboxOutcome & { readonly seq: number; readonly at: Instant };

/** For the status address of the intake: `waiting`, or what became of it; undefined when the number is none, or was forgotten. */
export async function outcomeOf(pool: Pool, seq: number): Promise<SettledOutcome | 'waiting' | undefined> {
  const { rows } = await query<OutcomeRow>(
    pool,
    'SELECT status, settled_at, reason, alert_ids, case_ids FROM inbox WHERE seq = $1',
    [seq],
  );
  const [row] = rows;
  if (!row || row.status === 'waiting' || row.settled_at === null) return row && 'waiting';
  const { status, settled_at, reason, alert_ids, case_ids } = row;
  return {
    ...{ seq, status, at: settled_at.toISOString() },
    ...(alert_ids === null ? {} : { alertIds: alert_ids }),
    ...(case_ids === null ? {} : { caseIds: case_ids }),
    ...(reason === null ? {} : { text: reason }),
  };
}

interface OutcomeRow {
  readonly status: InboxOutcome['status'] | 'waiting';
  readonly settled_at: Date | null;
  readonly reason: string | null;
  readonly alert_ids: string[] | null;
  readonly case_ids: string[] | null;
}
