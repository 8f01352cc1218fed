import type { PoolClient } from 'pg';
import type { Lease, LeaseRequest } from '../../domain/budget.js';
import { QuellError } from '../../domain/errors.js';
import type { Instant } from '../../domain/platform.js';
import { noteIn } from '../audit/log.js';
import { query } from '../postgres/connection.js';
import { entryOf, leaseOf, leaseRow, useRow, type LeaseColumns } from './ledger-rows.js';

/** Binds tokens to a plan, within a transaction. Errors: DECISION_REPLAYED when one was used for another plan. */
export async function useIn(on: PoolClient, tokens: readonly string[], planDigest: string): Promise<void> {
  if (tokens.length === 0) return;
  // In one order, so that two who share tokens wait and do not lock each other out.
  const { rows: used } = await query<{ token: string }>(
    on,
    `INSERT INTO containment_uses (token, plan_digest) SELECT DISTINCT token, $2 FROM unnest($1::text[]) AS token ORDER BY token
     ON CONFLICT (organisation, token) DO NOTHING RETURNING token`,
    [tokens, planDigest],
  );
  const { rowCount } = await query(
    on,
    'SELECT FROM containment_uses WHERE token = ANY ($1) AND plan_digest <> $2 LIMIT 1',
    [tokens, planDigest],
  );
  if (rowCount !== 0) throw new QuellError('DECISION_REPLAYED');
  await noteIn(
    on,
    used.map(({ token }) => entryOf(useRow(token, planDigest))),
  );
}

/** Takes a lease, within a transaction: nobody else of the organisation counts until it ends. The same owner takes it once. Errors: BUDGET with what `refuse` says. */
export async function leaseIn(
  on: PoolClient,
  { owner, accounts, at, endsAt }: LeaseRequest,
  refuse: (leases: readonly Lease[]) => string | undefined,
): Promise<void> {
  await query(
    on,
    'INSERT INTO containment_budget (given) VALUES (1) ON CONFLICT (organisation) DO UPDATE SET given = containment_budget.given + 1',
  );
  const leases = await livingAt(on, at);
  const refusal = refuse(leases);
  if (refusal !== undefined) throw new QuellError('BUDGET', refusal);
  if (leases.some((l) => l.owner === owner && l.releasedAt === undefined)) return;
  await query(
    on,
    `INSERT INTO containment_leases (owner, accounts, at, ends_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (organisation, owner) DO UPDATE
     SET accounts = excluded.accounts, at = excluded.at, ends_at = excluded.ends_at, released_at = NULL`,
    [owner, JSON.stringify(accounts), at, endsAt],
  );
  await noteIn(on, [entryOf(leaseRow({ owner, accounts, at, endsAt }))]);
}

/** Within a transaction. */
export async function endLeaseIn(on: PoolClient, owner: string, at: Instant): Promise<void> {
  const { rows } = await query<LeaseColumns>(
    on,
    'UPDATE containment_leases SET released_at = $2 WHERE owner = $1 RETURNING owner, accounts, at, ends_at, released_at',
    [owner, at],
  );
  await noteIn(
    on,
    rows.map((row) => entryOf(leaseRow(leaseOf(row)))),
  );
}

/** Those that can still count (`livingLeases` of the domain). */
async function livingAt(on: PoolClient, now: string): Promise<readonly Lease[]> {
  const { rows } = await query<LeaseColumns>(
    on,
    `SELECT owner, accounts, at, ends_at, released_at FROM containment_leases
     WHERE at > $1::timestamptz - interval '1 hour' OR (released_at IS NULL AND ends_at > $1::timestamptz)`,
    [now],
  );
  return rows.map(leaseOf);
}
