import { open, type FileHandle } from 'node:fs/promises';
import { errno, io } from './files.js';

const BLOCK = 256 * 1024;

/** One line of a file, without its newline. */
export interface Line {
  readonly text: string;
  /** Byte offset and length, the newline included. */
  readonly offset: number;
  readonly length: number;
  /** False for a last line that has no newline: its writer was stopped in the middle. */
  readonly whole: boolean;
}

/** Lines from a byte offset to the present end. A file that is not there has none. Errors: STORE. */
export async function* readLines(path: string, from = 0): AsyncGenerator<Line> {
  const file = await openIfThere(path);
  if (file === undefined) return;
  try {
    yield* linesOf(file, from);
  } finally {
    await file.close();
  }
}

/** What a log holds. */
export interface LogEntries<T> {
  readonly entries: readonly T[];
  /** Where the next line goes: behind the last that was read. What stands there is a torn line, whose writer was stopped and never answered for it. */
  readonly end: number;
}

/** Reads each whole line of a log. A line that `read` gives undefined for ends it as a torn one does. Errors: STORE; those of `read`. */
export async function readLog<T>(path: string, read: (text: string) => T | undefined): Promise<LogEntries<T>> {
  const entries: T[] = [];
  let end = 0;
  for await (const { text, offset, length, whole } of readLines(path)) {
    const entry = whole ? read(text) : undefined;
    if (entry === undefined) break;
    entries.push(entry);
    end = offset + length;
  }
  return { entries, end };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return io('log', async () => {
    try {
      return await open(path, 'r');
    } catch (error) {
      if (errno(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}

async function* linesOf(file: FileHandle, from: number): AsyncGenerator<Line> {
  const block = Buffer.alloc(BLOCK);
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  let position = from;
  for (;;) {
    const { bytesRead } = await io('log', () => file.read(block, 0, BLOCK, position));
    if (bytesRead === 0) break;
    position += bytesRead;
    rest = Buffer.concat([rest, block.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      yield { text: rest.toString('utf8', start, end), offset, length: end + 1 - start, whole: true };
      offset += end + 1 - start;
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  if (rest.length > 0) yield { text: rest.toString('utf8'), offset, length: rest.length, whole: false };
}
