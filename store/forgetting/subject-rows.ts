import type { Pool } from 'pg';
import type { Instant } from '../../domain/platform.js';
import { query, transaction, type Queryable } from '../postgres/connection.js';
import type { SubjectKeys } from '../subjects/subject-keys.js';

const AT_ONCE = 1_000;

/** All ids that are one subject's, with the ones given. Errors: those of `query`. */
export async function idsTogether(pool: Pool, subjectId: string): Promise<readonly string[]> {
  const { rows } = await query<{ subject_id: string }>(
    pool,
    'SELECT subject_id FROM subjects WHERE canonical = (SELECT canonical FROM subjects WHERE subject_id = $1)',
    [subjectId],
  );
  return [...new Set([subjectId, ...rows.map((row) => row.subject_id)])];
}

/** Destroys the keys of subjects, which are all of one or several people's ids, then their rows. Errors: those of `query` and of `SubjectKeys`. */
export async function forgetSubjects(on: Queryable, keys: SubjectKeys, subjectIds: readonly string[]): Promise<void> {
  await keys.destroy(subjectIds);
  await query(on, 'DELETE FROM subject_aliases WHERE subject_id = ANY ($1)', [subjectIds]);
  await query(on, 'DELETE FROM subjects WHERE subject_id = ANY ($1)', [subjectIds]);
}

/** Of whom nothing is to be kept: nothing was told of them since `before`. `but`: whom the configuration names. */
export interface Untold {
  readonly before: Instant;
  readonly but: readonly string[];
}

/** Nothing was told of any of their ids for long, and no dossier is kept under one. */
const FORGETTABLE = `
  SELECT array_agg(subject_id ORDER BY subject_id) AS ids FROM subjects s WHERE $3::text[] IS NULL OR subject_id = ANY ($3)
  GROUP BY canonical HAVING max(known_at) < $1 AND NOT (canonical = ANY ($2)) AND NOT bool_or(EXISTS (
    SELECT FROM cases c WHERE c.subject_id = s.subject_id AND NOT ('dossier' = ANY (c.forgotten))))`;

/** People whom nothing is to be kept of, with all their ids; at most a thousand. Errors: those of `query`. */
export async function subjectsToForget(pool: Pool, { before, but }: Untold): Promise<readonly (readonly string[])[]> {
  const { rows } = await query<{ ids: string[] }>(pool, `${FORGETTABLE} LIMIT ${AT_ONCE}`, [before, but, null]);
  return rows.map((row) => row.ids);
}

/** Looks again, while nobody can tell of the person, and forgets them. Answers whether it did. Errors: those of `query` and of `SubjectKeys`. */
export function forgetIfStill(pool: Pool, keys: SubjectKeys, ids: readonly string[], untold: Untold): Promise<boolean> {
  return transaction(pool, async (on) => {
    await query(on, 'SELECT FROM subjects WHERE subject_id = ANY ($1) ORDER BY subject_id FOR UPDATE', [ids]);
    const { rows } = await query<{ ids: string[] }>(on, FORGETTABLE, [untold.before, untold.but, ids]);
    const is = rows.length === 1 && rows[0]?.ids.length === ids.length;
    if (is) await forgetSubjects(on, keys, ids);
    return is;
  });
}

/** Rows of subjects whose key is gone: an erasure that was cut off, or a backup that was put back. Errors: those of `query` and of `SubjectKeys`. */
export async function forgetKeyless(pool: Pool, keys: SubjectKeys): Promise<number> {
  const { rows } = await query<{ subject_id: string }>(pool, 'SELECT subject_id FROM subjects');
  if (rows.length === 0) return 0;
  const gone = await keys.gone(rows.map((row) => row.subject_id));
  if (gone.length > 0) await forgetWithJoined(pool, gone);
  return gone.length;
}

/** Whoever was joined to one that is gone stands for themselves again. */
async function forgetWithJoined(pool: Pool, gone: readonly string[]): Promise<void> {
  await query(pool, 'DELETE FROM subject_aliases WHERE subject_id = ANY ($1)', [gone]);
  await query(
    pool,
    'UPDATE subjects SET canonical = subject_id WHERE canonical = ANY ($1) AND subject_id <> ALL ($1)',
    [gone],
  );
  await query(pool, 'DELETE FROM subjects WHERE subject_id = ANY ($1)', [gone]);
}
