import type { Pool } from 'pg';
import { QuellError } from '../../domain/errors.js';
import type { Instant } from '../../domain/platform.js';
import { query } from '../postgres/connection.js';

/** A legal hold. `note` is the key of a file in the case's dossier. */
export interface CaseHold {
  readonly caseId: string;
  readonly by: string;
  readonly at: Instant;
  readonly note: string;
}

/** Holds on cases, and which decisions on forgetting were obeyed. Errors: those of `query`. */
export class CaseHolds {
  constructor(private readonly pool: Pool) {}

  /** Binds a decision's nonce to its digest; again for the same one is nothing new. Answers whether it was new. Errors: DECISION_REPLAYED when another decision had it. */
  async use(nonce: string, digest: string): Promise<boolean> {
    const { rowCount } = await query(
      this.pool,
      'INSERT INTO forget_decisions (nonce, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [nonce, digest],
    );
    if (rowCount === 1) return true;
    if (!(await this.wasUsed(nonce, digest))) throw new QuellError('DECISION_REPLAYED');
    return false;
  }

  /** Whether this very decision was obeyed: an attempt before this one may have died half-way. */
  async wasUsed(nonce: string, digest: string): Promise<boolean> {
    const { rowCount } = await query(this.pool, 'SELECT FROM forget_decisions WHERE nonce = $1 AND digest = $2', [
      nonce,
      digest,
    ]);
    return rowCount === 1;
  }

  /** The first hold of a case stays until it is lifted. */
  async hold(caseId: string, by: string, note: string): Promise<void> {
    await query(
      this.pool,
      'INSERT INTO case_holds (case_id, held_by, note) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [caseId, by, note],
    );
  }

  async lift(caseId: string): Promise<void> {
    await query(this.pool, 'DELETE FROM case_holds WHERE case_id = $1', [caseId]);
  }

  /** Of these cases, or of all; the newest first, at most a thousand. */
  async list(caseIds?: readonly string[]): Promise<readonly CaseHold[]> {
    const { rows } = await query<{ case_id: string; held_by: string; note: string; held_at: Date }>(
      this.pool,
      `SELECT case_id, held_by, note, held_at FROM case_holds WHERE $1::text[] IS NULL OR case_id = ANY ($1)
       ORDER BY held_at DESC, case_id LIMIT 1000`,
      [caseIds],
    );
    return rows.map((row) => ({ caseId: row.case_id, by: row.held_by, note: row.note, at: row.held_at.toISOString() }));
  }
}
