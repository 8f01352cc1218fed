import type { PoolClient } from 'pg';
import { query } from '../postgres/connection.js';

/** Where rows go: the import's transaction, as the owner of the tables, whose rows would be of nobody. */
export interface Target {
  readonly on: PoolClient;
  readonly organisation: string;
}

/** What came over of a part of the folder and what did not, in words with numbers. */
export interface Part {
  readonly taken: Readonly<Record<string, number>>;
  readonly left: Readonly<Record<string, number>>;
}

const ROWS = 1_000;
const BYTES = 8 * 1024 * 1024;

/** Adds rows in their order, by the names of columns that each of them has; bytes as `hexOf` writes them. Errors: those of `query`. */
export async function insert<Column extends string>(
  { on, organisation }: Target,
  table: string,
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, unknown>>[],
): Promise<number> {
  const names = columns.join(', ');
  const statement = `INSERT INTO ${table} (organisation, ${names}) OVERRIDING SYSTEM VALUE
    SELECT $1, ${names} FROM json_populate_recordset(NULL::${table}, $2::json)`;
  let batch: string[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await query(on, statement, [organisation, `[${batch.join(',')}]`]);
    [batch, bytes] = [[], 0];
  };
  for (const row of rows) {
    const text = JSON.stringify(row);
    batch.push(text);
    bytes += text.length;
    if (batch.length >= ROWS || bytes >= BYTES) await flush();
  }
  await flush();
  return rows.length;
}

/** Bytes as text that the server reads as bytes. */
export const hexOf = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
