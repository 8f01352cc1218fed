import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson, verifySignature } from '../domain/canonical.js';
import { QuellError } from '../domain/errors.js';
import { jsonOf } from '../domain/json.js';
import type { Instant } from '../domain/platform.js';
import type { AuditEntry } from './audit-entry.js';
import type { VerifyKey } from './key-ring.js';
import { readLines } from './lines.js';

export const AUDIT_FILES = { chain: 'chain.jsonl', checkpoints: 'checkpoints.jsonl' } as const;
/** `prev` of the first line. */
export const ZERO = '0'.repeat(64);

/** Signed by the records worker: the chain had `lines` lines and ended in `head`. */
export interface Checkpoint {
  readonly lines: number;
  readonly head: string;
  readonly at: Instant;
  readonly keyId: string;
  readonly signature: string;
}

export interface ChainVerdict {
  readonly ok: boolean;
  readonly lines: number;
  /** Lines covered by a signature. */
  readonly signed: number;
  /** First bad line, counted from 1. */
  readonly badLine?: number;
  readonly why: string;
}

interface ChainLine {
  readonly seq: number;
  readonly prev: string;
  readonly entry: AuditEntry;
  readonly hash: string;
}

export interface ChainScan {
  readonly verdict: ChainVerdict;
  readonly head: string;
  /** Bytes of whole lines. */
  readonly bytes: number;
  readonly checkpointBytes: number;
  /** Text of a last line that was never finished; it was never acknowledged. */
  readonly torn: string;
}

const ChainLineSchema = z.strictObject({
  seq: z.number(),
  prev: z.string(),
  entry: z.looseObject({ key: z.string() }),
  hash: z.string(),
});
const CheckpointSchema = z.strictObject({
  lines: z.number().int().positive(),
  head: z.string(),
  at: z.string(),
  keyId: z.string(),
  signature: z.string(),
});

/** A checkpoint as it was written down, for `verifyAuditChain`. Errors: CONFIG when it is none. */
export function readCheckpoint(text: string): Checkpoint {
  const { data } = CheckpointSchema.safeParse(jsonOf(text));
  if (data === undefined) throw new QuellError('CONFIG', 'the checkpoint is not a line of checkpoints.jsonl');
  return data;
}

/** What a checkpoint signs. */
export function checkpointBody(
  point: Pick<Checkpoint, 'lines' | 'head' | 'at'>,
): { readonly type: 'audit-checkpoint' } & Pick<Checkpoint, 'lines' | 'head' | 'at'> {
  return { type: 'audit-checkpoint', lines: point.lines, head: point.head, at: point.at };
}

export function hashOf(body: { readonly seq: number; readonly prev: string; readonly entry: unknown }): string {
  return createHash('sha256')
    .update(canonicalJson({ seq: body.seq, prev: body.prev, entry: body.entry }))
    .digest('hex');
}

/**
 * Offline proof of an audit folder: every line hangs on the one before, and every checkpoint is signed by one of `keys` and fits.
 * An edit, insertion, removal or exchange is found at its line; a rewrite with new hashes is found at the first line after the last
 * checkpoint that still fits. `anchor`, a checkpoint kept elsewhere, shows a cut that took the checkpoints along.
 */
export async function verifyAuditChain(
  dir: string,
  keys: readonly VerifyKey[],
  anchor?: Checkpoint,
  onEntry?: (entry: AuditEntry) => void,
): Promise<ChainVerdict> {
  return (await scanChain(dir, { keys, ...(anchor ? { anchor } : {}) }, onEntry)).verdict;
}

