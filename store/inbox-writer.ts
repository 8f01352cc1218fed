import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Mutex } from 'async-mutex';
import { QuellError } from '../domain/errors.js';
import { jsonOf } from '../domain/json.js';
import { AppendFile } from './append-file.js';
import {
  dedupeHash,
  envelopeOf,
  listSegments,
  logDir,
  sealMessage,
  segmentHead,
  segmentName,
  startSeqOf,
  StoredRecord,
  type InboxMessage,
} from './inbox-format.js';
import type { SealKey } from './key-ring.js';
import { readLog } from './lines.js';
import { Lock } from './lock.js';

export interface InboxLimits {
  /** Bytes on disk above which the inbox is full (256 MiB). */
  readonly maxBytes: number;
  readonly segmentBytes: number;
  /** How many repeats are recognised (100,000); after a restart those that are still on disk. */
  readonly dedupeWindow: number;
}

interface Segment {
  readonly file: AppendFile;
  readonly key: Uint8Array;
}

/** Intake's side: durable append, encrypted with the inbox's public key. One writer. Errors: INBOX_FULL (answer 503), STORE. */
export class InboxWriter {
  private segment: Segment | undefined;
  private readonly turn = new Mutex();
  private readonly seen = new Map<string, Promise<number>>();
  private used = 0;
  private last = 0;

  private constructor(
    private readonly dir: string,
    private readonly key: SealKey,
    private readonly limits: InboxLimits,
    private readonly lock: Lock,
  ) {}

  static async open(dir: string, key: SealKey, limits: Partial<InboxLimits> = {}): Promise<InboxWriter> {
    const maxBytes = limits.maxBytes ?? 256 * 1024 * 1024;
    // Room is given back a segment at a time.
    const segmentBytes = limits.segmentBytes ?? Math.min(8 * 1024 * 1024, Math.ceil(maxBytes / 8));
    const lock = await Lock.take(join(dir, 'writer.lock'));
    const writer = new InboxWriter(
      dir,
      key,
      { maxBytes, segmentBytes, dedupeWindow: limits.dedupeWindow ?? 100_000 },
      lock,
    );
    try {
      await writer.recover();
      return writer;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** On disk (fsync, shared by all that wait) when it resolves. A repeat gives the number of the first. */
  async append(message: InboxMessage): Promise<{ readonly seq: number; readonly duplicate: boolean }> {
    const hash = dedupeHash(message);
    const first = this.seen.get(hash);
    if (first !== undefined) return { seq: await first, duplicate: true };
    const written = this.write(message);
    this.remember(hash, written);
    try {
      return { seq: await written, duplicate: false };
    } catch (error) {
      this.seen.delete(hash);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.turn.runExclusive(() => this.retire());
    await this.lock.release();
  }

  private async write(message: InboxMessage): Promise<number> {
    const { seq, done } = await this.turn.runExclusive(async () => {
      const segment = await this.room(message.body.length * 1.5 + 1024);
      const seq = ++this.last;
      const line = `${JSON.stringify(sealMessage(segment.key, envelopeOf(seq, message), message))}\n`;
      this.used += line.length;
      // Wrapped, so that the next one can join the same fsync.
      return { seq, done: segment.file.append(line) };
    });
    await done;
    return seq;
  }

  /** The segment to write into. */
  private async room(bytes: number): Promise<Segment> {
    if (this.used + bytes > this.limits.maxBytes) this.used = await this.measure();
    if (this.used + bytes > this.limits.maxBytes) throw new QuellError('INBOX_FULL');
    if (this.segment !== undefined && this.segment.file.size < this.limits.segmentBytes) return this.segment;
    // Closed before the next is made: the reader takes a segment that has a successor for finished.
    await this.retire();
    const name = segmentName(this.last + 1);
    const path = join(logDir(this.dir), name);
    const file = await AppendFile.open(path);
    const key = randomBytes(32);
    try {
      await file.append(segmentHead(name, key, this.key));
    } catch (error) {
      // Or each attempt on a full disk would leave an empty one.
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    this.segment = { file, key };
    return this.segment;
  }

  private async retire(): Promise<void> {
    const { segment } = this;
    this.segment = undefined;
    await segment?.file.close();
  }

  /** Each opening starts a segment of its own, so that a torn line of a killed writer stays the last of its file. */
  private async recover(): Promise<void> {
    for (const { name } of await listSegments(this.dir)) {
      this.last = Math.max(this.last, startSeqOf(name) - 1);
      const { entries } = await readLog(join(logDir(this.dir), name), (text) => StoredRecord.safeParse(jsonOf(text)));
      for (const record of entries) {
        if (!record.success) continue;
        this.last = Math.max(this.last, record.data.seq);
        this.remember(record.data.dedupe, Promise.resolve(record.data.seq));
      }
    }
    this.used = await this.measure();
  }

  private async measure(): Promise<number> {
    return (await listSegments(this.dir)).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  private remember(hash: string, seq: Promise<number>): void {
    seq.catch(() => undefined);
    this.seen.set(hash, seq);
    for (const oldest of this.seen.keys()) {
      if (this.seen.size <= this.limits.dedupeWindow) break;
      this.seen.delete(oldest);
    }
  }
}
