import { verifySignature } from '../../domain/canonical.js';
import { jsonOf } from '../../domain/json.js';
import type { VerifyKey } from '../key-ring.js';
import type { AuditEntry } from './entry.js';
import { checkpointBody, hashOf, ZERO, type ChainLine, type Checkpoint } from './line.js';

/** An audit chain, wherever it is kept. */
export interface KeptChain {
  readonly lines: AsyncIterable<ChainLine>;
  readonly checkpoints: readonly Checkpoint[];
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

/** What the checkpoints of a chain are held against. */
export interface ChainProof {
  /** Public halves of the records role's key, past ones too. */
  readonly keys: readonly VerifyKey[];
  /** Checkpoints that were kept elsewhere: they show a cut that took the chain's own along. */
  readonly elsewhere?: readonly Checkpoint[];
}

/**
 * Every line hangs on the one before, and every checkpoint is signed by one of the keys and fits. An edit, insertion, removal or exchange is found at its line; a
 * rewrite with new hashes is found at the first line after the last checkpoint that still fits. Lines that hold are told to `onEntry`.
 */
export async function verifyChain(
  { lines: given, checkpoints }: KeptChain,
  proof: ChainProof,
  onEntry: (entry: AuditEntry) => void = () => undefined,
): Promise<ChainVerdict> {
  const { points, bad } = signedHeads(checkpoints, proof);
  let [lines, signed, head] = [0, 0, ZERO];
  let last: ChainLine | undefined;
  const result = (why: string, badLine?: number): ChainVerdict => ({
    ok: badLine === undefined && bad === undefined,
    ...{ lines, signed, why: bad ?? why },
    ...(badLine === undefined ? {} : { badLine }),
  });
  if (bad !== undefined) return result(bad);
  for await (const line of given) {
    const { problem, entry } = readLine(line, lines, head, last);
    if (problem !== undefined) return result(`line ${problem.at} ${problem.why}`, problem.at);
    lines++;
    head = line.hash;
    last = line;
    const point = points.get(lines);
    if (point !== undefined) {
      if (point !== head)
        return result(`lines ${signed + 1} to ${lines} were rewritten: they do not end in the signed hash`, signed + 1);
      signed = lines;
    }
    onEntry(entry);
  }
  const furthest = Math.max(0, ...points.keys());
  if (furthest > lines) return result(`cut: ${furthest} lines were signed, ${lines} are there`, lines + 1);
  if (lines > 0 && signed === 0) return result('no checkpoint is there: nothing shows who wrote these lines', 1);
  return result(`${lines} lines hang together, ${signed} of them signed`);
}

interface BadLine {
  readonly at: number;
  readonly why: string;
}

function readLine(
  line: ChainLine,
  before: number,
  head: string,
  last: ChainLine | undefined,
): { readonly problem: BadLine; readonly entry?: never } | { readonly problem?: never; readonly entry: AuditEntry } {
  if (line.entry === undefined) return { problem: { at: before + 1, why: 'is no line, or has lost its entry' } };
  const misplaced = misfit(line, before, head, last);
  if (misplaced) return { problem: misplaced };
  const entry = jsonOf(line.entry);
  if (hashOf({ ...line, entry: line.entry }) !== line.hash || !isEntry(entry))
    return { problem: { at: before + 1, why: 'is not what was chained: it was edited' } };
  return { entry };
}

const isEntry = (value: unknown): value is AuditEntry =>
  typeof value === 'object' && value !== null && 'key' in value && typeof value.key === 'string';

function misfit(line: ChainLine, before: number, head: string, last: ChainLine | undefined): BadLine | undefined {
  if (line.seq === before + 1 && line.prev === head) return undefined;
  if (line.seq === before + 1)
    return { at: Math.max(1, before), why: 'is not the one that the next line was chained to' };
  if (last !== undefined && line.seq === last.seq && line.prev === last.prev)
    return { at: before, why: 'was inserted' };
  return { at: before + 1, why: `has number ${line.seq}: lines were removed or exchanged` };
}

/** Hash by number of lines. */
function signedHeads(
  checkpoints: readonly Checkpoint[],
  { keys, elsewhere = [] }: ChainProof,
): { readonly points: ReadonlyMap<number, string>; readonly bad?: string } {
  const points = new Map<number, string>();
  const isSigned = (point: Checkpoint): boolean =>
    keys.some(
      (key) => key.keyId === point.keyId && verifySignature(checkpointBody(point), point.signature, key.publicKey),
    );
  const named = [
    ...checkpoints.map((point, i) => [point, `checkpoint ${i + 1}`] as const),
    ...elsewhere.map((point) => [point, 'a checkpoint that was kept elsewhere'] as const),
  ];
  for (const [point, name] of named) {
    if (!isSigned(point)) return { points, bad: `${name} is not signed by a known key` };
    if ((points.get(point.lines) ?? point.head) !== point.head)
      return { points, bad: `${name} contradicts another one over the same lines` };
    points.set(point.lines, point.head);
  }
  return { points };
}
