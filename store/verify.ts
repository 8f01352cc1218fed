import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digest } from '../domain/canonical.js';
import type { SignedManifest } from '../domain/evidence.js';
import { QuellError } from '../domain/errors.js';
import type { AuditEntry } from './audit-entry.js';
import { verifyAuditChain, type Checkpoint } from './audit-verify.js';
import { isShredded } from './case-keys.js';
import { checkCiphertext, EvidenceReader, listEvidence, MANIFEST } from './evidence-store.js';
import { errno, io, isSafeName } from './files.js';
import type { OpenKey, VerifyKey } from './key-ring.js';
import { verifyManifest } from './signing.js';
import { statePaths } from './state-paths.js';

export interface Check {
  readonly name: string;
  readonly outcome: 'ok' | 'bad' | 'not_checked';
  /** In words: what was checked, or the first thing that is wrong. */
  readonly why: string;
  /** How many lines or files were looked at. */
  readonly count: number;
}

export interface VerifyKeys {
  /** Public halves, past ones too, of the records worker's and the evidence worker's signing keys. */
  readonly audit: readonly VerifyKey[];
  readonly manifest: readonly VerifyKey[];
  /** Recipients' private keys: with them plaintext hashes and manifests are checked as well. */
  readonly open?: readonly OpenKey[];
  /** A checkpoint that was kept elsewhere. */
  readonly anchor?: Checkpoint;
}

/** Kind of the audit entry that says that the keys of its case were deleted. */
export const SHREDDED = 'case.shredded';
type Compartment = 'evidence' | 'dossier';
const COMPARTMENTS = ['evidence', 'dossier'] as const;

/**
 * `quell verify`: proves a state folder offline. Without `open` keys the encrypted files are checked against their names and the audit
 * log, and what would need decryption is `not_checked`. Errors: STORE when the folder can't be read; what is wrong is in the checks.
 */
export async function verifyState(root: string, keys: VerifyKeys): Promise<readonly Check[]> {
  const paths = statePaths(root);
  const entries: AuditEntry[] = [];
  const chain = await verifyAuditChain(paths.audit, keys.audit, keys.anchor, (entry) => {
    if (entry.evidence !== undefined || entry.kind === SHREDDED) entries.push(entry);
  });
  const shredded = new Set(
    entries.flatMap(({ kind, caseId }) => (kind === SHREDDED && caseId !== undefined ? [caseId] : [])),
  );
  const at = (compartment: Compartment): string => paths[compartment];
  return [
    { name: 'audit chain', outcome: chain.ok ? 'ok' : 'bad', why: chain.why, count: chain.lines },
    await filesOfAudit(entries, shredded, at, keys.open ?? []),
    ...(await Promise.all(COMPARTMENTS.map((compartment) => filesOnDisk(compartment, at(compartment), shredded)))),
    await manifests(paths.evidence, keys),
    await policies(paths.policies),
  ];
}

/** Everything that the audit log vouches for is there, and is what it was. */
async function filesOfAudit(
  entries: readonly AuditEntry[],
  shredded: ReadonlySet<string>,
  at: (compartment: Compartment) => string,
  open: readonly OpenKey[],
): Promise<Check> {
  const name = 'files named in the audit log';
  const refs = entries.flatMap(({ caseId, evidence }) =>
    (evidence ?? []).map((ref) => ({ caseId: caseId ?? '', ref })),
  );
  let decrypted = 0;
  for (const { caseId, ref } of refs) {
    if (shredded.has(caseId)) continue;
    const root = at(ref.compartment);
    const { compartment, ...plain } = ref;
    const problem = await failure(async () => {
      await checkCiphertext(root, caseId, ref.key);
      const reader = await readerOf(root, caseId, ref.key, open);
      await reader?.check(caseId, plain);
      if (reader !== undefined) decrypted++;
    });
    if (problem !== undefined)
      return { name, outcome: 'bad', why: `${compartment} of ${caseId}, ${ref.key}: ${problem}`, count: refs.length };
  }
  return {
    name,
    outcome: 'ok',
    why: `${refs.length} files as they were; of ${decrypted} the plaintext hash was checked too`,
    count: refs.length,
  };
}

