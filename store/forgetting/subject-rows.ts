import type { Pool } from 'pg';
import type { Instant } from '../../domain/platform.js';
import { query } from '../postgres/connection.js';
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
export async function forgetSubjects(pool: Pool, keys: SubjectKeys, subjectIds: readonly string[]): Promise<void> {
  await keys.destroy(subjectIds);
  await query(pool, 'DELETE FROM subject_aliases WHERE subject_id = ANY ($1)', [subjectIds]);
  await query(pool, 'DELETE FROM subjects WHERE subject_id = ANY ($1)', [subjectIds]);
}

/**
 * Subjects that nothing was told of since `before`, and of whom no dossier is kept under any of their ids; at most a thousand ids. `but`: whom the configuration names. Errors: those of `query`.
 */
export async function subjectsToForget(
  pool: Pool,
  before: Instant,
  but: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await query<{ subject_id: string }>(
    pool,
    `WITH old AS (
       SELECT canonical FROM subjects s GROUP BY canonical
       HAVING max(known_at) < $1 AND NOT (canonical = ANY ($2)) AND NOT bool_or(EXISTS (
         SELECT FROM cases c WHERE c.subject_id = s.subject_id AND NOT ('dossier' = ANY (c.forgotten))))
       LIMIT ${AT_ONCE})
     SELECT subject_id FROM subjects JOIN old USING (canonical)`,
    [before, but],
  );
  return rows.map((row) => row.subject_id);
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
