import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { canonicalJson } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { FILE_MODE } from '../files.js';
import { readLines } from '../lines.js';
import { query, type Queryable } from '../postgres/connection.js';
import type { Counts } from './counts.js';
import { AuditEntrySchema, type AuditEntry } from './entry.js';
import { lineOf, readCheckpoint, textOf, type ChainLine, type Checkpoint } from './line.js';
import type { KeptChain } from './scan.js';

const PAGE = 500;
export const EXPORT = { chain: 'chain.jsonl', checkpoints: 'checkpoints.jsonl' } as const;

/** The chain in the database, a page of it at a time. Errors: those of `query`. */
export async function chainIn(on: Queryable): Promise<KeptChain> {
  return { lines: linesIn(on), checkpoints: await checkpointsIn(on, 'ORDER BY id') };
}

/** The last that was signed. Errors: those of `query`. */
export async function newestCheckpoint(on: Queryable): Promise<Checkpoint | undefined> {
  return (await checkpointsIn(on, 'ORDER BY id DESC LIMIT 1'))[0];
}

async function checkpointsIn(on: Queryable, which: string): Promise<readonly Checkpoint[]> {
  const { rows } = await query<
    Omit<Checkpoint, 'lines' | 'counts'> & { readonly lines: string; readonly counts: Counts | null }
  >(on, `SELECT lines, head, at, counts, key_id AS "keyId", signature FROM audit_checkpoints ${which}`);
  return rows.map(({ lines, counts, ...row }) => ({ ...row, lines: Number(lines), ...(counts ? { counts } : {}) }));
}

async function* linesIn(on: Queryable): AsyncGenerator<ChainLine> {
  const { rows: end } = await query<{ seq: string | null }>(on, 'SELECT max(seq) AS seq FROM audit_lines');
  // By ranges, also where lines are missing: a limit alone leaves the server free to sort all that follow.
  for (let after = 0; after < Number(end[0]?.seq ?? 0); after += PAGE) {
    const { rows } = await query<{ seq: string; writer: string; prev: string; hash: string; entry: string | null }>(
      on,
      `SELECT l.seq, l.writer, l.prev, l.hash, e.entry::text AS entry
       FROM audit_lines l LEFT JOIN audit_entries e USING (organisation, writer, key) WHERE l.seq > $1 AND l.seq <= $2 ORDER BY l.seq`,
      [after, after + PAGE],
    );
    for (const { seq, entry, ...row } of rows) yield { ...row, seq: Number(seq), entry: entry ?? undefined };
  }
}

export interface OutsideEntry {
  readonly writer: string;
  readonly key: string;
  /** Undefined when it is none. */
  readonly entry: AuditEntry | undefined;
  readonly lost: boolean;
}

/** Entries that are not in the chain, in their order: on their way, or `lost` to it. Errors: those of `query`. */
export async function outsideOfChain(on: Queryable): Promise<readonly OutsideEntry[]> {
  const { rows } = await query<{ writer: string; key: string; entry: string; lost: boolean }>(
    on,
    `SELECT e.writer, e.key, e.entry::text AS entry, w.key IS NULL AS lost
     FROM audit_entries e LEFT JOIN audit_lines l USING (organisation, writer, key) LEFT JOIN audit_waiting w USING (organisation, writer, key) WHERE l.key IS NULL ORDER BY w.id`,
  );
  return rows.map(({ entry, ...row }) => ({ ...row, entry: AuditEntrySchema.safeParse(jsonOf(entry)).data }));
}

/** Writes the chain of the database to a folder, for whoever checks it elsewhere. Errors: those of `query` and of the file system. */
export async function exportChain(on: Queryable, folder: string): Promise<void> {
  const { lines, checkpoints } = await chainIn(on);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, texts: AsyncIterable<string> | Iterable<string>): Promise<void> =>
    pipeline(Readable.from(texts), createWriteStream(join(folder, name), { mode: FILE_MODE }));
  await write(EXPORT.chain, withEnds(lines));
  await write(
    EXPORT.checkpoints,
    checkpoints.map((point) => `${canonicalJson(point)}\n`),
  );
}

async function* withEnds(lines: AsyncIterable<ChainLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${textOf(line)}\n`;
}

const NO_LINE: ChainLine = { seq: 0, prev: '', hash: '', entry: undefined };

/** An exported chain. Errors: CONFIG when there is none. */
export async function chainAt(folder: string): Promise<KeptChain> {
  const [chain, checkpoints] = [join(folder, EXPORT.chain), join(folder, EXPORT.checkpoints)];
  if (!existsSync(chain) || !existsSync(checkpoints))
    throw new QuellError('CONFIG', `${folder} holds no exported audit chain`);
  return { lines: linesOf(chain), checkpoints: checkpointsOf(await readFile(checkpoints, 'utf8')) };
}

async function* linesOf(file: string): AsyncGenerator<ChainLine> {
  // Not by `readline`, to which other signs of Unicode end a line too, that JSON holds as they are.
  for await (const { text } of readLines(file)) yield lineOf(text) ?? NO_LINE;
}

/** One a line. Errors: CONFIG when one is none. */
const checkpointsOf = (text: string): readonly Checkpoint[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(readCheckpoint);
