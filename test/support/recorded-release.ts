import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { VerifyKey } from '../../store/key-ring.js';
import { query, type Queryable } from '../../store/postgres/connection.js';
import { GRANTS } from '../../store/postgres/grants.js';
import { migrate, MIGRATIONS } from '../../store/postgres/migrations.js';
import type { DatabaseSettings } from '../../store/postgres/settings.js';

/** Recordings, a file for each release. */
export const RELEASED = join(import.meta.dirname, '..', 'store', 'postgres', 'released');
export const releases = (): readonly string[] => readdirSync(RELEASED).filter((file) => file.endsWith('.sql'));

const About = z.object({
  /** Names of its steps, in their order, with the digest of each. */
  steps: z.array(z.object({ name: z.string(), sha256: z.string() })),
  /** Rows by table. */
  rows: z.record(z.string(), z.number()),
  /** Public half of the key that signed its audit log. */
  audit: z.object({ keyId: z.string(), publicKey: z.string() }),
});
export interface RecordedRelease {
  readonly steps: readonly { readonly name: string; readonly sha256: string }[];
  readonly rows: Readonly<Record<string, number>>;
  readonly audit: VerifyKey;
}

const TABLES = ['members', ...Object.keys(GRANTS)];

/** Writes what a database of this release holds, as the owner of it: on the first line what it is, then statements that add its rows. Schema steps are not among them: they are never changed. */
export async function recordRelease(on: Queryable, file: string, audit: VerifyKey): Promise<void> {
  const { rows: steps } = await query(on, 'SELECT name, sha256 FROM schema_steps ORDER BY name');
  const rows: Record<string, number> = {};
  const statements: string[] = [];
  for (const table of TABLES) {
    const columns = await columnsOf(on, table);
    const { rows: all } = await query<{ row: string }>(
      on,
      `SELECT row_to_json(t)::text AS row FROM (SELECT ${columns} FROM ${table}) t`,
    );
    rows[table] = all.length;
    statements.push(
      ...all.map(
        ({ row }) =>
          `INSERT INTO ${table} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM json_populate_record(NULL::${table}, '${row.replaceAll("'", "''")}');`,
      ),
    );
  }
  const about = { steps, rows, audit };
  writeFileSync(file, `-- ${JSON.stringify(about)}\n${statements.join('\n')}\n`);
}

/** Makes the schema of a recorded release in an empty database by its own steps, with its rows. */
export async function restoreRelease(
  settings: DatabaseSettings,
  on: Queryable,
  file: string,
): Promise<RecordedRelease> {
  const [first = '', ...statements] = readFileSync(join(RELEASED, file), 'utf8').trimEnd().split('\n');
  const about = About.parse(JSON.parse(first.slice('-- '.length)));
  const folder = mkdtempSync(join(tmpdir(), 'quell-release-'));
  try {
    for (const { name } of about.steps) cpSync(join(MIGRATIONS, `${name}.sql`), join(folder, `${name}.sql`));
    await migrate(settings, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // As `pg_restore` does: rows go in as they are, and the server's triggers add nothing to them.
  await query(on, `SET session_replication_role = replica`);
  for (const statement of statements) await query(on, statement);
  await query(on, `SET session_replication_role = DEFAULT`);
  for (const table of Object.keys(about.rows)) await goOnCounting(on, table);
  return about;
}

/** All that are written; what the server works out is worked out again. */
async function columnsOf(on: Queryable, table: string): Promise<string> {
  const { rows } = await query<{ name: string }>(
    on,
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [table],
  );
  return rows.map(({ name }) => name).join(', ');
}

async function goOnCounting(on: Queryable, table: string): Promise<void> {
  const { rows } = await query<{ name: string }>(
    on,
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attidentity <> ''`,
    [table],
  );
  for (const { name } of rows)
    await query(on, `SELECT setval(pg_get_serial_sequence('${table}', '${name}'), max(${name})) FROM ${table}`);
}
