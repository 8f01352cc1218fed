import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Mutex } from 'async-mutex';
import type { Instant } from '../domain/platform.js';
import { QuellError } from '../domain/errors.js';
import { jsonOf } from '../domain/json.js';
import { DeadLetters, listDeadLetters } from './dead-letters.js';
import { io } from './files.js';
import {
  listSegments,
  logDir,
  openMessage,
  openSegmentHead,
  startSeqOf,
  StoredRecord,
  type DeadLetter,
  type InboxItem,
  type InboxOutcome,
} from './inbox-format.js';
import { Outcomes } from './inbox-outcomes.js';
import type { OpenKey } from './key-ring.js';
import { LineTail } from './lines.js';
import { Lock } from './lock.js';

interface Place {
  readonly segment: Segment;
  readonly offset: number;
  readonly length: number;
  readonly receivedAt: Instant;
  readonly kind: InboxItem['kind'];
}
interface Segment {
  readonly name: string;
  readonly tail: LineTail;
  head: string | undefined;
  key: Uint8Array | undefined;
  /** Open from the first message that is read to the last. */
  file: Promise<FileHandle> | undefined;
  pending: number;
}

/** The console's side: what is to be delivered, and what became of it. One reader. Errors: STORE. */
export class InboxReader {
  private readonly segments = new Map<string, Segment>();
  private readonly places = new Map<number, Place>();
  private damaged = 0;
  private readonly turn = new Mutex();

  private constructor(
    private readonly dir: string,
    private readonly own: OpenKey,
    private readonly lock: Lock,
    private readonly outcomes: Outcomes,
    private readonly dead: DeadLetters,
  ) {}

