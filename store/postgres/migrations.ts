import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runner } from 'node-pg-migrate';
import type { Pool, PoolClient } from 'pg';
import { QuellError } from '../../domain/errors.js';
import { connected, poolOf, query, transaction, type Queryable } from './connection.js';
import { DatabaseError, inDatabase, unlessTaken } from './errors.js';
import { applyRights } from './rights.js';
import type { DatabaseSettings } from './settings.js';

/** This release's steps from an empty database to its schema: plain SQL, run in the order of their numbers, each in a transaction of its own, never changed afterwards. */
export const MIGRATIONS = join(import.meta.dirname, 'migrations');

const STEP = /^\d{4}-[a-z0-9-]+\.sql$/;
/** The tool runs what it finds in the folder, scripts too: all but steps is hidden from it. */
const NO_STEP = `(?!${STEP.source.slice(1)}).*`;
/** Locked by whoever migrates: a table that nobody else may lock, where an advisory lock is anybody's who can sign in. */
const LOCK = 'schema_lock';

interface Step {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/**
 * Brings the schema and the rights of the worker roles up to this release; one process at a time, the others wait and find it done. Connect as the owner of the schema. Answers the names of the steps that
 * were run. Errors: DATABASE_SCHEMA, and nothing is changed, when the database has steps that this release does not know or a step was changed after it was run; a step that
 * fails is undone, and those before it stay.
 */
export async function migrate(settings: DatabaseSettings, folder = MIGRATIONS): Promise<readonly string[]> {
  const steps = await readSteps(folder);
  // Without a time limit: for another process to end, for a table to be rewritten.
  const pool = poolOf(settings, { role: 'migrate', max: 2, statementTimeoutMs: 0 });
  try {
    return await alone(pool, () => connected(pool, (client) => run(client, folder, steps)));
  } finally {
    await pool.end();
  }
}

/** For a process that starts: the schema is of its release. Errors: DATABASE_SCHEMA. */
export async function requireSchema(on: Queryable): Promise<void> {
  const wanted = [...(await readSteps(MIGRATIONS)).keys()].sort().at(-1) ?? '';
  const newest = await newestStep(on);
  if (newest !== wanted)
    throw refused(
      newest !== undefined && newest > wanted
        ? `a newer release made it (${newest}); this one knows ${wanted}`
        : `it is at ${newest ?? 'nothing'}, and this release wants ${wanted}: run quell db migrate`,
    );
}

async function newestStep(on: Queryable): Promise<string | undefined> {
  try {
    const { rows } = await query<{ step: string | null }>(on, 'SELECT newest_step() AS step');
    return rows[0]?.step ?? undefined;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === 'DATABASE_SCHEMA') return undefined;
    throw error;
  }
}

/** One process at a time: the lock is a transaction's on a connection of its own, because each step ends one on the other. */
async function alone<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  // Two that make the same table at once: one of them is refused, and then it is there.
  await unlessTaken(() => query(pool, `CREATE TABLE IF NOT EXISTS ${LOCK} ()`));
  return await transaction(pool, async (on) => {
    await query(on, 'SET LOCAL idle_in_transaction_session_timeout = 0');
    await query(on, `LOCK TABLE ${LOCK} IN EXCLUSIVE MODE`);
    return await work();
  });
}

async function run(client: PoolClient, folder: string, steps: ReadonlyMap<string, Step>): Promise<readonly string[]> {
  await query(
    client,
    'CREATE TABLE IF NOT EXISTS schema_steps (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  refuseOther(await query<Applied>(client, 'SELECT name, sha256 FROM schema_steps ORDER BY name'), steps);
  const done = await inDatabase(() =>
    runner({
      ...{ dbClient: client, dir: folder, direction: 'up', noLock: true, ignorePattern: NO_STEP },
      migrationsTable: 'schema_migrations',
      migrationLoaderStrategies: [
        { extensions: ['.sql'], loader: async (paths) => paths.map((path) => unitOf(path, steps)) },
      ],
      log: () => undefined, // it would print statements
    }),
  );
  if (folder === MIGRATIONS) await applyRights(client);
  return done.map(({ name }) => name);
}

interface Applied {
  readonly name: string;
  readonly sha256: string;
}

function refuseOther({ rows }: { readonly rows: readonly Applied[] }, steps: ReadonlyMap<string, Step>): void {
  const unknown = rows.filter(({ name }) => !steps.has(name));
  if (unknown.length > 0) throw refused(`a newer release made it: ${names(unknown)} not known here`);
  const changed = rows.filter(({ name, sha256 }) => steps.get(name)?.sha256 !== sha256);
  if (changed.length > 0) throw refused(`changed after it was run: ${names(changed)}`);
  const last = rows.at(-1)?.name ?? '';
  const late = [...steps.values()].filter(({ name }) => name < last && !rows.some((row) => row.name === name));
  if (late.length > 0) throw refused(`numbered below one that was run: ${names(late)}`);
}

/** What was run is noted in the transaction that ran it. */
function unitOf(path: string, steps: ReadonlyMap<string, Step>) {
  const step = steps.get(basename(path, '.sql'));
  if (!step) throw refused(`appeared while it was migrated: ${basename(path)}`);
  const { name, sql, sha256 } = step;
  return {
    ...{ id: path, filePaths: [path] },
    actions: {
      up: (steps: { sql(text: string): void }) => {
        steps.sql(sql);
        steps.sql(`INSERT INTO schema_steps (name, sha256) VALUES ('${name}', '${sha256}')`);
      },
      down: false as const, // forward only
    },
  };
}

async function readSteps(folder: string): Promise<ReadonlyMap<string, Step>> {
  const files = (await readdir(folder)).filter((file) => STEP.test(file));
  const read = await Promise.all(
    files.map(async (file): Promise<Step> => {
      const sql = await readFile(join(folder, file), 'utf8');
      return { name: basename(file, '.sql'), sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
  return new Map(read.map((step) => [step.name, step]));
}

const names = (of: readonly { readonly name: string }[]): string => of.map(({ name }) => name).join(', ');
const refused = (why: string): QuellError => new QuellError('DATABASE_SCHEMA', why);
