import type { Instant } from '../../domain/platform.js';
import { query, type Queryable } from '../postgres/connection.js';
import { COLUMNS, entryOf, type CaseEntry, type CaseRow } from './case-entry.js';

/** Distinct incidents in which the subject acted, with verdict `compromised` or `insider`. */
export interface Involvement {
  /** Newest first; a case in none counts for itself. */
  readonly incidents: readonly string[];
  readonly count: number;
}

/** What is known of cases; outlives Temporal's retention. Lists of them: `CaseLists`. Errors: those of `query`. */
export class CaseIndex {
  constructor(private readonly database: Queryable) {}

  /** The newest case of that id. */
  async get(caseId: string): Promise<CaseEntry | undefined> {
    const { rows } = await query<CaseRow>(
      this.database,
      `SELECT ${COLUMNS} FROM cases c WHERE c.case_id = $1 ORDER BY c.opened_at DESC LIMIT 1`,
      [caseId],
    );
    return rows[0] && entryOf(rows[0]);
  }

  /** Whether a case of the subject holds the alert. */
  async holds(alertId: string, subjectId: string): Promise<boolean> {
    const { rowCount } = await query(
      this.database,
      `SELECT FROM case_alerts a JOIN cases c USING (case_id, opened_at) WHERE a.alert_id = $1 AND c.subject_id = $2 LIMIT 1`,
      [alertId, subjectId],
    );
    return rowCount === 1;
  }

  /** Ids of the cases that are open, of those that were opened before an instant. */
  async running(before?: Instant): Promise<ReadonlySet<string>> {
    const { rows } = await query<{ case_id: string }>(
      this.database,
      'SELECT case_id FROM cases WHERE closed_at IS NULL AND opened_at < $1',
      [before ?? 'infinity'],
    );
    return new Set(rows.map((row) => row.case_id));
  }

  /** Ids of all cases. */
  async all(): Promise<ReadonlySet<string>> {
    const { rows } = await query<{ case_id: string }>(this.database, 'SELECT DISTINCT case_id FROM cases');
    return new Set(rows.map((row) => row.case_id));
  }

  /** Subjects of the open cases that share an incident with this one, sorted. */
  async together(caseId: string): Promise<readonly string[]> {
    const { rows } = await query<{ subject_id: string }>(
      this.database,
      `SELECT DISTINCT other.subject_id FROM cases this JOIN cases other USING (incident_id)
       WHERE this.case_id = $1 AND this.closed_at IS NULL AND other.closed_at IS NULL ORDER BY 1`,
      [caseId],
    );
    return rows.map((row) => row.subject_id);
  }

  /** Over cases opened in the last `days` before `now`. `subjectIds`: all ids of a subject that was merged. `running` leaves out the case of that id that has not closed; the subject's earlier cases bear the same id. */
  async involvements(
    subjectIds: readonly string[],
    days: number,
    now: Instant,
    running?: string,
  ): Promise<Involvement> {
    const { rows } = await query<{ incident: string }>(this.database, INVOLVEMENTS, [subjectIds, days, now, running]);
    const incidents = rows.map(({ incident }) => incident);
    return { incidents, count: incidents.length };
  }
}

const INVOLVEMENTS = `
  SELECT COALESCE(incident_id, case_id || '@' || extract(epoch FROM opened_at)) AS incident FROM cases
  WHERE subject_id = ANY ($1) AND opened_at BETWEEN $3::timestamptz - make_interval(days => $2) AND $3::timestamptz
    AND (closed_at IS NOT NULL OR case_id IS DISTINCT FROM $4::text)
    AND closed_as IS DISTINCT FROM 'merged' AND verdict IN ('compromised', 'insider')
  GROUP BY 1 ORDER BY max(opened_at) DESC`;
