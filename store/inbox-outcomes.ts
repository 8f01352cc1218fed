import { join } from 'node:path';
import { AppendFile } from './append-file.js';
import { ensureDir, io, writeWhole } from './files.js';
import { listSegments, parseJson, startSeqOf, type SettledOutcome } from './inbox-format.js';
import { readLines } from './lines.js';

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
    const kept: string[] = [];
    let size = 0;
    const settled = new Set<number>();
    for await (const { text, whole, length } of readLines(path(dir))) {
      if (!whole) break;
      size += length;
      kept.push(text);
      const seq = seqOf(text);
      if (seq !== undefined && seq >= firstOnDisk) settled.add(seq);
    }
    if (kept.length > 2 * KEEP) {
      const few = kept.filter((text, i) => i >= kept.length - KEEP || settled.has(seqOf(text) ?? -1));
      await io('inbox', async () => {
        await ensureDir(dir);
        await writeWhole(path(dir), few.map((text) => `${text}\n`).join(''));
      });
      return new Outcomes(await AppendFile.open(path(dir)), settled);
    }
    return new Outcomes(await AppendFile.open(path(dir), size), settled);
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

/** For intake's status address, without a key: the last outcome of a message or an alert (recent ones; the case index knows the rest). Errors: STORE. */
export async function findOutcome(
  dir: string,
  by: { readonly alertId: string } | { readonly seq: number },
): Promise<SettledOutcome | undefined> {
  const needle = 'alertId' in by ? JSON.stringify(by.alertId) : `"seq":${by.seq}`;
  let found: SettledOutcome | undefined;
  for await (const { text, whole } of readLines(path(dir))) {
    if (!whole || !text.includes(needle)) continue;
    const outcome = parseJson(text) as SettledOutcome;
    const matches =
      'seq' in by
        ? outcome.seq === by.seq
        : outcome.status !== 'dead_letter' && outcome.alertIds?.includes(by.alertId) === true;
    if (matches) found = outcome;
  }
  return found;
}

function path(dir: string): string {
  return join(dir, 'outcomes.jsonl');
}

function seqOf(text: string): number | undefined {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && 'seq' in value && typeof value.seq === 'number'
    ? value.seq
    : undefined;
}
