import { setTimeout as sleep } from 'node:timers/promises';
import { Mutex } from 'async-mutex';
import type { Pool, PoolClient } from 'pg';
import { QuellError } from '../../domain/errors.js';
import { query, transaction } from '../postgres/connection.js';
import type { SigningKey } from '../key-ring.js';
import { signatureOf } from '../signing.js';
import { countedIn, type Counts } from './counts.js';
import type { AuditEntry } from './entry.js';
import { newestCheckpoint } from './kept.js';
import { checkpointBody, hashOf, ZERO, type Checkpoint } from './line.js';
import { AuditLog } from './log.js';

/** Lines without a signature at most, and how long one may be without. */
const CHECKPOINT_LINES = 50;
const CHECKPOINT_MS = 30_000;
/** Entries taken in one transaction. */
const BATCH = 2_000;

/** How often a checkpoint is tried again that could not be kept elsewhere. */
const KEEP_AGAIN_MS = 30_000;

/** Whoever is told of checkpoints, so that they are kept outside of the database too. Rejects when one could not be kept. */
export type KeepElsewhere = (checkpoint: Checkpoint) => Promise<void>;

interface Head {
  readonly lines: string;
  readonly head: string;
  readonly counts: Counts;
  readonly signed: string;
  readonly age_ms: number;
}

/**
 * The hash-chained audit log with signed checkpoints: takes entries in, in the order in which they came, each once. Several records processes
 * may do so at the same time: one after the other holds the row where the chain ends. That a checkpoint could not be kept elsewhere is no error of who adds
 * lines: the last such one is tried again by `run`. Errors: those of `transaction`.
 */
export class AuditChain {
  readonly #log: AuditLog;
  /** Two takes of one process would only wait for each other on two connections. */
  readonly #turn = new Mutex();
  /** The last checkpoint that is not kept elsewhere: it covers all before it. */
  #unkept: Checkpoint | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly key: SigningKey,
    private readonly keepElsewhere: KeepElsewhere = () => Promise.resolve(),
    private readonly checkpointLines = CHECKPOINT_LINES,
  ) {
    this.#log = new AuditLog(pool);
  }

  /** Notes entries and takes them in. */
  async append(entries: readonly AuditEntry[]): Promise<void> {
    await this.#log.note(...entries);
    await this.takeIn();
  }

  /** Takes in what waits, and signs when that is due. Answers how many lines were added. */
  takeIn(): Promise<number> {
    return this.#turn.runExclusive(async () => {
      for (let added = 0; ;) {
        const { count, checkpoint } = await this.#batch(false);
        if (checkpoint) await this.#keep(checkpoint);
        added += count;
        if (count < BATCH) return added;
      }
    });
  }

  /** Takes in what waits and signs it; undefined when nothing is unsigned. */
  async checkpoint(): Promise<Checkpoint | undefined> {
    await this.takeIn();
    return this.#turn.runExclusive(async () => {
      const { checkpoint } = await this.#batch(true);
      if (checkpoint) await this.#keep(checkpoint);
      return checkpoint;
    });
  }

  /**
   * Takes in again and again until aborted, then signs a last time. A round that fails is told to `failed`, and so is that a checkpoint could not be kept
   * elsewhere; the next comes all the same.
   */
  async run(everyMs: number, failed: (error: unknown) => void, signal: AbortSignal): Promise<void> {
    // The process before may have ended while it could not be kept.
    await newestCheckpoint(this.pool).then((newest) => (this.#unkept = newest), failed);
    await this.checkpoint().catch(failed);
    for (let next = 0; !signal.aborted;) {
      if (Date.now() >= next)
        await this.#keepLast().catch((error: unknown) => {
          next = Date.now() + KEEP_AGAIN_MS;
          failed(error);
        });
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      await this.takeIn().catch(failed);
    }
    await this.checkpoint().catch(failed);
    await this.#keepLast().catch(failed);
  }

  /** While one is not kept `run` alone tries: who adds lines does not wait for a place that is down. */
  async #keep(checkpoint: Checkpoint): Promise<void> {
    const isDown = this.#unkept !== undefined;
    this.#unkept = checkpoint;
    if (!isDown) await this.#keepLast().catch(() => undefined);
  }

  async #keepLast(): Promise<void> {
    const last = this.#unkept;
    if (last === undefined) return;
    await this.keepElsewhere(last);
    if (this.#unkept === last) this.#unkept = undefined;
  }

  #batch(mustSign: boolean): Promise<{ readonly count: number; readonly checkpoint?: Checkpoint }> {
    return transaction(this.pool, async (on) => {
      const end = await heldEnd(on);
      const { rows } = await query<{ id: string; writer: string; key: string; entry: string }>(
        on,
        `SELECT w.id, w.writer, w.key, e.entry::text AS entry FROM audit_waiting w JOIN audit_entries e USING (organisation, writer, key) ORDER BY w.id LIMIT ${BATCH}`,
      );
      let { head, counts } = end;
      const before = Number(end.lines);
      const lines = rows.map(({ writer, key, entry }, i) => {
        const prev = head;
        head = hashOf({ seq: before + i + 1, prev, entry, writer });
        counts = countedIn(counts, entry);
        return { seq: before + i + 1, writer, key, prev, hash: head };
      });
      if (lines.length > 0)
        await add(
          on,
          lines,
          rows.map(({ id }) => id),
          counts,
        );
      const total = before + lines.length;
      const unsigned = total - Number(end.signed);
      const isDue = mustSign || end.signed === '0' || unsigned >= this.checkpointLines || end.age_ms > CHECKPOINT_MS;
      const checkpoint = unsigned > 0 && isDue ? this.#signed({ lines: total, head, counts }) : undefined;
      if (checkpoint) await keep(on, checkpoint);
      return { count: lines.length, ...(checkpoint ? { checkpoint } : {}) };
    });
  }

  #signed(end: Pick<Checkpoint, 'lines' | 'head' | 'counts'>): Checkpoint {
    const body = { ...end, at: new Date().toISOString() };
    return { ...body, keyId: this.key.keyId, signature: signatureOf(checkpointBody(body), this.key) };
  }
}

