import type { PoolClient } from 'pg';
import type { Lease, LeasedAccount, LeaseRequest } from '../../domain/budget.js';
import { QuellError } from '../../domain/errors.js';
import { query } from '../postgres/connection.js';

/** Binds tokens to a plan, within a transaction. Errors: DECISION_REPLAYED when one was used for another plan. */
export async function useIn(on: PoolClient, tokens: readonly string[], planDigest: string): Promise<void> {
  if (tokens.length === 0) return;
  // In one order, so that two who share tokens wait and do not lock each other out.
  await query(
    on,
    `INSERT INTO containment_uses (token, plan_digest) SELECT DISTINCT token, $2 FROM unnest($1::text[]) AS token ORDER BY token
     ON CONFLICT (organisation, token) DO NOTHING`,
    [tokens, planDigest],
  );
  const { rowCount } = await query(
    on,
    'SELECT FROM containment_uses WHERE token = ANY ($1) AND plan_digest <> $2 LIMIT 1',
    [tokens, planDigest],
  );
  if (rowCount !== 0) throw new QuellError('DECISION_REPLAYED');
}

interface LeaseRow {
  readonly owner: string;
  readonly accounts: readonly LeasedAccount[];
  readonly at: Date;
  readonly ends_at: Date;
  readonly released_at: Date | null;
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
}

/** Those that can still count (`livingLeases` of the domain). */
async function livingAt(on: PoolClient, now: string): Promise<readonly Lease[]> {
  const { rows } = await query<LeaseRow>(
    on,
    `SELECT owner, accounts, at, ends_at, released_at FROM containment_leases
     WHERE at > $1::timestamptz - interval '1 hour' OR (released_at IS NULL AND ends_at > $1::timestamptz)`,
    [now],
  );
  return rows.map(({ owner, accounts, at, ends_at, released_at }) => ({
    ...{ owner, accounts, at: at.toISOString(), endsAt: ends_at.toISOString() },
    ...(released_at === null ? {} : { releasedAt: released_at.toISOString() }),
  }));
}