/** Every encrypted file has the content that its name says, and no case lost its keys without a word in the audit log. */
async function filesOnDisk(compartment: Compartment, root: string, shredded: ReadonlySet<string>): Promise<Check> {
  const name = `${compartment} files`;
  let count = 0;
  for (const caseId of await casesIn(root)) {
    const keys = await listEvidence(root, caseId);
    count += keys.length;
    if (keys.length > 0 && !shredded.has(caseId) && (await isShredded(root, caseId))) {
      return {
        name,
        outcome: 'bad',
        why: `the keys of ${caseId} are gone, and the audit log does not say that they were deleted`,
        count,
      };
    }
    for (const key of keys) {
      const problem = await failure(() => checkCiphertext(root, caseId, key));
      if (problem !== undefined) return { name, outcome: 'bad', why: `${caseId}, ${key}: ${problem}`, count };
    }
  }
  return { name, outcome: 'ok', why: `${count} files match their names`, count };
}

/** Every manifest is signed by the evidence worker and fits its file. */
async function manifests(root: string, keys: VerifyKeys): Promise<Check> {
  const name = 'evidence manifests';
  let [count, checked] = [0, 0];
  for (const caseId of await casesIn(root)) {
    for (const key of await listEvidence(root, caseId, MANIFEST)) {
      count++;
      if (await isShredded(root, caseId)) continue;
      const problem = await failure(async () => {
        const reader = await readerOf(root, caseId, key, keys.open ?? []);
        if (reader === undefined) return;
        const signed = ManifestShape.safeParse(await reader.readJson(caseId, { key }));
        if (!signed.success || !verifyManifest(signed.data, keys.manifest))
          throw new QuellError('STORE_TAMPERED', 'a manifest is not signed by the evidence worker');
        if (signed.data.manifest.caseId !== caseId)
          throw new QuellError('STORE_TAMPERED', 'a manifest is of another case');
        await reader.check(caseId, signed.data.manifest.file);
        checked++;
      });
      if (problem !== undefined) return { name, outcome: 'bad', why: `${caseId}, ${key}: ${problem}`, count };
    }
  }
  if (checked < count)
    return {
      name,
      outcome: 'not_checked',
      why: `${checked} of ${count} could be opened with the keys that were given`,
      count,
    };
  return { name, outcome: 'ok', why: `${count} manifests are signed and fit their files`, count };
}

/** Kept policies hash to their names. */
async function policies(dir: string): Promise<Check> {
  const name = 'policies';
  const files = (await namesIn(dir)).filter((file) => file.endsWith('.json'));
  for (const file of files) {
    const problem = await failure(async () => {
      const text = await io('policy', () => readFile(join(dir, file), 'utf8'));
      if (digestOf(text) !== file.slice(0, -'.json'.length))
        throw new QuellError('STORE_TAMPERED', 'a policy does not hash to its name');
    });
    if (problem !== undefined) return { name, outcome: 'bad', why: `${file}: ${problem}`, count: files.length };
  }
  return { name, outcome: 'ok', why: `${files.length} versions match their digests`, count: files.length };
}

/** The parts that are looked at here; the signature covers the whole. */
const ManifestShape = z.looseObject({
  manifest: z.looseObject({
    caseId: z.string(),
    file: z.looseObject({ key: z.string(), sha256: z.string(), bytes: z.number(), rows: z.number() }),
  }),
  keyId: z.string(),
  signature: z.string(),
}) as unknown as z.ZodType<SignedManifest>;

/** A reader with the first key that the file was written for; undefined when none of `open` is, or the case was shredded. */
async function readerOf(
  root: string,
  caseId: string,
  key: string,
  open: readonly OpenKey[],
): Promise<EvidenceReader | undefined> {
  for (const own of open) {
    const reader = new EvidenceReader(root, own);
    if (await reader.canOpen(caseId, key)) return reader;
  }
  return undefined;
}

async function failure(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof QuellError && error.code !== 'STORE') return error.message;
    throw error;
  }
}

async function casesIn(root: string): Promise<readonly string[]> {
  return (await namesIn(join(root, 'files'))).filter(isSafeName).sort();
}

async function namesIn(dir: string): Promise<string[]> {
  return io('state folder', async () => {
    try {
      return await readdir(dir);
    } catch (error) {
      if (errno(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

function digestOf(text: string): string | undefined {
  try {
    return digest(JSON.parse(text));
  } catch {
    return undefined;
  }
}