  static async open(dir: string, key: OpenKey): Promise<InboxReader> {
    const lock = await Lock.take(join(dir, 'reader.lock'));
    try {
      return new InboxReader(dir, key, lock, await Outcomes.open(dir), await DeadLetters.open(dir, key));
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /**
   * Everything that has no outcome yet, by sequence number, resent dead letters too; ends at the present end, so ask again for more.
   * `except` leaves out what the caller has in hand, `kind` what it does not want now. A message that can't be opened becomes a dead letter.
   */
  async *pending(
    options: {
      readonly except?: { has(seq: number): boolean };
      readonly kind?: InboxItem['kind'];
    } = {},
  ): AsyncGenerator<InboxItem> {
    await this.scan();
    const resent = await this.dead.waiting();
    for (const seq of [...new Set([...resent.keys(), ...this.places.keys()])].sort((a, b) => a - b)) {
      const place = this.places.get(seq);
      if (options.except?.has(seq) === true || !(resent.has(seq) || place !== undefined)) continue;
      if (place !== undefined && place.kind !== (options.kind ?? place.kind)) continue;
      const item = await this.read(seq);
      if (item !== undefined && item.kind === (options.kind ?? item.kind)) yield item;
    }
  }

  /** Settles a message. Durable when it resolves. */
  async done(seq: number, outcome: InboxOutcome): Promise<void> {
    await this.outcomes.add({ ...outcome, seq, at: new Date().toISOString() });
    this.settle(seq);
    await this.dead.remove(seq);
  }

  /** Keeps the message, sealed, with the reason (ids and words, no content). */
  async deadLetter(seq: number, reason: string): Promise<void> {
    const place = this.places.get(seq);
    const item =
      place === undefined
        ? await this.dead.open(seq)
        : openMessage(this.keyOf(place.segment), await this.record(place), 0);
    await this.bury(seq, reason, (at) => this.dead.keep(item, reason, at));
  }

  deadLetters(): Promise<readonly DeadLetter[]> {
    return listDeadLetters(this.dir);
  }

  /** A dead letter with its content, for the person who deals with it. Errors: STORE_GONE, STORE_TAMPERED. */
  readDeadLetter(seq: number): Promise<InboxItem> {
    return this.dead.open(seq);
  }

  /** Makes it pending again. Errors: STORE_GONE. */
  resend(seq: number): Promise<void> {
    return this.dead.resend(seq);
  }

  /** How much waits, and how many lines could not be understood: for readiness and metrics. */
  async backlog(): Promise<{ readonly items: number; readonly oldest?: Instant; readonly damaged: number }> {
    await this.scan();
    const resent = await this.dead.waiting();
    const times = [...[...this.places.values()].map(({ receivedAt }) => receivedAt), ...resent.values()];
    const oldest = times.reduce<Instant | undefined>(
      (least, at) => (least === undefined || at < least ? at : least),
      undefined,
    );
    return { items: times.length, damaged: this.damaged, ...(oldest === undefined ? {} : { oldest }) };
  }

  async close(): Promise<void> {
    await this.turn.waitForUnlock();
    for (const name of this.segments.keys()) await this.closeFile(name);
    await this.outcomes.close();
    await this.lock.release();
  }

  private async read(seq: number): Promise<InboxItem | undefined> {
    const place = this.places.get(seq);
    if (place === undefined) return this.dead.open(seq);
    const record = await this.record(place);
    try {
      return openMessage(this.keyOf(place.segment), record, 0);
    } catch (error) {
      if (!(error instanceof QuellError && error.code === 'STORE_TAMPERED')) throw error;
      await this.bury(seq, error.message, (at) => this.dead.keepUnreadable(record, error.message, at));
      return undefined;
    }
  }

  /** First the letter, then the outcome: killed between the two, the message is pending still and is settled once more. */
  private async bury(seq: number, reason: string, keep: (at: Instant) => Promise<void>): Promise<void> {
    const at = new Date().toISOString();
    await keep(at);
    await this.outcomes.add({ status: 'dead_letter', text: reason, seq, at });
    this.settle(seq);
  }

  private settle(seq: number): void {
    const place = this.places.get(seq);
    if (place === undefined) return;
    this.places.delete(seq);
    place.segment.pending--;
  }

  private scan(): Promise<void> {
    return this.turn.runExclusive(() => this.scanOnce());
  }

  private async scanOnce(): Promise<void> {
    const names = (await listSegments(this.dir)).map(({ name }) => name);
    for (const name of names) {
      const segment = this.segments.get(name) ?? {
        name,
        tail: new LineTail(join(logDir(this.dir), name)),
        head: undefined,
        key: undefined,
        file: undefined,
        pending: 0,
      };
      this.segments.set(name, segment);
      await segment.tail.poll(({ text, offset, length }) => {
        if (offset === 0) segment.head = text;
        else this.place(segment, text, offset, length);
      });
    }
    // A segment with a successor gets no more lines. The newest stays: it carries the sequence number over a restart of the writer.
    const finished = names.slice(0, -1).filter((name) => this.segments.get(name)?.pending === 0);
    for (const name of finished) {
      await this.closeFile(name);
      await io('inbox', () => rm(join(logDir(this.dir), name), { force: true }));
      this.segments.delete(name);
    }
    const [first] = this.segments.keys();
    if (finished.length > 0 && first !== undefined) this.outcomes.forgetBelow(startSeqOf(first));
  }

  private place(segment: Segment, text: string, offset: number, length: number): void {
    const record = StoredRecord.safeParse(jsonOf(text));
    if (!record.success) {
      this.damaged++;
      return;
    }
    const { seq, receivedAt, kind } = record.data;
    if (this.outcomes.isSettled(seq)) return;
    this.places.set(seq, { segment, offset, length, receivedAt, kind });
    segment.pending++;
  }

  private async record({ segment, offset, length }: Place): Promise<StoredRecord> {
    const text = await io('inbox', async () => {
      const file = await (segment.file ??= open(join(logDir(this.dir), segment.name), 'r'));
      const buffer = Buffer.alloc(length);
      await file.read(buffer, 0, length, offset);
      return buffer.toString('utf8');
    });
    const record = StoredRecord.safeParse(jsonOf(text));
    if (!record.success) throw new QuellError('STORE_TAMPERED', 'an inbox line was changed');
    return record.data;
  }

  private async closeFile(name: string): Promise<void> {
    const segment = this.segments.get(name);
    const file = segment?.file;
    if (segment) segment.file = undefined;
    await file?.then(
      (open) => open.close(),
      () => undefined,
    );
  }

  private keyOf(segment: Segment): Uint8Array {
    return (segment.key ??= openSegmentHead(segment.name, segment.head ?? '', this.own));
  }
}
