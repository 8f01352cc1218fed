// Reads what 0.2.0 kept; goes with the release after this one.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { countedIn, type Counts } from '../audit/counts.js';
import { AuditEntrySchema, type AuditEntry } from '../audit/entry.js';
import { hashOf, lineOf, readCheckpoint, ZERO, type ChainLine, type Checkpoint } from '../audit/line.js';
import { verifyChain, type ChainProof } from '../audit/scan.js';
import { io } from '../files.js';
import { readLines, readLog } from '../lines.js';
import { query } from '../postgres/connection.js';
import type { Role } from '../role-keys.js';
import { namesIn } from '../verify-check.js';
import type { Target } from './rows.js';

/** A chain that was proven to its end. */
export interface ProvenChain {
  readonly lines: number;
  readonly signed: number;
  readonly head: string;
  readonly counts: Counts;
  readonly checkpoints: readonly Checkpoint[];
}

const BATCH = 1_000;
const NO_LINE: ChainLine = { seq: 0, prev: '', hash: '', entry: undefined };

/** Proves the chain of `audit/`; `sink` is given its lines as they are read. Errors: CONFIG when there is none, or for a line of heads kept elsewhere that is none; STORE_TAMPERED when it does not hold; STORE. */
export async function proveChain(
  dir: string,
  proof: ChainProof,
  onEntry: (entry: AuditEntry) => void,
  sink: (lines: readonly ChainLine[]) => Promise<void> = () => Promise.resolve(),
): Promise<ProvenChain> {
  const { entries: checkpoints } = await readLog(join(dir, 'checkpoints.jsonl'), readCheckpoint);
  let head = ZERO;
  async function* lines(): AsyncGenerator<ChainLine> {
    let batch: ChainLine[] = [];
    // A last line that was never finished was never answered for: what it told of is in the spool, or is told again.
    for await (const { text, whole } of readLines(join(dir, 'chain.jsonl'))) {
      if (!whole) break;
      const line = lineOf(text) ?? NO_LINE;
      yield line; // whoever takes the next one found this one good
      head = line.hash;
      if (batch.push(line) < BATCH) continue;
      await sink(batch);
      batch = [];
    }
    await sink(batch);
  }
  const verdict = await verifyChain({ lines: lines(), checkpoints }, proof, onEntry);
  const { ok, lines: count, signed, counts, why, unbelieved } = verdict;
  const [first] = unbelieved;
  if (first) throw new QuellError('CONFIG', `${first.where} is no head that a known key signed`);
  if (!ok) throw new QuellError('STORE_TAMPERED', `audit chain: ${why}`);
  if (count === 0) throw new QuellError('CONFIG', `${dir} holds no line of an audit chain, so nothing can be proven`);
  return { lines: count, signed, head, counts, checkpoints };
}

/** What waits in `audit-spool/`, oldest first. A file that is no entry is told of by one, as 0.2.0 did. Errors: STORE. */
export async function readSpool(dir: string, now: Date): Promise<readonly AuditEntry[]> {
  const names = (await namesIn(dir)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => {
      const text = await io('audit spool', () => readFile(join(dir, name), 'utf8'));
      const { data } = AuditEntrySchema.safeParse(jsonOf(text));
      const broken = { sha256: sha256(text), bytes: Buffer.byteLength(text) };
      return (
        data ?? {
          ...{ key: `spool:${sha256(`${name}\0${text}`)}`, at: now.toISOString() },
          ...{ kind: 'audit.broken_entry', by: 'records', data: broken },
        }
      );
    }),
  );
}

/** Writes the chain as it was, proving it once more on the way. Errors: as `proveChain`, and those of `query`. */
export async function writeChain(target: Target, dir: string, proof: ChainProof): Promise<ProvenChain> {
  const chain = await proveChain(
    dir,
    proof,
    () => undefined,
    (lines) => addLines(target, lines),
  );
  const { on, organisation } = target;
  await query(
    on,
    `INSERT INTO audit_checkpoints (organisation, lines, head, at, key_id, signature)
     SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])`,
    [
      organisation,
      ...(['lines', 'head', 'at', 'keyId', 'signature'] as const).map((name) =>
        chain.checkpoints.map((point) => point[name]),
      ),
    ],
  );
  await query(
    on,
    'UPDATE audit_heads SET lines = $2, head = $3, counts = $4, signed = $5, signed_at = now() WHERE organisation = $1',
    [organisation, chain.lines, chain.head, JSON.stringify(chain.counts), chain.signed],
  );
  return chain;
}

/** Hangs entries that the chain does not have behind its end, as ones that `writer` noted; the records role signs them at its start. Answers how many there were. Errors: those of `query`. */
export async function goOn(
  { on, organisation }: Target,
  entries: readonly AuditEntry[],
  writer: Role = 'records',
): Promise<number> {
  const { rows: ends } = await query<{ lines: string; head: string; counts: Counts }>(
    on,
    'SELECT lines, head, counts FROM audit_heads WHERE organisation = $1',
    [organisation],
  );
  const lines = Number(ends[0]?.lines);
  await query(
    on,
    `INSERT INTO audit_entries (organisation, writer, key, entry) SELECT $1, $2, * FROM unnest($3::text[], $4::json[]) ON CONFLICT DO NOTHING`,
    [organisation, writer, entries.map(({ key }) => key), entries.map((entry) => canonicalJson(entry))],
  );
  const { rows } = await query<{ key: string; entry: string }>(
    on,
    `SELECT w.key, e.entry::text AS entry FROM audit_waiting w JOIN audit_entries e USING (organisation, writer, key) WHERE organisation = $1 ORDER BY w.id`,
    [organisation],
  );
  let last = ends[0]?.head ?? ZERO;
  let counts = ends[0]?.counts ?? {};
  const added = rows.map(({ key, entry }, i) => {
    const [seq, prev] = [lines + i + 1, last];
    last = hashOf({ seq, prev, entry, writer });
    counts = countedIn(counts, entry);
    return { seq, key, prev, hash: last };
  });
  await chainLines({ on, organisation }, added, writer);
  await query(on, 'UPDATE audit_heads SET lines = $2, head = $3, counts = $4 WHERE organisation = $1', [
    organisation,
    lines + added.length,
    last,
    JSON.stringify(counts),
  ]);
  return added.length;
}

async function addLines(target: Target, lines: readonly ChainLine[]): Promise<void> {
  const keyed = lines.map((line) => ({ ...line, key: (jsonOf(line.entry ?? '') as AuditEntry).key }));
  await query(
    target.on,
    `INSERT INTO audit_entries (organisation, writer, key, entry) SELECT $1, 'records', * FROM unnest($2::text[], $3::json[])`,
    [target.organisation, keyed.map(({ key }) => key), keyed.map(({ entry }) => entry)],
  );
  await chainLines(target, keyed, 'records');
}

/** In the chain, they do not wait for it. */
async function chainLines(
  { on, organisation }: Target,
  lines: readonly (Pick<ChainLine, 'seq' | 'prev' | 'hash'> & { readonly key: string })[],
  writer: Role,
): Promise<void> {
  await query(
    on,
    `INSERT INTO audit_lines (organisation, writer, seq, key, prev, hash) SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[])`,
    [organisation, writer, ...(['seq', 'key', 'prev', 'hash'] as const).map((name) => lines.map((line) => line[name]))],
  );
  await query(on, 'DELETE FROM audit_waiting WHERE organisation = $1', [organisation]);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
