import { z } from 'zod';
import type { SignedManifest } from '../domain/evidence.js';
import { QuellError } from '../domain/errors.js';
import { caseKeyName } from './case-keys.js';
import type { CaseStorage, KeptCompartment, Place } from './compartment.js';
import { checkCiphertext, EvidenceReader, listCases } from './evidence-store.js';
import { isSafeName } from './files.js';
import type { VerifyKey } from './key-ring.js';
import type { KeyOpener } from './key-wrapping.js';
import { verifyManifest } from './signing.js';
import { checked, failure, problem, type Check, type Problem, type ProblemCode } from './verify-check.js';
import { isManifest, type ChainStory } from './verify-story.js';

/** True for the cases that are looked at. */
export type Wanted = (caseId: string) => boolean;

const CODES = {
  evidence: { missing: 'EVIDENCE_MISSING', changed: 'EVIDENCE_CHANGED' },
  grounds: { missing: 'GROUNDS_MISSING', changed: 'GROUNDS_CHANGED' },
  dossier: { missing: 'DOSSIER_MISSING', changed: 'DOSSIER_CHANGED' },
  reports: { missing: 'REPORT_MISSING', changed: 'REPORT_CHANGED' },
  manifest: { missing: 'MANIFEST_MISSING', changed: 'MANIFEST_CHANGED' },
} as const satisfies Record<string, { readonly missing: ProblemCode; readonly changed: ProblemCode }>;

/**
 * Every file that the chain names is there, every file has the content that its name says, and none lost its key without a word in the chain. What `open` opens is read to its end: its plaintext is what the chain says.
 */
export async function verifyFiles(
  compartment: KeptCompartment,
  storage: CaseStorage,
  story: ChainStory,
  open: readonly KeyOpener[],
  wanted: Wanted,
): Promise<Check> {
  const place: Place = { ...storage, compartment };
  const problems: Problem[] = [];
  let [count, named, opened] = [0, 0, 0];
  for await (const [caseId, keys] of casesIn(place, [...story.files.keys()], wanted)) {
    const kept = new Set(keys);
    const requireKey = keyWatch(place, caseId, (name) => problems.push(problem('KEYS_MISSING', name)));
    const wasShredded = story.shredded.get(caseId)?.has(compartment) === true;
    const refs = [...(story.files.get(caseId)?.values() ?? [])].filter((ref) => ref.compartment === compartment);
    const vouched = new Map(refs.map(({ compartment: _, ...ref }) => [ref.key, ref]));
    for (const key of new Set([...vouched.keys(), ...kept])) {
      const codes = CODES[compartment === 'evidence' && isManifest(key) ? 'manifest' : compartment];
      const what = `${compartment}/files/${caseId}/${key}`;
      const ref = vouched.get(key);
      count++;
      if (ref !== undefined) named++;
      if (!kept.has(key)) {
        problems.push(problem(codes.missing, what));
        continue;
      }
      const wrong = await failure(async () => {
        const keyId = await checkCiphertext(place, caseId, key);
        // A file that no line names since then is one that a bucket had locked.
        if (ref !== undefined || !wasShredded) await requireKey(keyId);
        const reader = ref === undefined ? undefined : await readerOf(place, caseId, key, open);
        if (ref === undefined || reader === undefined) return;
        await reader.check(caseId, ref);
        opened++;
      });
      if (wrong !== undefined) problems.push(problem(codes.changed, what, wrong));
    }
  }
  const good = `${count} files as they were, ${named} of them named in the chain; of ${opened} the plaintext was read too`;
  return checked(`${compartment} files`, count, problems, good);
}

/** Every manifest is signed by the evidence worker and fits its file, and no evidence came without one. */
export async function verifyManifests(
  storage: CaseStorage,
  story: ChainStory,
  keys: { readonly manifest: readonly VerifyKey[]; readonly open?: readonly KeyOpener[] },
  wanted: Wanted,
): Promise<Check> {
  const name = 'evidence manifests';
  const place: Place = { ...storage, compartment: 'evidence' };
  const problems = [...story.unproven]
    .filter(([, caseId]) => wanted(caseId))
    .map(([key, caseId]) =>
      problem('MANIFEST_MISSING', `evidence/files/${caseId}/${key}`, 'it was collected without one'),
    );
  let [count, read] = [0, 0];
  for await (const [caseId, all] of casesIn(place, [], wanted)) {
    for (const key of all.filter(isManifest)) {
      count++;
      const wrong = await failure(async () => {
        const reader = await readerOf(place, caseId, key, keys.open ?? []);
        if (reader === undefined) return;
        const signed = ManifestShape.safeParse(await reader.readJson(caseId, { key }));
        if (!signed.success || !verifyManifest(signed.data, keys.manifest))
          throw new QuellError('STORE_TAMPERED', 'it is not signed by the evidence worker');
        if (signed.data.manifest.caseId !== caseId) throw new QuellError('STORE_TAMPERED', 'it is of another case');
        const { file, odd } = signed.data.manifest;
        for (const ref of odd ? [file, odd] : [file]) await reader.check(caseId, ref);
        read++;
      });
      if (wrong !== undefined) problems.push(problem('MANIFEST_CHANGED', `evidence/files/${caseId}/${key}`, wrong));
    }
  }
  if (problems.length === 0 && read < count)
    return {
      ...{ name, outcome: 'not_checked', count, problems },
      why: `${read} of ${count} could be opened with the keys that were given`,
    };
  return checked(name, count, problems, `${count} manifests are signed and fit their files`);
}

const FileShape = z.looseObject({ key: z.string(), sha256: z.string(), bytes: z.number(), rows: z.number() });
/** The parts that are looked at here; the signature covers the whole. */
const ManifestShape = z.looseObject({
  manifest: z.looseObject({
    caseId: z.string(),
    file: FileShape,
    odd: FileShape.optional(),
  }),
  keyId: z.string(),
  signature: z.string(),
}) as unknown as z.ZodType<SignedManifest>;

/** Tells of each key of a case that is not there, once. */
function keyWatch(place: Place, caseId: string, missing: (name: string) => void): (keyId: string) => Promise<void> {
  const asked = new Set<string>();
  return async (keyId) => {
    if (asked.has(keyId)) return;
    asked.add(keyId);
    const name = caseKeyName({ compartment: place.compartment, caseId, keyId });
    if (!(await place.keys.exists(name))) missing(name);
  };
}

/** A reader with the first key that the file was written for; undefined when none of `open` is, or the case was shredded. */
async function readerOf(
  place: Place,
  caseId: string,
  key: string,
  open: readonly KeyOpener[],
): Promise<EvidenceReader | undefined> {
  for (const own of open) {
    const reader = new EvidenceReader(place, own);
    if (await reader.canOpen(caseId, key)) return reader;
  }
  return undefined;
}

/** Cases with the keys of their files in a compartment; those that the chain names too, which may have none. */
async function* casesIn(
  place: Place,
  named: readonly string[],
  wanted: Wanted,
): AsyncGenerator<readonly [caseId: string, keys: readonly string[]]> {
  const without = new Set(named);
  for await (const listed of listCases(place)) {
    without.delete(listed[0]);
    if (wanted(listed[0])) yield listed;
  }
  for (const caseId of without) if (isSafeName(caseId) && wanted(caseId)) yield [caseId, []];
}
