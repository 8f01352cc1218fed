import type { Pool } from 'pg';
import { AuditEntrySchema } from './audit/entry.js';
import { chainIn } from './audit/kept.js';
import type { Checkpoint } from './audit/line.js';
import { verifyChain, type ChainProof, type KeptChain } from './audit/scan.js';
import type { CaseStorage } from './compartment.js';
import type { VerifyKey } from './key-ring.js';
import type { KeyOpener } from './key-wrapping.js';
import { statePaths } from './state-paths.js';
import { checked, problem, type Check, type Problem } from './verify-check.js';
import { verifyFiles, verifyManifests } from './verify-files.js';
import {
  readBeside,
  verifyActions,
  verifyCases,
  verifyPolicies,
  verifyOutside,
  wantedIn,
  type Scene,
} from './verify-known.js';
import { ChainStory } from './verify-story.js';

export interface VerifyKeys {
  /** Public halves, past ones too, of the records worker's and the evidence worker's signing keys. */
  readonly audit: readonly VerifyKey[];
  readonly manifest: readonly VerifyKey[];
  /** What opens keys of cases: with it plaintext hashes and manifests are checked as well. */
  readonly open?: readonly KeyOpener[];
  /** Checkpoints that were kept elsewhere. */
  readonly elsewhere?: readonly Checkpoint[];
}

/**
 * `quell verify`: proves a state folder, the files of its cases and what the database keeps of them (as the console role reads it), or what of it is one case. Everything that the audit chain says was written is there and
 * is what it was, and nothing else claims what the chain does not tell. Without `open` keys the encrypted files are checked against their
 * names and the chain, and what would need decryption is `not_checked`. Errors: STORE when the folder can't be read, those of the database; what is wrong is in
 * the checks.
 */
export async function verifyState(
  root: string,
  storage: CaseStorage,
  database: Pool,
  keys: VerifyKeys,
  { only, now = new Date() }: { readonly only?: string; readonly now?: Date } = {},
): Promise<readonly Check[]> {
  const paths = statePaths(root);
  const open = keys.open ?? [];
  const before = await readBeside(paths, database);
  const story = new ChainStory();
  const chain = await checkChain(await chainIn(database), proofOf(keys), story);
  const after = await readBeside(paths, database);
  if (only !== undefined && !story.cases.has(only) && !after.cases.has(only))
    return [chain, checked('cases', 0, [problem('CASE_UNKNOWN', only)], '')];
  const scene: Scene = {
    ...{ story, before, after, now, isWhole: chain.problems.every(({ code }) => code === 'ENTRY_MALFORMED') },
    ...(only === undefined ? {} : { only }),
  };
  const wanted = wantedIn(scene);
  const shredded = [...story.shredded.keys()].filter(wanted);
  return [
    chain,
    verifyCases(scene),
    ...(shredded.length === 0
      ? []
      : [
          checked(
            'shredded cases',
            shredded.length,
            [],
            `their keys were deleted, as the chain says: ${shredded.join(', ')}`,
          ),
        ]),
    await verifyFiles('evidence', storage, story, open, wanted),
    await verifyManifests(storage, story, keys, wanted),
    await verifyFiles('grounds', storage, story, open, wanted),
    await verifyFiles('dossier', storage, story, open, wanted),
    await verifyFiles('reports', storage, story, open, wanted),
    await verifyPolicies(paths.policies, scene),
    verifyActions(scene),
    verifyOutside(scene),
  ];
}

export const proofOf = ({ audit, elsewhere = [] }: Pick<VerifyKeys, 'audit' | 'elsewhere'>): ChainProof => ({
  keys: audit,
  elsewhere,
});

/** The chain holds and is signed; its lines go into `story` up to the first that does not hold. */
export async function checkChain(kept: KeptChain, proof: ChainProof, story = new ChainStory()): Promise<Check> {
  const malformed: Problem[] = [];
  const { ok, badLine, lines, why } = await verifyChain(kept, proof, (entry) => {
    // The server takes whatever has a key: a role that notes past `AuditLog` must not end the proof of all the rest.
    const { data } = AuditEntrySchema.safeParse(entry);
    if (data) story.take(data);
    else malformed.push(problem('ENTRY_MALFORMED', entry.key));
  });
  const what = badLine === undefined ? 'checkpoints' : `line ${badLine}`;
  const problems = ok
    ? lines === 0
      ? [problem('NOTHING_TO_VERIFY', 'audit chain')]
      : []
    : [problem('CHAIN_BROKEN', what, why)];
  return checked('audit chain', lines, [...problems, ...malformed], why);
}
