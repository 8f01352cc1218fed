import { QuellError } from '../../domain/errors.js';
import type { Instant } from '../../domain/platform.js';
import { query, type Queryable } from '../postgres/connection.js';
import { isBeingForgotten, lockCases } from './being-forgotten.js';

/** A legal hold. `note` is the key of a file in the case's dossier. */
export interface CaseHold {
  readonly caseId: string;
  readonly by: string;
  readonly at: Instant;
  readonly note: string;
}

/** Legal holds on cases. Errors: those of `query`. */
export class CaseHolds {
  constructor(private readonly on: Queryable) {}

  /** The first hold of a case stays until it is lifted. To be set within a transaction: it and the beginning of an erasure take turns. Errors: CASE_FORGOTTEN when that was first. */
  async hold(caseId: string, by: string, note: string): Promise<void> {
    await lockCases(this.on, [caseId]);
    if (await isBeingForgotten(this.on, caseId)) throw new QuellError('CASE_FORGOTTEN', caseId);
    await query(this.on, 'INSERT INTO case_holds (case_id, held_by, note) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      caseId,
      by,
      note,
    ]);
  }

  async lift(caseId: string): Promise<void> {
    await query(this.on, 'DELETE FROM case_holds WHERE case_id = $1', [caseId]);
  }

  /** Of these cases, or of all; the newest first, at most a thousand. */
  async list(caseIds?: readonly string[]): Promise<readonly CaseHold[]> {
    const { rows } = await query<{ case_id: string; held_by: string; note: string; held_at: Date }>(
      this.on,
      `SELECT case_id, held_by, note, held_at FROM case_holds WHERE $1::text[] IS NULL OR case_id = ANY ($1)
       ORDER BY held_at DESC, case_id LIMIT 1000`,
      [caseIds],
    );
    return rows.map((row) => ({ caseId: row.case_id, by: row.held_by, note: row.note, at: row.held_at.toISOString() }));
  }
}
