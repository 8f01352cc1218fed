import type { Pool, PoolClient } from 'pg';
import { QuellError } from '../../domain/errors.js';
import type { Instant } from '../../domain/platform.js';
import { query, transaction, type Queryable } from '../postgres/connection.js';
import { standingOfCases } from './case-standing.js';

/** A case that is being forgotten: those under its id that had closed by then. */
export interface Forgetting {
  readonly caseId: string;
  readonly closedAt: Instant;
}

/** Which has come so far that nothing keeps it any more, or not yet. */
export interface BegunForgetting extends Forgetting {
  readonly isGoing: boolean;
}

/** Whoever was to end it may be gone for good; nobody's alerts wait for that longer. */
const IN_FORCE = `f.at > now() - interval '1 day'`;

const OF_THESE = 'f.because = $1 AND ($2::text[] IS NULL OR f.case_id = ANY ($2))';

/**
 * Says that these cases are being forgotten, `because` of a decision (its nonce) or the policy: from the commit on no hold is set on them, and no case starts under their ids. Said again it is in force anew.
 * Errors: CASE_HELD, CASE_OPEN, for one of which none is said; those of `query`.
 */
export async function beginForgetting(on: PoolClient, because: string, caseIds: readonly string[]): Promise<void> {
  await lockCases(on, caseIds);
  for (const { caseId, open, held, closedAt } of await standingOfCases(on, caseIds)) {
    if (held) throw new QuellError('CASE_HELD', caseId);
    if (open || closedAt === undefined) throw new QuellError('CASE_OPEN', caseId);
    await query(
      on,
      `INSERT INTO case_forgettings AS f (case_id, because, closed_at) VALUES ($1, $2, $3)
       ON CONFLICT (organisation, case_id) DO UPDATE SET because = excluded.because, closed_at = excluded.closed_at, at = now(),
         going = f.going AND f.because = excluded.because AND ${IN_FORCE}`,
      [caseId, because, closedAt],
    );
  }
}

/** A hold and the beginning of an erasure take turns: the rows of the case are what both lock. Errors: those of `query`. */
export async function lockCases(on: Queryable, caseIds: readonly string[]): Promise<void> {
  await query(on, 'SELECT FROM cases WHERE case_id = ANY ($1) ORDER BY case_id, opened_at FOR UPDATE', [caseIds]);
}

/**
 * What was begun, of these cases or of all, and is in force anew. Errors: CASE_OPEN or CASE_HELD when it was out of force for so long that a case opened or was held meanwhile; those of `query`.
 */
export async function goOnForgetting(
  pool: Pool,
  because: string,
  caseIds?: readonly string[],
): Promise<readonly BegunForgetting[]> {
  return await transaction(pool, async (on) => {
    const { rows } = await query<{ case_id: string; closed_at: Date; going: boolean }>(
      on,
      `UPDATE case_forgettings f SET at = now() WHERE ${OF_THESE} RETURNING case_id, closed_at, going`,
      [because, caseIds],
    );
    for (const { caseId, open, held, closedAt } of await standingOfCases(
      on,
      rows.map((row) => row.case_id),
    )) {
      if (held) throw new QuellError('CASE_HELD', caseId);
      const begun = rows.find((row) => row.case_id === caseId)?.closed_at.toISOString();
      if (open || closedAt !== begun) throw new QuellError('CASE_OPEN', `${caseId}, since this was begun`);
    }
    return rows.map((row) => ({ caseId: row.case_id, closedAt: row.closed_at.toISOString(), isGoing: row.going }));
  });
}

/** Nothing kept it when it was looked at after it had been begun. Errors: those of `query`. */
export async function letForgettingGo(pool: Pool, because: string, caseIds?: readonly string[]): Promise<void> {
  await query(pool, `UPDATE case_forgettings f SET going = true WHERE ${OF_THESE}`, [because, caseIds]);
}

/** It is done, or given up. Errors: those of `query`. */
export async function endForgetting(on: Queryable, because: string, caseIds?: readonly string[]): Promise<void> {
  await query(on, `DELETE FROM case_forgettings f WHERE ${OF_THESE}`, [because, caseIds]);
}

/** Errors: those of `query`. */
export async function isBeingForgotten(on: Queryable, caseId: string): Promise<boolean> {
  const { rowCount } = await query(on, `SELECT FROM case_forgettings f WHERE case_id = $1 AND ${IN_FORCE}`, [caseId]);
  return rowCount === 1;
}

/** For whoever would start a case. Errors: CASE_FORGETTING; those of `query`. */
export async function refuseWhileForgetting(on: Queryable, caseId: string): Promise<void> {
  if (await isBeingForgotten(on, caseId)) throw new QuellError('CASE_FORGETTING', caseId);
}

/** Whether a deliverer is just telling the case of alerts, so that one is about to open (`CaseJoins.telling`). Errors: those of `query`. */
export async function isBeingTold(pool: Pool, caseId: string): Promise<boolean> {
  const { rowCount } = await query(pool, 'SELECT FROM case_joins WHERE case_id = $1 AND telling_until > now()', [
    caseId,
  ]);
  return rowCount === 1;
}
