import { join } from 'node:path';
import { jsonOf } from '../domain/json.js';
import { AppendFile } from './append-file.js';
import { ensureDir, io, writeWhole } from './files.js';
import { listSegments, startSeqOf, type SettledOutcome } from './inbox-format.js';
import { LineTail, readLog } from './lines.js';

/** Outcomes that stay findable after their messages are gone. */
const KEEP = 20_000;

/** What became of each message: a log that the reader owns. */
export class Outcomes {
  private constructor(
    private readonly file: AppendFile,
    private readonly settled: Set<number>,
  ) {}

  /** Rewrites the log without what is neither recent nor about a message that is still on disk. */
  static async open(dir: string): Promise<Outcomes> {
    const firstOnDisk = startSeqOf((await listSegments(dir))[0]?.name ?? '');
    const { entries: kept, end } = await readLog(path(dir), (text) => text);
    const settled = new Set(kept.flatMap((text) => seqOf(text) ?? []).filter((seq) => seq >= firstOnDisk));
    if (kept.length > 2 * KEEP) {
      const few = kept.filter((text, i) => i >= kept.length - KEEP || settled.has(seqOf(text) ?? -1));
      await io('inbox', async () => {
        await ensureDir(dir);
        await writeWhole(path(dir), few.map((text) => `${text}\n`).join(''));
      });
      return new Outcomes(await AppendFile.open(path(dir)), settled);
    }
    return new Outcomes(await AppendFile.open(path(dir), end), settled);
  }

  isSettled(seq: number): boolean {
    return this.settled.has(seq);
  }

  async add(outcome: SettledOutcome): Promise<void> {
    await this.file.append(`${JSON.stringify(outcome)}\n`);
    this.settled.add(outcome.seq);
  }

  /** Numbers whose messages are no longer on disk need not be remembered. */
  forgetBelow(seq: number): void {
    for (const old of this.settled) if (old < seq) this.settled.delete(old);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** For intake's status address, without a key: the recent outcomes by number, followed as the reader writes them. Errors: STORE. */
export class OutcomeTail {
  private readonly tail: LineTail;
  /** The last line of a message counts: a dead letter may have been delivered later. */
  private readonly last = new Map<number, string>();

  constructor(dir: string) {
    this.tail = new LineTail(path(dir));
  }

  async find(seq: number): Promise<SettledOutcome | undefined> {
    await this.tail.poll(
      ({ text }) => this.remember(text),
      () => this.last.clear(),
    );
    const text = this.last.get(seq);
    return text === undefined ? undefined : (jsonOf(text) as SettledOutcome);
  }

  private remember(text: string): void {
    const seq = seqOf(text);
    if (seq === undefined) return;
    this.last.delete(seq);
    this.last.set(seq, text);
    for (const oldest of this.last.keys()) {
      if (this.last.size <= KEEP) break;
      this.last.delete(oldest);
    }
  }
}

function path(dir: string): string {
  return join(dir, 'outcomes.jsonl');
}

function seqOf(text: string): number | undefined {
  const value = jsonOf(text);
  return typeof value === 'object' && value !== null && 'seq' in value && typeof value.seq === 'number'
    ? value.seq
    : undefined;
}
