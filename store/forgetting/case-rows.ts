import type { Pool, PoolClient } from 'pg';
import type { Instant } from '../../domain/platform.js';
import type { CasePart } from '../../domain/retention.js';
import { query, transaction } from '../postgres/connection.js';
import type { Forgetting } from './being-forgotten.js';

/**
 * What tables hold of the cases under an id that closed by `closedAt` (records). Of the evidence nothing; with the dossier goes what ties them to others and who decided on them; last the rows themselves. Errors: those of
 * `transaction`.
 */
export function forgetRows(pool: Pool, { caseId, closedAt }: Forgetting, parts: readonly CasePart[]): Promise<void> {
  return transaction(pool, async (on) => {
    if (parts.includes('dossier')) await forgetTies(on, caseId, closedAt);
    await query(
      on,
      `UPDATE cases SET forgotten = ARRAY(SELECT DISTINCT unnest(forgotten || $2::text[]) ORDER BY 1) WHERE case_id = $1 AND date_trunc('milliseconds', closed_at) <= $3`,
      [caseId, parts.filter((part) => part !== 'row'), closedAt],
    );
    if (parts.includes('row')) {
      await query(on, 'DELETE FROM case_alerts WHERE case_id = $1 AND opened_at <= $2', [caseId, closedAt]);
      await query(on, `DELETE FROM cases WHERE case_id = $1 AND date_trunc('milliseconds', closed_at) <= $2`, [
        caseId,
        closedAt,
      ]);
    }
  });
}

/** Links are hashes of addresses, apps and sessions: whoever guesses one finds it. One that another case knows too stays that case's. */
async function forgetTies(on: PoolClient, caseId: string, closedAt: Instant): Promise<void> {
  await query(
    on,
    `UPDATE cases SET links = '{}', report = NULL WHERE case_id = $1 AND date_trunc('milliseconds', closed_at) <= $2`,
    [caseId, closedAt],
  );
  const later = await query(on, 'SELECT FROM cases WHERE case_id = $1 AND opened_at > $2', [caseId, closedAt]);
  // What bears the id alone may be the later case's, and goes with that.
  if (later.rowCount !== 0) return;
  await query(on, `DELETE FROM plan_waits WHERE case_id = $1`, [caseId]);
  const { rows } = await query<{ link: string }>(on, 'DELETE FROM case_links WHERE case_id = $1 RETURNING link', [
    caseId,
  ]);
  await query(
    on,
    `DELETE FROM incident_links i WHERE link = ANY ($1) AND NOT EXISTS (SELECT FROM case_links c WHERE c.link = i.link)`,
    [rows.map(({ link }) => link)],
  );
}
