import type { Pool } from 'pg';
import type { Instant } from '../../domain/platform.js';
import { dueAt, dueParts, CASE_PARTS, type CasePart, type RetentionPolicy } from '../../domain/retention.js';
import { query, type Queryable } from '../postgres/connection.js';

/** What the index says of all cases under one id, which are one person's and share their keys. */
export interface CaseStanding {
  readonly caseId: string;
  readonly subjectId: string;
  readonly open: boolean;
  /** When the last of them closed. */
  readonly closedAt?: Instant;
  readonly forgotten: readonly string[];
  readonly held: boolean;
}

/** A case of which something is due, or will be next. */
export interface DueCase extends CaseStanding {
  readonly closedAt: Instant;
  /** What is due by now; none when only a hold or time keeps it. */
  readonly parts: readonly CasePart[];
  readonly next?: { readonly part: CasePart; readonly at: Instant };
}

interface Row {
  readonly case_id: string;
  readonly subject_id: string;
  readonly open: boolean;
  readonly closed_at: Date | null;
  readonly forgotten: readonly string[];
  readonly held: boolean;
}

/** Of several cases under an id only what is gone of all of them is gone. */
const STANDING = `
  SELECT c.case_id, max(c.subject_id) AS subject_id, bool_or(c.closed_at IS NULL) AS open, max(c.closed_at) AS closed_at,
    ARRAY(SELECT part FROM unnest(ARRAY['evidence', 'dossier']) part
      WHERE (SELECT bool_and(part = ANY (o.forgotten)) FROM cases o WHERE o.case_id = c.case_id)) AS forgotten,
    EXISTS (SELECT FROM case_holds h WHERE h.case_id = c.case_id) AS held
  FROM cases c`;

const standingOf = ({ case_id, subject_id, open, closed_at, forgotten, held }: Row): CaseStanding => ({
  ...{ caseId: case_id, subjectId: subject_id, open, forgotten, held },
  ...(closed_at === null ? {} : { closedAt: closed_at.toISOString() }),
});

/** Of the cases of these ids; those that the index does not know are missing. Errors: those of `query`. */
export async function standingOfCases(on: Queryable, caseIds: readonly string[]): Promise<readonly CaseStanding[]> {
  const { rows } = await query<Row>(on, `${STANDING} WHERE c.case_id = ANY ($1) GROUP BY c.case_id`, [caseIds]);
  return rows.map(standingOf);
}

/** Case ids of these subjects. Errors: those of `query`. */
export async function casesOfSubjects(on: Queryable, subjectIds: readonly string[]): Promise<readonly string[]> {
  const { rows } = await query<{ case_id: string }>(
    on,
    'SELECT DISTINCT case_id FROM cases WHERE subject_id = ANY ($1) ORDER BY case_id',
    [subjectIds],
  );
  return rows.map((row) => row.case_id);
}

/**
 * Cases of which something is due by `now`, the longest closed first, at most `limit`; with `held` those alone that a hold keeps, without it those that nothing keeps. `after`: the last one of the page
 * before. Errors: those of `query`.
 */
export async function dueCases(
  pool: Pool,
  policy: RetentionPolicy,
  now: Instant,
  {
    held,
    limit,
    after,
  }: { readonly held: boolean; readonly limit: number; readonly after?: Pick<DueCase, 'caseId' | 'closedAt'> },
): Promise<readonly DueCase[]> {
  const { evidenceDays, dossierDays, caseDays } = policy;
  const { rows } = await query<Row>(
    pool,
    `WITH due AS (
       SELECT case_id, max(closed_at) AS closed FROM cases GROUP BY case_id
       HAVING bool_and(closed_at IS NOT NULL) AND (
         (max(closed_at) <= $1::timestamptz - make_interval(days => $2) AND NOT bool_and('evidence' = ANY (forgotten))) OR
         (max(closed_at) <= $1::timestamptz - make_interval(days => $3) AND NOT bool_and('dossier' = ANY (forgotten))) OR
         max(closed_at) <= $1::timestamptz - make_interval(days => $4))
         AND ($6::timestamptz IS NULL OR (max(closed_at), case_id) > ($6::timestamptz, $7::text))
         AND (case_id IN (SELECT case_id FROM case_holds)) = $5
       ORDER BY closed, case_id LIMIT $8)
     ${STANDING} WHERE c.case_id IN (SELECT case_id FROM due) GROUP BY c.case_id ORDER BY max(c.closed_at), c.case_id`,
    [now, evidenceDays, dossierDays, caseDays, held, after?.closedAt, after?.caseId, limit],
  );
  return rows.flatMap((row) => {
    const standing = standingOf(row);
    return standing.closedAt === undefined ? [] : [dueOf({ ...standing, closedAt: standing.closedAt }, policy, now)];
  });
}

/** What is due of a case, and what will be next. */
export function dueOf(
  standing: CaseStanding & { readonly closedAt: Instant },
  policy: RetentionPolicy,
  now: Instant,
): DueCase {
  const parts = dueParts(standing.closedAt, standing.forgotten, policy, now);
  const part = CASE_PARTS.find((p) => !standing.forgotten.includes(p) && !parts.includes(p));
  const next = part && { part, at: dueAt(standing.closedAt, policy, part) };
  return { ...standing, parts, ...(next ? { next } : {}) };
}
