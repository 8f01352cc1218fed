import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { QuellError } from '../../domain/errors.js';
import type { RetentionPolicy } from '../../domain/retention.js';
import type { OpenKey } from '../key-ring.js';
import { query } from '../postgres/connection.js';
import { openMessage, ROW, type InboxItem, type InboxMessage, type InboxRow } from './message.js';
import type { InboxOutcome } from './outcome.js';

/** Why a message waits though nobody has it in hand, and for which case. */
export interface Hold {
  readonly seq: number;
  /** `cap`: its source has opened its share of new cases for this minute. `retry`: a try failed. `pace`: its case is told of it together with others. */
  readonly why: 'cap' | 'retry' | 'pace';
  readonly caseId: string;
  /** Milliseconds; for a retry longer each time by itself. */
  readonly forMs?: number;
}

/** After it others take what a killed process had in hand. */
const LEASE_MS = 20_000;
const RENEW_MS = LEASE_MS / 4;
/** Settled messages that are remembered: repeats of them are known, and their status address answers. */
const KEPT = 100_000;
const PRUNED_AT_ONCE = 5_000;

/** The deliverers' side: any number of them take what waits, each message one of them at a time. Errors: those of the database. */
export class InboxReader {
  readonly #id = randomUUID();
  readonly #inHand = new Set<number>();
  readonly #renewing: NodeJS.Timeout;

  constructor(
    readonly pool: Pool,
    readonly key: OpenKey,
  ) {
    // When it fails the next one comes soon; at the end of the lease somebody else delivers.
    this.#renewing = setInterval(() => void this.renew().catch(() => undefined), RENEW_MS);
    this.#renewing.unref();
  }

