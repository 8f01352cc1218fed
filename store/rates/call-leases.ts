import type { Pool } from 'pg';
import { query, transaction } from '../postgres/connection.js';

/** Calls that may be made now. */
export interface Lease {
  readonly id: string;
  readonly calls: number;
}

export interface Wanted {
  /** Bucket of the vendor's limits at a tenant, for a worker role. */
  readonly bucket: string;
  /** So many calls in any span of so much time. */
  readonly calls: number;
  readonly seconds: number;
  /** Of these at most so many now. */
  readonly chunk: number;
  /** They are made within this time or not at all. */
  readonly withinMs: number;
}

/**
 * How many calls all processes of a worker role make together at a tenant: each takes some at a time, and they count for a whole span after the last
 * of them can have reached the vendor. By the clock of the server. Errors: those of `transaction`.
 */
export class CallLeases {
  constructor(private readonly pool: Pool) {}

  /** Takes calls, or says in how many milliseconds to ask again. */
  take({ bucket, calls, seconds, chunk, withinMs }: Wanted): Promise<Lease | { readonly againInMs: number }> {
    return transaction(this.pool, async (on) => {
      const { rows: held } = await query<{ silent_ms: number }>(
        on,
        // Before PostgreSQL 17 there is no infinite span of time to answer.
        `SELECT CASE WHEN silent_until > now() THEN extract(epoch FROM silent_until - now()) * 1000 ELSE 0 END::float8 AS silent_ms
         FROM rate_buckets WHERE bucket = $1 FOR UPDATE`,
        [bucket],
      );
      const [there] = held;
      if (!there) {
        // Whoever comes at the same time waits here, and then finds it.
        await query(on, 'INSERT INTO rate_buckets (bucket) VALUES ($1) ON CONFLICT DO NOTHING', [bucket]);
        return { againInMs: 0 };
      }
      if (there.silent_ms > 0) return { againInMs: there.silent_ms };
      await query(on, 'DELETE FROM rate_leases WHERE bucket = $1 AND until <= clock_timestamp()', [bucket]);
      const { rows } = await query<{ taken: string; again_ms: number }>(
        on,
        `SELECT coalesce(sum(calls), 0) AS taken, coalesce(extract(epoch FROM min(until) - clock_timestamp()) * 1000, 0)::float8 AS again_ms
         FROM rate_leases WHERE bucket = $1`,
        [bucket],
      );
      const left = Math.min(chunk, calls - Number(rows[0]?.taken));
      if (left <= 0) return { againInMs: Math.max(1, rows[0]?.again_ms ?? 0) };
      const { rows: made } = await query<{ id: string }>(
        on,
        `INSERT INTO rate_leases (bucket, calls, until) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3)) RETURNING id`,
        [bucket, left, seconds + withinMs / 1_000],
      );
      return { id: made[0]?.id ?? '', calls: left };
    });
  }

  /** So many calls of a lease were made and answered, and no more will be: from now on they count for one span. */
  async done({ bucket, id, calls, seconds }: Omit<Wanted, 'chunk' | 'withinMs'> & Pick<Lease, 'id'>): Promise<void> {
    await query(
      this.pool,
      `UPDATE rate_leases SET calls = $3, until = least(until, clock_timestamp() + make_interval(secs => $4)) WHERE bucket = $1 AND id = $2`,
      [bucket, id, calls, seconds],
    );
  }

  /** The vendor asked for silence: nobody takes calls of the bucket until then. */
  async silence(bucket: string, ms: number): Promise<void> {
    await query(
      this.pool,
      'UPDATE rate_buckets SET silent_until = greatest(silent_until, clock_timestamp() + make_interval(secs => $2)) WHERE bucket = $1',
      [bucket, ms / 1_000],
    );
  }
}
