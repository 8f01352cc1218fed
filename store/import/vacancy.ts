import type { PoolClient } from 'pg';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { query, type Queryable } from '../postgres/connection.js';
import { GRANTS } from '../postgres/grants.js';
import type { Part } from './rows.js';

/** Key of the audit entry that an import leaves; there is one of an organisation. */
export const IMPORTED = 'state.imported';

const counts = z.record(z.string(), z.number());
const ImportedSchema = z.object({
  at: z.string(),
  data: z.object({
    head: z.string(),
    lines: z.number(),
    parts: z.record(z.string(), z.object({ taken: counts, left: counts })),
  }),
});

/** What an import said of itself. */
export interface Imported {
  readonly at: string;
  /** Where the chain of the folder ended. */
  readonly head: string;
  readonly lines: number;
  readonly parts: Readonly<Record<string, Part>>;
}

/** The import that the organisation had; undefined when it had none. Errors: those of `query`. */
export async function importOf(on: Queryable, organisation: string): Promise<Imported | undefined> {
  const { rows } = await query<{ entry: string }>(
    on,
    'SELECT entry::text AS entry FROM audit_entries WHERE organisation = $1 AND key = $2',
    [organisation, IMPORTED],
  );
  const { data } = ImportedSchema.safeParse(jsonOf(rows[0]?.entry ?? ''));
  return data && { at: data.at, ...data.data };
}

/** Somebody signs in for it: a name that is mistyped would get rows that nobody sees. Errors: CONFIG, those of `query`. */
export async function requireOrganisation(on: Queryable, organisation: string): Promise<void> {
  const { rowCount } = await query(on, 'SELECT FROM members WHERE organisation = $1 LIMIT 1', [organisation]);
  if (rowCount === 0)
    throw new QuellError('CONFIG', `no login is of the organisation ${organisation}: run quell db enrol first`);
}

/** Tables whose rows count for minutes: processes that were started and stopped leave some. */
const PASSING = ['rate_buckets', 'rate_leases'];

/** Takes the organisation's place, which nobody else gets until the transaction ends. Errors: CONFIG when it has rows already, those of `query`. */
export async function takePlace(on: PoolClient, organisation: string): Promise<void> {
  const { rowCount } = await query(on, 'INSERT INTO audit_heads (organisation) VALUES ($1) ON CONFLICT DO NOTHING', [
    organisation,
  ]);
  const full = rowCount === 0 ? ['audit_heads'] : [];
  for (const table of Object.keys(GRANTS).filter((name) => name !== 'audit_heads' && !PASSING.includes(name))) {
    const { rowCount: some } = await query(on, `SELECT FROM ${table} WHERE organisation = $1 LIMIT 1`, [organisation]);
    if (some !== 0) full.push(table);
  }
  if (full.length > 0)
    throw new QuellError('CONFIG', `the organisation ${organisation} has rows already: ${full.join(', ')}`);
}
