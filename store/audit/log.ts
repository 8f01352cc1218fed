import type { Pool } from 'pg';
import { canonicalJson } from '../../domain/canonical.js';
import { query, type Queryable } from '../postgres/connection.js';
import { AuditEntrySchema, type AuditEntry } from './entry.js';

/** Where every role writes down what happened; the records role takes it into the chain (`AuditChain`). */
export class AuditLog {
  constructor(private readonly pool: Pool) {}

  /** Durable when it resolves, all of them or none. An entry whose key is known stays as it was. Errors: those of `query`. */
  note(...entries: readonly AuditEntry[]): Promise<void> {
    return noteIn(this.pool, entries);
  }
}

/** The same within a transaction, together with what it records. */
export async function noteIn(on: Queryable, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const checked = entries.map((entry) => AuditEntrySchema.parse(plain(entry)));
  await query(
    on,
    'INSERT INTO audit_entries (key, entry) SELECT * FROM unnest($1::text[], $2::json[]) ON CONFLICT DO NOTHING',
    [checked.map(({ key }) => key), checked.map((entry) => canonicalJson(entry))],
  );
}

/** What JSON keeps of it: a value that is undefined is not there. */
const plain = (entry: AuditEntry): unknown => JSON.parse(JSON.stringify(entry));
