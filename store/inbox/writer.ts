import type { Pool } from 'pg';
import type { SealKey } from '../key-ring.js';
import { query } from '../postgres/connection.js';
import { dedupeHash, newKey, sealMessage, type InboxMessage } from './message.js';
import { Room } from './room.js';

export interface InboxLimits {
  /** Bytes that may wait (256 MiB). */
  readonly maxBytes: number;
  /** Milliseconds between two looks at how much waits (a second). */
  readonly lookEveryMs: number;
}

/** `duplicate`: it was there before, with this number. */
export interface Accepted {
  readonly seq: number;
  readonly duplicate: boolean;
}

/** One message, and all that wait for its number: who sent the same at the same time is told of one. */
interface Waiting {
  readonly message: InboxMessage;
  readonly askers: { resolve(accepted: Accepted): void; reject(error: unknown): void }[];
}

/** One statement takes no more at once. */
const ROWS = 500;
const BYTES = 8 * 1024 * 1024;

const ACCEPT = `
  WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bytea[]) WITH ORDINALITY
      AS g (kind, source, dedupe, received_at, box, n)),
  fresh AS (
    INSERT INTO inbox (kind, source, dedupe, received_at, sealed_key, box)
    SELECT kind, source, dedupe, received_at, $6::json, box FROM given ORDER BY n
    ON CONFLICT (organisation, dedupe) DO NOTHING RETURNING seq, dedupe)
  SELECT seq, dedupe, false AS duplicate FROM fresh
  UNION ALL
  SELECT seq, dedupe, true FROM inbox WHERE dedupe = ANY ($3)`;

/** Intake's side: what it keeps it cannot read. Any number of them write at once. */
export class InboxWriter {
  readonly #waiting = new Map<string, Waiting>();
  readonly #room: Room;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly key: SealKey,
    limits: Partial<InboxLimits> = {},
  ) {
    this.#room = new Room(pool, limits.maxBytes ?? 256 * 1024 * 1024, limits.lookEveryMs ?? 1_000);
  }

  /**
   * Durable when it resolves; what comes while a statement runs goes together into the next. A repeat gives the number of the first. Errors: INBOX_FULL, and those
   * of the database: after DATABASE_UNAVAILABLE it may be there all the same, and sent again it is a repeat.
   */
  async append(message: InboxMessage): Promise<Accepted> {
    await this.#room.take(message.body.length);
    return await new Promise((resolve, reject) => {
      const dedupe = dedupeHash(message);
      const there = this.#waiting.get(dedupe);
      if (there) there.askers.push({ resolve, reject });
      else this.#waiting.set(dedupe, { message, askers: [{ resolve, reject }] });
      this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = this.#next();
      try {
        await this.#accept(batch);
      } catch (error) {
        for (const { askers } of batch.values()) for (const asker of askers) asker.reject(error);
      }
    }
  }

  #next(): Map<string, Waiting> {
    const batch = new Map<string, Waiting>();
    let bytes = 0;
    for (const [dedupe, one] of this.#waiting) {
      bytes += one.message.body.length;
      if (batch.size > 0 && (batch.size >= ROWS || bytes > BYTES)) break;
      batch.set(dedupe, one);
      this.#waiting.delete(dedupe);
    }
    return batch;
  }

  /** A statement sees nothing of what another process was inserting when it began: what it says nothing of, the next one finds. */
  async #accept(batch: Map<string, Waiting>): Promise<void> {
    while (batch.size > 0) {
      for (const { seq, dedupe, duplicate } of await this.#insert(batch)) {
        batch.get(dedupe)?.askers.forEach((asker, i) => {
          asker.resolve({ seq: Number(seq), duplicate: duplicate || i > 0 });
        });
        batch.delete(dedupe);
      }
    }
  }

  async #insert(batch: ReadonlyMap<string, Waiting>): Promise<readonly AcceptedRow[]> {
    const { bytes, sealed } = newKey(this.key);
    const messages = [...batch].map(([dedupe, { message }]) => ({ ...message, dedupe }));
    const values = [
      messages.map((m) => m.kind),
      messages.map((m) => m.source),
      messages.map((m) => m.dedupe),
      messages.map((m) => m.receivedAt),
      messages.map((m) => sealMessage(bytes, m, m.dedupe)),
      JSON.stringify(sealed),
    ];
    return (await query<AcceptedRow>(this.pool, ACCEPT, values)).rows;
  }
}

interface AcceptedRow {
  readonly seq: string;
  readonly dedupe: string;
  readonly duplicate: boolean;
}
