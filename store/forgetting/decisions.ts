import { QuellError, type ErrorCode } from '../../domain/errors.js';
import { query, type Queryable } from '../postgres/connection.js';

/** A decision that was begun; with its end it has no effect any more. */
export interface BegunDecision {
  readonly isOver: boolean;
  /** What it was refused for after it was begun. */
  readonly refused?: ErrorCode;
}

/** Decisions on forgetting that were begun: a nonce counts for one, and that one once. Errors: those of `query`. */
export class ForgetDecisions {
  constructor(private readonly on: Queryable) {}

  /** Errors: DECISION_REPLAYED when another decision had the nonce. */
  async begun(nonce: string, digest: string): Promise<BegunDecision | undefined> {
    const { rows } = await query<{ digest: string; done: boolean; refused: ErrorCode | null }>(
      this.on,
      'SELECT digest, done_at IS NOT NULL AS done, refused FROM forget_decisions WHERE nonce = $1',
      [nonce],
    );
    const [row] = rows;
    if (!row) return undefined;
    if (row.digest !== digest) throw new QuellError('DECISION_REPLAYED');
    return { isOver: row.done, ...(row.refused === null ? {} : { refused: row.refused }) };
  }

  /** Within the transaction that does what the decision says, or says that it is being done. Errors: DECISION_REPLAYED when the nonce was used. */
  async begin(nonce: string, digest: string): Promise<void> {
    const { rowCount } = await query(
      this.on,
      'INSERT INTO forget_decisions (nonce, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [nonce, digest],
    );
    if (rowCount === 0) throw new QuellError('DECISION_REPLAYED');
  }

  /** The first end stays. */
  async end(nonce: string, refused?: ErrorCode): Promise<void> {
    await query(
      this.on,
      'UPDATE forget_decisions SET done_at = now(), refused = $2 WHERE nonce = $1 AND done_at IS NULL',
      [nonce, refused],
    );
  }
}