/** The end of the chain, which is ours until the transaction ends. Errors: STORE_TAMPERED. */
async function heldEnd(on: PoolClient): Promise<Head> {
  const held = async (): Promise<Head | undefined> =>
    (
      await query<Head>(
        on,
        'SELECT lines, head, counts, signed, (extract(epoch FROM now() - signed_at) * 1000)::float8 AS age_ms FROM audit_heads FOR UPDATE',
      )
    ).rows[0];
  const first = await held();
  if (!first) await query(on, 'INSERT INTO audit_heads DEFAULT VALUES ON CONFLICT DO NOTHING');
  const end = first ?? (await held());
  if (!end) throw new QuellError('STORE_TAMPERED', 'the audit chain has no end');
  // Asked after the row is ours: before, another process may have been adding lines.
  const { rows } = await query<{ hash: string }>(on, 'SELECT hash FROM audit_lines ORDER BY seq DESC LIMIT 1');
  if ((rows[0]?.hash ?? ZERO) !== end.head)
    throw new QuellError('STORE_TAMPERED', 'the audit chain does not end where it was left');
  return end;
}

interface NewLine {
  readonly seq: number;
  readonly writer: string;
  readonly key: string;
  readonly prev: string;
  readonly hash: string;
}

async function add(
  on: PoolClient,
  lines: readonly NewLine[],
  waiting: readonly string[],
  counts: Counts,
): Promise<void> {
  await query(
    on,
    'INSERT INTO audit_lines (seq, writer, key, prev, hash) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[])',
    (['seq', 'writer', 'key', 'prev', 'hash'] as const).map((name) => lines.map((line) => line[name])),
  );
  await query(on, 'DELETE FROM audit_waiting WHERE id = ANY($1::bigint[])', [waiting]);
  const last = lines.at(-1);
  await query(on, 'UPDATE audit_heads SET lines = $1, head = $2, counts = $3', [
    last?.seq,
    last?.hash,
    JSON.stringify(counts),
  ]);
}

async function keep(on: PoolClient, { lines, head, at, counts, keyId, signature }: Checkpoint): Promise<void> {
  await query(
    on,
    'INSERT INTO audit_checkpoints (lines, head, at, counts, key_id, signature) VALUES ($1, $2, $3, $4, $5, $6)',
    [lines, head, at, JSON.stringify(counts), keyId, signature],
  );
  await query(on, 'UPDATE audit_heads SET signed = $1, signed_at = now()', [lines]);
}