  /**
   * Takes what may be taken now, oldest first, at most so many messages and bytes (one at least); what is taken is settled, held or released. A message that
   * cannot be opened becomes a dead letter.
   */
  async claim(kind: InboxMessage['kind'], max: { messages: number; bytes: number }): Promise<readonly InboxItem[]> {
    const { rows } = await query<InboxRow>(
      this.pool,
      `WITH free AS (
         SELECT seq, bytes FROM inbox WHERE status = 'waiting' AND kind = $1 AND free_at <= now() ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED),
       fitting AS (SELECT seq, sum(bytes) OVER (ORDER BY seq) - bytes AS before FROM free)
       UPDATE inbox SET claimed_by = $4, free_at = ${LATER('$5')}, why = NULL, held_for = NULL
       WHERE seq = ANY (ARRAY(SELECT seq FROM fitting WHERE before < $3)) RETURNING ${ROW}`,
      [kind, max.messages, max.bytes, this.#id, LEASE_MS],
    );
    const items: InboxItem[] = [];
    for (const row of rows.sort((a, b) => Number(a.seq) - Number(b.seq))) {
      this.#inHand.add(Number(row.seq));
      const item = this.#open(row);
      if (item instanceof QuellError)
        await this.settle([{ seq: Number(row.seq), status: 'dead_letter', text: item.message }]);
      else items.push(item);
    }
    return items;
  }

  /** What became of messages. The first word counts: what another deliverer has settled stays as it is. A dead letter keeps what was sent. */
  async settle(outcomes: readonly (InboxOutcome & { readonly seq: number })[]): Promise<void> {
    if (outcomes.length === 0) return;
    const given = outcomes.map(({ alertIds, caseIds, text, ...rest }) => ({
      ...{ ...rest, alert_ids: alertIds, case_ids: caseIds, reason: text },
    }));
    await query(
      this.pool,
      `UPDATE inbox i SET status = o.status, settled_at = now(), reason = o.reason, alert_ids = o.alert_ids, case_ids = o.case_ids,
         claimed_by = NULL, why = NULL, held_for = NULL, named = NULL,
         sealed_key = CASE WHEN o.status = 'dead_letter' THEN i.sealed_key END, box = CASE WHEN o.status = 'dead_letter' THEN i.box END
       FROM jsonb_to_recordset($1::jsonb) AS o (seq bigint, status text, reason text, alert_ids text[], case_ids text[])
       WHERE i.seq = o.seq AND i.status = 'waiting'`,
      [JSON.stringify(given)],
    );
    this.#letGo(outcomes);
  }

  /** Leaves messages for later, neither in the way of those behind them nor taken before. */
  async hold(holds: readonly Hold[]): Promise<void> {
    if (holds.length === 0) return;
    await query(
      this.pool,
      `UPDATE inbox i SET claimed_by = NULL, why = h.why, held_for = h."caseId", tries = CASE WHEN h.why = 'retry' THEN tries + 1 ELSE tries END,
         free_at = ${LATER('coalesce(h."forMs", least(30000, 500 * 2 ^ least(tries, 10)))')}
       FROM jsonb_to_recordset($1::jsonb) AS h (seq bigint, why text, "caseId" text, "forMs" float)
       WHERE i.seq = h.seq AND i.claimed_by = $2`,
      [JSON.stringify([...new Map(holds.map((hold) => [hold.seq, hold])).values()]), this.#id],
    );
    this.#letGo(holds);
  }

  /** Gives back what is in hand still. */
  async release(): Promise<void> {
    const given = [...this.#inHand];
    if (given.length === 0) return;
    await query(
      this.pool,
      'UPDATE inbox SET claimed_by = NULL, free_at = now() WHERE seq = ANY ($1::bigint[]) AND claimed_by = $2',
      [given, this.#id],
    );
    this.#letGo(given.map((seq) => ({ seq })));
  }

  /** Prolongs the lease of what is in hand; it does so by itself. */
  async renew(): Promise<void> {
    if (this.#inHand.size === 0) return;
    await query(
      this.pool,
      `UPDATE inbox SET free_at = ${LATER('$3')} WHERE seq = ANY (ARRAY(
         SELECT seq FROM inbox WHERE seq = ANY ($1::bigint[]) AND claimed_by = $2 FOR UPDATE SKIP LOCKED))`,
      [[...this.#inHand], this.#id, LEASE_MS],
    );
  }

  /** Forgets the oldest of the settled messages beyond so many; some at a time. Answers whether there may be more. */
  async prune(kept = KEPT): Promise<boolean> {
    const { rowCount } = await query(
      this.pool,
      `DELETE FROM inbox WHERE seq = ANY (ARRAY(
         SELECT seq FROM inbox WHERE status IN ('delivered', 'duplicate', 'ignored')
           AND seq <= (SELECT seq FROM inbox ORDER BY seq DESC OFFSET $1 LIMIT 1)
         ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED))`,
      [kept, PRUNED_AT_ONCE],
    );
    return rowCount === PRUNED_AT_ONCE;
  }

  /** Forgets by age: what became of messages, and dead letters; some at a time. Answers how many dead letters went, and whether there may be more. */
  async forget({ outcomeDays, deadLetterDays }: Pick<RetentionPolicy, 'outcomeDays' | 'deadLetterDays'>): Promise<{
    readonly letters: number;
    readonly isMore: boolean;
  }> {
    const { rows, rowCount } = await query<{ status: string }>(
      this.pool,
      `DELETE FROM inbox WHERE seq = ANY (ARRAY(
         SELECT seq FROM inbox WHERE settled_at < now() - make_interval(days => least($1::int, $2::int))
           AND settled_at < now() - make_interval(days => CASE status WHEN 'dead_letter' THEN $2 ELSE $1 END)
         ORDER BY settled_at LIMIT $3 FOR UPDATE SKIP LOCKED)) RETURNING status`,
      [outcomeDays, deadLetterDays, PRUNED_AT_ONCE],
    );
    return {
      letters: rows.filter(({ status }) => status === 'dead_letter').length,
      isMore: rowCount === PRUNED_AT_ONCE,
    };
  }

  /** Gives back what is in hand; the pool is the caller's. */
  async close(): Promise<void> {
    clearInterval(this.#renewing);
    // At the end of the lease it is free all the same.
    await this.release().catch(() => undefined);
  }

  #open(row: InboxRow): InboxItem | QuellError {
    try {
      return openMessage(row, this.key);
    } catch (error) {
      if (error instanceof QuellError) return error;
      throw error;
    }
  }

  #letGo(messages: readonly { readonly seq: number }[]): void {
    for (const { seq } of messages) this.#inHand.delete(seq);
  }
}

const LATER = (ms: string): string => `now() + interval '1 millisecond' * ${ms}`;
