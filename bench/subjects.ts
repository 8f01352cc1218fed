import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { query } from '../store/postgres/connection.js';
import type { Alias } from '../store/subjects/alias.js';
import { SubjectRegistry } from '../store/subjects/registry.js';
import { FolderObjects } from '../store/objects/folder-objects.js';
import { SubjectKeys } from '../store/subjects/subject-keys.js';
import type { Task } from './measure.js';

const CALLS = 200;
/** That a large organisation has seen. */
const SUBJECTS = 20_000;

const account = (nativeId: string): Alias => ({ platform: 'slack', tenant: 'main', nativeId });

/** Who is who, beside the plain statement that each call could be at best. One call after the other: a case waits for each. */
export async function subjectTasks(pool: Pool, folder: string): Promise<readonly Task[]> {
  const keys = new SubjectKeys(new FolderObjects(folder), { keyId: 'k-bench', bytes: randomBytes(32) });
  await keys.begin(); // the people of the benchmark are put into the tables by themselves
  const registry = await SubjectRegistry.open(pool, keys);
  await fill(pool);
  const known = account('known');
  const { subjectId } = await registry.resolve([known, { mail: 'known@example.com' }]);
  await registry.setProfile({
    ...{ subjectId, kind: 'person', name: 'Kim Example', mails: ['known@example.com'], accounts: [known as never] },
    ...{ authority: 'microsoft', vip: false, readAt: '2026-03-10T12:00:00.000Z' },
  });
  const { rows } = await query<{ alias: Buffer }>(pool, 'SELECT alias FROM subject_aliases WHERE subject_id = $1', [
    subjectId,
  ]);
  const aliases = rows.map(({ alias }) => alias);
  const times = (call: () => Promise<unknown>) => async () => {
    for (let i = 0; i < CALLS; i++) await call();
  };
  const task = (name: string, call: () => Promise<unknown>, plain?: () => Promise<unknown>): Task => ({
    ...{ name: `registry, ${name}`, unit: 'calls', count: CALLS, run: times(call) },
    ...(plain ? { plain: times(plain) } : {}),
  });
  return [
    task(
      'resolve somebody known',
      () => registry.resolve([known, { mail: 'known@example.com' }]),
      () => query(pool, 'SELECT subject_id FROM subject_aliases WHERE alias = ANY ($1)', [aliases]),
    ),
    task(
      'resolve somebody new',
      () => registry.resolve([account(randomUUID()), { mail: `${randomUUID()}@example.com` }]),
      () =>
        query(
          pool,
          `WITH one AS (INSERT INTO subjects (subject_id, canonical) VALUES ($1, $1))
           INSERT INTO subject_aliases (alias, subject_id, box) VALUES ($2, $1, $3), ($4, $1, $3)`,
          [randomUUID(), randomBytes(32), randomBytes(90), randomBytes(32)],
        ),
    ),
    task(
      'read a profile',
      () => registry.profile(subjectId),
      // As it is stored, encrypted.
      () => query(pool, 'SELECT profile FROM subjects WHERE subject_id = $1', [subjectId]),
    ),
    task('the id that stays', () => registry.canonical(subjectId)),
    task('bind what is bound', () => registry.bind(subjectId, [known])),
  ];
}

async function fill(pool: Pool): Promise<void> {
  await query(
    pool,
    `WITH people AS (INSERT INTO subjects (subject_id, canonical) SELECT 's-' || n, 's-' || n FROM generate_series(1, $1::int) AS n)
     INSERT INTO subject_aliases (alias, subject_id, box)
     SELECT sha256(convert_to(n || '/' || k, 'UTF8')), 's-' || n, '' FROM generate_series(1, $1::int) AS n, generate_series(1, 3) AS k`,
    [SUBJECTS],
  );
}
