import { jsonOf } from '../../domain/json.js';
import type { VerifyKey } from '../key-ring.js';
import { isSignatureOf } from '../signing.js';
import { beyond, counted, sameCounts, type Counts } from './counts.js';
import { AuditEntrySchema, type AuditEntry } from './entry.js';
import { checkpointBody, hashOf, writerOf, ZERO, type ChainLine, type Checkpoint, type FoundHead } from './line.js';

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
  /** What the lines vouch for. */
  readonly counts: Counts;
  /** First bad line, counted from 1. */
  readonly badLine?: number;
  readonly why: string;
  /** Lines of heads kept elsewhere that are no head, or that no known key signed: they prove nothing, and end nothing. */
  readonly unbelieved: readonly UnbelievedHead[];
}

export interface UnbelievedHead extends Pick<FoundHead, 'where'> {
  readonly is: 'malformed' | 'unsigned';
}

/** What the checkpoints of a chain are held against. */
export interface ChainProof {
  /** Public halves of the records role's key, past ones too. */
  readonly keys: readonly VerifyKey[];
  /** Checkpoints that were kept elsewhere: they show a cut that took the chain's own along. */
  readonly elsewhere?: readonly FoundHead[];
}

/**
 * Every line hangs on the one before, and every checkpoint is signed by one of the keys and fits. An edit, insertion, removal or exchange is found at its line; a
 * rewrite with new hashes is found at the first line after the last checkpoint that still fits. Entries of lines that hold are told to `onEntry`, with the role that noted them, or their keys to `onMalformed`
 * where they are none: the server takes whatever has a key, and a role that notes past `AuditLog` must not end the proof of all the rest.
 */
export async function verifyChain(
  { lines: given, checkpoints }: KeptChain,
  proof: ChainProof,
  onEntry: (entry: AuditEntry, writer: string) => void = () => undefined,
  onMalformed: (key: string) => void = () => undefined,
): Promise<ChainVerdict> {
  const { points, bad, unbelieved } = signedHeads(checkpoints, proof);
  let [lines, signed, head] = [0, 0, ZERO];
  let counts: Counts = {};
  let last: ChainLine | undefined;
  const result = (why: string, badLine?: number): ChainVerdict => ({
    ok: badLine === undefined && bad === undefined,
    ...{ lines, signed, counts, unbelieved, why: bad ?? why },
    ...(badLine === undefined ? {} : { badLine }),
  });
  if (bad !== undefined) return result(bad);
  for await (const line of given) {
    const { problem, entry } = readLine(line, lines, head, last);
    if (problem !== undefined) return result(`line ${problem.at} ${problem.why}`, problem.at);
    lines++;
    head = line.hash;
    last = line;
    const { data } = AuditEntrySchema.safeParse(entry);
    if (data) {
      counts = counted(counts, data);
      onEntry(data, writerOf(line));
    } else onMalformed(entry.key);
    const point = points.get(lines);
    if (point !== undefined) {
      if (point.head !== head)
        return result(`lines ${signed + 1} to ${lines} were rewritten: they do not end in the signed hash`, signed + 1);
      if (point.counts && !sameCounts(point.counts, counts))
        return result(
          `lines ${signed + 1} to ${lines} do not vouch for what was counted when they were signed`,
          signed + 1,
        );
      signed = lines;
    }
  }
  const furthest = furthestOf(points);
  if (furthest && furthest.lines > lines) {
    const lost = beyond(furthest.counts ?? {}, counts);
    return result(
      `cut: ${furthest.lines} lines were signed, ${lines} are there${lost === '' ? '' : `; gone with them: ${lost}`}`,
      lines + 1,
    );
  }
  if (lines > 0 && signed === 0) return result('no checkpoint is there: nothing shows who wrote these lines', 1);
  const of = beyond(counts, {});
  return result(`${lines} lines hang together, ${signed} of them signed${of === '' ? '' : `; they vouch for ${of}`}`);
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
): { readonly problem: BadLine; readonly entry?: never } | { readonly problem?: never; readonly entry: Keyed } {
  if (line.entry === undefined) return { problem: { at: before + 1, why: 'is no line, or has lost its entry' } };
  const misplaced = misfit(line, before, head, last);
  if (misplaced) return { problem: misplaced };
  const entry = jsonOf(line.entry);
  if (hashOf({ ...line, entry: line.entry }) !== line.hash || !isEntry(entry))
    return { problem: { at: before + 1, why: 'is not what was chained: it was edited' } };
  return { entry };
}

type Keyed = Pick<AuditEntry, 'key'>;

const isEntry = (value: unknown): value is Keyed =>
  typeof value === 'object' && value !== null && 'key' in value && typeof value.key === 'string';

function misfit(line: ChainLine, before: number, head: string, last: ChainLine | undefined): BadLine | undefined {
  if (line.seq === before + 1 && line.prev === head) return undefined;
  if (line.seq === before + 1)
    return { at: Math.max(1, before), why: 'is not the one that the next line was chained to' };
  if (last !== undefined && line.seq === last.seq && line.prev === last.prev)
    return { at: before, why: 'was inserted' };
  return { at: before + 1, why: `has number ${line.seq}: lines were removed or exchanged` };
}

const furthestOf = (points: ReadonlyMap<number, Checkpoint>): Checkpoint | undefined => {
  let furthest: Checkpoint | undefined;
  for (const point of points.values()) if (point.lines > (furthest?.lines ?? 0)) furthest = point;
  return furthest;
};

interface SignedHeads {
  /** By number of lines. */
  readonly points: ReadonlyMap<number, Checkpoint>;
  readonly unbelieved: readonly UnbelievedHead[];
  readonly bad?: string;
}

function signedHeads(checkpoints: readonly Checkpoint[], { keys, elsewhere = [] }: ChainProof): SignedHeads {
  const points = new Map<number, Checkpoint>();
  const unbelieved: UnbelievedHead[] = [];
  const isSigned = (point: Checkpoint): boolean => isSignatureOf(checkpointBody(point), point, keys);
  const contradicts = (point: Checkpoint): boolean => {
    const other = points.get(point.lines);
    points.set(point.lines, point);
    return other !== undefined && other.head !== point.head;
  };
  for (const [i, point] of checkpoints.entries()) {
    const name = `checkpoint ${i + 1}`;
    if (!isSigned(point)) return { points, unbelieved, bad: `${name} is not signed by a known key` };
    if (contradicts(point)) return { points, unbelieved, bad: `${name} contradicts another one over the same lines` };
  }
  for (const { where, head } of elsewhere) {
    if (head === undefined) unbelieved.push({ where, is: 'malformed' });
    else if (!isSigned(head)) unbelieved.push({ where, is: 'unsigned' });
    else if (contradicts(head))
      return { points, unbelieved, bad: `${where} contradicts another checkpoint over the same lines` };
  }
  return { points, unbelieved };
}
