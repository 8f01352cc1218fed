import type { Pool } from 'pg';
import { SEVERITIES, type Severity } from '../../domain/platform.js';
import { refuseWhileForgetting } from '../forgetting/being-forgotten.js';
import { query, transaction } from '../postgres/connection.js';

/** How often a case was told of alerts, of which severity at most, and how long ago it was told last. */
export interface Told {
  readonly joins: number;
  readonly severity: Severity;
  readonly agoMs: number;
}

/** New cases that a source may open a minute. */
export interface Share {
  readonly name: string;
  readonly newCasesPerMinute: number;
}

const RECENT = `let_in_at > now() - interval '1 minute'`;

const LET_IN = `
  WITH recent AS (SELECT case_id FROM case_joins WHERE source = $1 AND ${RECENT}),
  asked AS (
    SELECT case_id, row_number() OVER (ORDER BY n) AS place FROM unnest($2::text[]) WITH ORDINALITY AS a (case_id, n)
    WHERE case_id NOT IN (SELECT case_id FROM recent)),
  let_in AS (
    INSERT INTO case_joins (case_id, source, let_in_at)
    SELECT case_id, $1, now() FROM asked WHERE place <= $3::int - (SELECT count(*) FROM recent) ORDER BY case_id
    ON CONFLICT (organisation, case_id) DO UPDATE SET source = excluded.source, let_in_at = excluded.let_in_at
    RETURNING case_id)
  SELECT case_id FROM let_in UNION ALL SELECT case_id FROM recent WHERE case_id = ANY ($2)`;

/** What all deliverers together told the cases. Errors: those of the database. */
export class CaseJoins {
  constructor(private readonly pool: Pool) {}

  /** Which of these cases the source may open now, the first of them first. Who was let in stays so for that minute. */
  async letIn({ name, newCasesPerMinute }: Share, caseIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await transaction(this.pool, async (on) => {
      // Those who ask at the same time are counted one after the other.
      await query(
        on,
        'INSERT INTO source_turns AS t (source) VALUES ($1) ON CONFLICT (organisation, source) DO UPDATE SET turns = t.turns + 1',
        [name],
      );
      return await query<{ case_id: string }>(on, LET_IN, [name, caseIds, newCasesPerMinute]);
    });
    return new Set(rows.map((row) => row.case_id));
  }

  /** Lets go of what waits for its source's share: for each as many cases as it has room for, the oldest first, with all their messages. The bound itself is kept by `letIn`. */
  async letGo(shares: readonly Share[]): Promise<void> {
    await query(
      this.pool,
      `WITH room AS (
         SELECT s.name, s.share - (SELECT count(*) FROM case_joins WHERE source = s.name AND ${RECENT}) AS cases
         FROM unnest($1::text[], $2::int[]) AS s (name, share)),
       waiting AS (
         SELECT source, held_for, row_number() OVER (PARTITION BY source ORDER BY min(seq)) AS place
         FROM inbox WHERE status = 'waiting' AND why = 'cap' AND source = ANY (ARRAY(SELECT name FROM room WHERE cases > 0)) GROUP BY source, held_for),
       chosen AS MATERIALIZED (SELECT w.source, w.held_for FROM waiting w JOIN room r ON r.name = w.source AND w.place <= r.cases)
       UPDATE inbox SET why = NULL, held_for = NULL, free_at = now() WHERE seq = ANY (ARRAY(
         SELECT m.seq FROM chosen c CROSS JOIN LATERAL (
           SELECT i.seq FROM inbox i WHERE i.status = 'waiting' AND i.why = 'cap' AND i.source = c.source AND i.held_for = c.held_for
           FOR UPDATE SKIP LOCKED) m))`,
      [shares.map(({ name }) => name), shares.map(({ newCasesPerMinute }) => newCasesPerMinute)],
    );
  }

  /** What a case was told; undefined when nothing is known of it. */
  async told(caseId: string): Promise<Told | undefined> {
    const { rows } = await query<{ joins: number; gravest: number; ago_ms: number }>(
      this.pool,
      `SELECT joins, gravest, extract(epoch FROM now() - joined_at)::float * 1000 AS ago_ms FROM case_joins WHERE case_id = $1 AND joins > 0`,
      [caseId],
    );
    const [row] = rows;
    return row && { joins: row.joins, severity: SEVERITIES[row.gravest] ?? 'info', agoMs: row.ago_ms };
  }

  /**
   * To be said before what a case is told of is written: an erasure that begins from now on finds it, and one that was begun before is found by it. In force for five minutes, longer than
   * any call takes. Errors: CASE_FORGETTING.
   */
  async telling(caseId: string): Promise<void> {
    await query(
      this.pool,
      `INSERT INTO case_joins (case_id, telling_until) VALUES ($1, now() + interval '5 minutes')
       ON CONFLICT (organisation, case_id) DO UPDATE SET telling_until = excluded.telling_until`,
      [caseId],
    );
    try {
      await refuseWhileForgetting(this.pool, caseId);
    } catch (error) {
      await query(this.pool, 'UPDATE case_joins SET telling_until = NULL WHERE case_id = $1', [caseId]);
      throw error;
    }
  }

  /** `opened`: a new case, which counts from the beginning. */
  async joined(caseId: string, severity: Severity, opened: boolean): Promise<void> {
    await query(
      this.pool,
      `INSERT INTO case_joins AS c (case_id, joins, gravest) VALUES ($1, 1, $2)
       ON CONFLICT (organisation, case_id) DO UPDATE SET joined_at = now(), telling_until = NULL, joins = CASE WHEN $3 THEN 1 ELSE c.joins + 1 END,
         gravest = CASE WHEN $3 THEN excluded.gravest ELSE greatest(c.gravest, excluded.gravest) END`,
      [caseId, SEVERITIES.indexOf(severity), opened],
    );
  }

  /** Forgets cases that were told nothing for a month; told again they begin anew. */
  async prune(): Promise<void> {
    await query(
      this.pool,
      `DELETE FROM case_joins WHERE case_id = ANY (ARRAY(
         SELECT case_id FROM case_joins WHERE joined_at < now() - interval '30 days'
         ORDER BY joined_at LIMIT 5000 FOR UPDATE SKIP LOCKED))`,
    );
  }
}
