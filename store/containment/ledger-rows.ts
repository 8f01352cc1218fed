import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Lease, LeasedAccount } from '../../domain/budget.js';
import { digest } from '../../domain/canonical.js';
import type { StepId, StepNote } from '../../domain/step-record.js';
import type { AuditEntry } from '../audit/entry.js';
import { streamed } from '../postgres/connection.js';

/** Kind of the audit entry that vouches for a row of the ledger; it is noted in the transaction that writes the row. */
export const LEDGER_NOTED = 'ledger.noted';

/** The content as it lies in the row: sealed. */
type Said = Pick<StepNote, 'kind'> & { readonly content: object };

/** What a row is about, and the SHA-256 of what it says (`digest`). Of a step there are several, in their order; of a lease the last counts. */
export interface LedgerRow {
  readonly row: string;
  readonly sha256: string;
}

export const noteRow = ({ planDigest, step }: StepId, { kind, content }: Said): LedgerRow =>
  of(`note:${planDigest}:${step}`, { kind, content });

export const useRow = (token: string, planDigest: string): LedgerRow => of(`use:${token}`, { planDigest });

export const burntRow = (token: string): LedgerRow => of(`burnt:${token}`, {});

export const leaseRow = ({ owner, accounts, at, endsAt, releasedAt }: Lease): LedgerRow =>
  of(`lease:${owner}`, { accounts, at, endsAt, releasedAt });

export const switchRow = (number: number, nonce: string, signed: object, stopped: object | undefined): LedgerRow =>
  of(`switch:${number}`, { nonce, signed, stopped });

const of = (row: string, says: object): LedgerRow => ({ row, sha256: digest(says) });

/** What the audit log is told of a row. */
export const entryOf = ({ row, sha256 }: LedgerRow, at = new Date()): AuditEntry => ({
  ...{ key: `ledger:${randomUUID()}`, at: at.toISOString(), kind: LEDGER_NOTED, by: 'containment' },
  data: { row, sha256 },
});

/** Digests of the rows, by what they are about. */
export type LedgerRows = Map<string, string[]>;

/** Takes one more row, in the order in which they were written. */
export function addRow(rows: LedgerRows, { row, sha256 }: LedgerRow): void {
  const before = rows.get(row);
  if (before === undefined || row.startsWith('lease:')) rows.set(row, [sha256]);
  else before.push(sha256);
}

/** A lease as its columns say it. */
export interface LeaseColumns {
  readonly owner: string;
  readonly accounts: readonly LeasedAccount[];
  readonly at: Date;
  readonly ends_at: Date;
  readonly released_at: Date | null;
}

export const leaseOf = ({ owner, accounts, at, ends_at, released_at }: LeaseColumns): Lease => ({
  ...{ owner, accounts, at: at.toISOString(), endsAt: ends_at.toISOString() },
  ...(released_at === null ? {} : { releasedAt: released_at.toISOString() }),
});

/** What the ledger holds of the organisation that signed in; for the owner of the tables of the one that is named, else of all, as of the chain. Within a transaction. Errors: those of `query`. */
export async function readLedgerRows(on: PoolClient, organisation?: string): Promise<LedgerRows> {
  const rows: LedgerRows = new Map();
  for (const [table, columns, order, rowOf] of TABLES) {
    const statement = `SELECT ${columns} FROM ${table} WHERE organisation = coalesce($1, (SELECT organisation()), organisation) ORDER BY ${order}`;
    for await (const row of streamed<Columns>(on, statement, [organisation])) addRow(rows, rowOf(row));
  }
  return rows;
}

/** Of all the tables; each row has those that were asked for. */
interface Columns extends LeaseColumns {
  readonly plan_digest: string;
  readonly step: number;
  readonly kind: StepNote['kind'];
  readonly content: StepNote['content'];
  readonly token: string;
  readonly number: number;
  readonly nonce: string;
  readonly signed: object;
  readonly stopped: object | null;
}

const TABLES: readonly (readonly [table: string, columns: string, order: string, (row: Columns) => LedgerRow])[] = [
  [
    ...(['containment_notes', 'plan_digest, step, kind, content', 'plan_digest, step, seq'] as const),
    ({ plan_digest, step, kind, content }) => noteRow({ planDigest: plan_digest, step }, { kind, content }),
  ],
  ['containment_uses', 'token, plan_digest', 'token', ({ token, plan_digest }) => useRow(token, plan_digest)],
  ['containment_burnt', 'token', 'token', ({ token }) => burntRow(token)],
  ['containment_leases', 'owner, accounts, at, ends_at, released_at', 'owner', (row) => leaseRow(leaseOf(row))],
  [
    ...(['containment_switches', 'number, nonce, signed, stopped', 'number'] as const),
    ({ number, nonce, signed, stopped }) => switchRow(number, nonce, signed, stopped ?? undefined),
  ],
];
