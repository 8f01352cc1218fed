import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../domain/platform.js';
import { QuellError } from '../domain/errors.js';
import { jsonOf } from '../domain/json.js';
import { ensureDir, errno, io, writeWhole } from './files.js';
import { Envelope, envelopeOf, openMessage, sealMessage, type DeadLetter, type InboxItem } from './inbox-format.js';
import type { OpenKey } from './key-ring.js';
import { openKey, sealKey } from './seal.js';

const DeadFile = Envelope.extend({
  at: z.string(),
  reason: z.string(),
  resent: z.number(),
  /** True while it is pending again. */
  waiting: z.boolean(),
  /** Absent when the message itself could not be opened. */
  content: z
    .strictObject({
      sealed: z.strictObject({ to: z.string(), ephemeral: z.string(), box: z.string() }),
      box: z.string(),
    })
    .optional(),
});
type DeadFile = z.infer<typeof DeadFile>;

/** Messages that could not be delivered, each a file of its own, sealed for the inbox's reader. */
export class DeadLetters {
  private constructor(
    private readonly dir: string,
    private readonly own: OpenKey,
    /** Pending again, with when they first came. */
    private readonly again: Map<number, Instant>,
    /** All that lie here: most messages never did. */
    private readonly kept: Set<number>,
  ) {}

  static async open(dir: string, own: OpenKey): Promise<DeadLetters> {
    const files = await readAll(dir);
    const waiting = files.filter((file) => file.waiting);
    return new DeadLetters(
      dir,
      own,
      new Map(waiting.map(({ seq, receivedAt }) => [seq, receivedAt])),
      new Set(files.map(({ seq }) => seq)),
    );
  }

  async keep(item: InboxItem, reason: string, at: Instant): Promise<void> {
    const key = randomBytes(32);
    const { box, ...envelope } = sealMessage(key, envelopeOf(item.seq, item), item);
    await this.write({
      ...envelope,
      at,
      reason,
      resent: item.resent,
      waiting: false,
      content: { sealed: sealKey(key, this.own, context(item.seq)), box },
    });
  }

  /** Of a message that can't be opened only the envelope is known. */
  async keepUnreadable(envelope: Envelope, reason: string, at: Instant): Promise<void> {
    const { seq, kind, source, receivedAt, dedupe } = envelope;
    await this.write({ seq, kind, source, receivedAt, dedupe, at, reason, resent: 0, waiting: false });
  }

  /** Marks it pending again. Errors: STORE_GONE when there is none with content. */
  async resend(seq: number): Promise<void> {
    const file = await readDead(this.dir, seq);
    if (file?.content === undefined) throw new QuellError('STORE_GONE', 'no dead letter with content has this number');
    if (!file.waiting) await this.write({ ...file, waiting: true, resent: file.resent + 1 });
  }

  async open(seq: number): Promise<InboxItem> {
    const file = await readDead(this.dir, seq);
    const key = file?.content && openKey([file.content.sealed], this.own, context(seq));
    if (file?.content === undefined || key === undefined)
      throw new QuellError('STORE_GONE', 'no dead letter with content has this number');
    const { kind, source, receivedAt, dedupe } = file;
    return openMessage(key, { seq, kind, source, receivedAt, dedupe, box: file.content.box }, file.resent);
  }

  /** Numbers that are pending again, with those that other processes asked for since. */
  async waiting(): Promise<ReadonlyMap<number, Instant>> {
    for (const seq of await requested(this.dir)) {
      await this.resend(seq).catch((error: unknown) => {
        if (!(error instanceof QuellError && error.code === 'STORE_GONE')) throw error;
      });
      await io('dead letters', () => rm(requestPath(this.dir, seq), { force: true }));
    }
    return this.again;
  }

  async remove(seq: number): Promise<void> {
    if (!this.kept.has(seq)) return;
    await io('dead letters', () => rm(path(this.dir, seq), { force: true }));
    this.again.delete(seq);
    this.kept.delete(seq);
  }

  private async write(file: DeadFile): Promise<void> {
    await io('dead letters', async () => {
      await ensureDir(folder(this.dir));
      this.kept.add(file.seq);
      await writeWhole(path(this.dir, file.seq), JSON.stringify(file));
    });
    if (file.waiting) this.again.set(file.seq, file.receivedAt);
    else this.again.delete(file.seq);
  }
}

/** It names nobody that could be found: a person finds out whose account it is. */
export const namesNobody = ({ reason }: Pick<DeadLetter, 'reason'>): boolean => reason.includes('ALERT_NO_SUBJECT');

/** For any process without a key: what lies on disk, by number. Errors: STORE. */
export async function listDeadLetters(dir: string): Promise<readonly DeadLetter[]> {
  return (await readAll(dir))
    .filter(({ waiting }) => !waiting)
    .map(({ seq, source, kind, receivedAt, at, reason }) => ({ seq, source, kind, receivedAt, at, reason }));
}

/** For any process without a key (CLI): asks the reader to make a dead letter pending again. Errors: STORE_GONE when there is none of that number. */
export async function requestResend(dir: string, seq: number): Promise<void> {
  const file = await readDead(dir, seq);
  if (file?.content === undefined) throw new QuellError('STORE_GONE', 'no dead letter with content has this number');
  await io('dead letters', async () => {
    await ensureDir(join(dir, 'resend'));
    await writeWhole(requestPath(dir, seq), '');
  });
}

async function readAll(dir: string): Promise<DeadFile[]> {
  const numbers = (await names(folder(dir))).flatMap((name) =>
    /^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : [],
  );
  const files = await Promise.all(numbers.sort((a, b) => a - b).map((seq) => readDead(dir, seq)));
  return files.filter((file) => file !== undefined);
}

async function requested(dir: string): Promise<number[]> {
  return (await names(join(dir, 'resend'))).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

async function names(path: string): Promise<string[]> {
  return io('dead letters', async () => {
    try {
      return await readdir(path);
    } catch (error) {
      if (errno(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

async function readDead(dir: string, seq: number): Promise<DeadFile | undefined> {
  const text = await io('dead letters', async () => {
    try {
      return await readFile(path(dir, seq), 'utf8');
    } catch (error) {
      if (errno(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
  if (text === undefined) return undefined;
  const parsed = DeadFile.safeParse(jsonOf(text));
  if (!parsed.success) throw new QuellError('STORE_TAMPERED', `dead letter ${seq} is malformed`);
  return parsed.data;
}

function folder(dir: string): string {
  return join(dir, 'dead');
}
function path(dir: string, seq: number): string {
  return join(folder(dir), `${seq}.json`);
}
function requestPath(dir: string, seq: number): string {
  return join(dir, 'resend', String(seq));
}
function context(seq: number): string {
  return `quell dead letter v1\0${seq}`;
}