/** The same, with what a writer needs to go on. Without `proof` the checkpoints' signatures are not checked. */
export async function scanChain(
  dir: string,
  proof: { readonly keys: readonly VerifyKey[]; readonly anchor?: Checkpoint } | undefined,
  onEntry: (entry: AuditEntry) => void = () => undefined,
): Promise<ChainScan> {
  const { points, bytes: checkpointBytes, bad } = await readCheckpoints(dir, proof);
  let [lines, signed, bytes] = [0, 0, 0];
  let [head, torn] = [ZERO, ''];
  let last: ChainLine | undefined;
  const result = (why: string, badLine?: number): ChainScan => ({
    verdict: {
      ok: badLine === undefined && bad === undefined,
      lines,
      signed,
      ...(badLine === undefined ? {} : { badLine }),
      why: bad ?? why,
    },
    head,
    bytes,
    checkpointBytes,
    torn,
  });
  if (bad !== undefined) return result(bad);
  for await (const { text, length, whole } of readLines(join(dir, AUDIT_FILES.chain))) {
    if (!whole) {
      torn = text;
      break;
    }
    const line = parseLine(text);
    const problem =
      line === undefined
        ? { at: lines + 1, why: 'is not a line of the chain, or was edited' }
        : misfit(line, lines, head, last);
    if (line === undefined || problem !== undefined)
      return result(`line ${problem?.at ?? lines + 1} ${problem?.why ?? ''}`, problem?.at ?? lines + 1);
    lines++;
    bytes += length;
    head = line.hash;
    last = line;
    const point = points.get(lines);
    if (point !== undefined) {
      if (point !== head)
        return result(`lines ${signed + 1} to ${lines} were rewritten: they do not end in the signed hash`, signed + 1);
      signed = lines;
    }
    onEntry(line.entry);
  }
  const furthest = Math.max(0, ...points.keys());
  if (furthest > lines) return result(`cut: ${furthest} lines were signed, ${lines} are there`, lines + 1);
  if (lines > 0 && signed === 0) return result('no checkpoint is there: nothing shows who wrote these lines', 1);
  return result(
    `${lines} lines hang together, ${signed} of them signed${torn === '' ? '' : '; a last line was never finished'}`,
  );
}

function misfit(
  line: ChainLine,
  before: number,
  head: string,
  last: ChainLine | undefined,
): { readonly at: number; readonly why: string } | undefined {
  if (line.seq === before + 1 && line.prev === head) return undefined;
  if (line.seq === before + 1)
    return { at: Math.max(1, before), why: 'is not the one that the next line was chained to' };
  if (last !== undefined && line.seq === last.seq && line.prev === last.prev)
    return { at: before, why: 'was inserted' };
  return { at: before + 1, why: `has number ${line.seq}: lines were removed or exchanged` };
}

/** A line counts only in its one canonical form with its own right hash. */
function parseLine(text: string): ChainLine | undefined {
  const parsed = ChainLineSchema.safeParse(jsonOf(text));
  if (!parsed.success || canonicalJson(parsed.data) !== text || hashOf(parsed.data) !== parsed.data.hash)
    return undefined;
  return parsed.data as unknown as ChainLine;
}

async function readCheckpoints(
  dir: string,
  proof: { readonly keys: readonly VerifyKey[]; readonly anchor?: Checkpoint } | undefined,
): Promise<{ points: Map<number, string>; bytes: number; bad?: string }> {
  const points = new Map<number, string>();
  let bytes = 0;
  let number = 0;
  const accept = (point: Checkpoint, name: string): string | undefined => {
    if (
      proof !== undefined &&
      !proof.keys.some(
        (key) => key.keyId === point.keyId && verifySignature(checkpointBody(point), point.signature, key.publicKey),
      )
    ) {
      return `${name} is not signed by a known key`;
    }
    if ((points.get(point.lines) ?? point.head) !== point.head)
      return `${name} contradicts another one over the same lines`;
    points.set(point.lines, point.head);
    return undefined;
  };
  for await (const { text, length, whole } of readLines(join(dir, AUDIT_FILES.checkpoints))) {
    if (!whole) break;
    number++;
    const parsed = CheckpointSchema.safeParse(jsonOf(text));
    const bad = parsed.success ? accept(parsed.data, `checkpoint ${number}`) : `checkpoint ${number} is malformed`;
    if (bad !== undefined) return { points, bytes, bad };
    bytes += length;
  }
  const bad = proof?.anchor === undefined ? undefined : accept(proof.anchor, 'the checkpoint kept elsewhere');
  return bad === undefined ? { points, bytes } : { points, bytes, bad };
}
