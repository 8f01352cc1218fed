import { createHash } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import type { Instant } from '../../domain/platform.js';
import { CountsSchema, type Counts } from './counts.js';

/** `prev` of the first line. */
export const ZERO = '0'.repeat(64);

/** A line of the chain. */
export interface ChainLine {
  readonly seq: number;
  /** Hash of the line before. */
  readonly prev: string;
  readonly hash: string;
  /** The role that noted it, as the server filled it in. Without: records, as all of 0.2.0. */
  readonly writer?: string;
  /** Canonical JSON, to the byte. Undefined when the entry that the line was made of is gone. */
  readonly entry: string | undefined;
}

/** Whose lines carry no writer. */
const RECORDS = 'records';
export const writerOf = ({ writer = RECORDS }: Pick<ChainLine, 'writer'>): string => writer;

/** SHA-256, in hex, over the canonical JSON of entry, prev, seq and, where it is not the records role, writer. */
export const hashOf = ({
  seq,
  prev,
  entry,
  writer,
}: Pick<ChainLine, 'seq' | 'prev' | 'writer'> & { readonly entry: string }): string =>
  createHash('sha256')
    .update(`{"entry":${entry},"prev":"${prev}","seq":${seq}${writerText(writer)}}`)
    .digest('hex');

/** A line as it is exported: canonical JSON. */
export const textOf = ({ entry = 'null', hash, prev, seq, writer }: ChainLine): string =>
  `{"entry":${entry},"hash":"${hash}","prev":"${prev}","seq":${seq}${writerText(writer)}}`;

const writerText = (writer = RECORDS): string => (writer === RECORDS ? '' : `,"writer":${JSON.stringify(writer)}`);

const LINE =
  /^\{"entry":(.*),"hash":"([0-9a-f]{64})","prev":"([0-9a-f]{64})","seq":([1-9]\d{0,14})(?:,"writer":"([a-z]+)")?\}$/s;

/** Undefined for what is no line. */
export function lineOf(text: string): ChainLine | undefined {
  const [, entry, hash = '', prev = '', seq, writer] = LINE.exec(text) ?? [];
  if (entry === undefined) return undefined;
  return { entry, hash, prev, seq: Number(seq), ...(writer === undefined ? {} : { writer }) };
}

/** Signed by the records role: the chain had `lines` lines, vouched for so many things of each kind, and ended in `head`. */
export interface Checkpoint {
  readonly lines: number;
  readonly head: string;
  readonly at: Instant;
  /** Those of 0.2.0 have none. */
  readonly counts?: Counts;
  readonly keyId: string;
  readonly signature: string;
  /** Of one that was kept elsewhere: token of a time stamp authority over all the rest, base64. */
  readonly timestamp?: string;
}

type Unsigned = Omit<Checkpoint, 'keyId' | 'signature' | 'timestamp'>;

/** What a checkpoint signs. */
export function checkpointBody({
  lines,
  head,
  at,
  counts,
}: Unsigned): Unsigned & { readonly type: 'audit-checkpoint' } {
  return { type: 'audit-checkpoint', lines, head, at, ...(counts ? { counts } : {}) };
}

const CheckpointSchema = z.strictObject({
  lines: z.number().int().positive(),
  head: z.string(),
  at: z.string(),
  counts: CountsSchema.exactOptional(),
  keyId: z.string(),
  signature: z.string(),
  timestamp: z.string().exactOptional(),
});

/** A line of heads that were kept elsewhere. Whoever can write there can add what they like: it is believed by its signature alone. */
export interface FoundHead {
  /** File and line, from 1. */
  readonly where: string;
  /** Undefined when the line is none: torn, or another program's. */
  readonly head: Checkpoint | undefined;
}

/** A checkpoint as it was written down, with whatever words before it; undefined when it is none. */
export const checkpointOf = (text: string): Checkpoint | undefined =>
  CheckpointSchema.safeParse(jsonOf(text.slice(Math.max(0, text.indexOf('{'))))).data;

/** The same. Errors: CONFIG when it is none. */
export function readCheckpoint(text: string): Checkpoint {
  const data = checkpointOf(text);
  if (data === undefined) throw new QuellError('CONFIG', 'this is no checkpoint of the audit chain');
  return data;
}
