import type { Pool } from 'pg';
import { AUDIT_FILES, verifyAuditChain, type Checkpoint } from './audit-verify.js';
import type { OpenKey, VerifyKey } from './key-ring.js';
import { statePaths } from './state-paths.js';
import { checked, namesIn, problem, type Check, type Problem } from './verify-check.js';
import { verifyFiles, verifyManifests } from './verify-files.js';
import {
  readBeside,
  verifyActions,
  verifyCases,
  verifyPolicies,
  verifyReports,
  verifySpool,
  wantedIn,
  type Scene,
} from './verify-known.js';
import { ChainStory } from './verify-story.js';

export interface VerifyKeys {
  /** Public halves, past ones too, of the records worker's and the evidence worker's signing keys. */
  readonly audit: readonly VerifyKey[];
  readonly manifest: readonly VerifyKey[];
  /** Recipients' private keys: with them plaintext hashes and manifests are checked as well. */
  readonly open?: readonly OpenKey[];
  /** A checkpoint that was kept elsewhere. */
  readonly anchor?: Checkpoint;
}

/**
 * `quell verify`: proves a state folder and what the database keeps of it (as the console role reads it), or what of it is one case. Everything that the audit chain says was written is there and
 * is what it was, and nothing else claims what the chain does not tell. Without `open` keys the encrypted files are checked against their
 * names and the chain, and what would need decryption is `not_checked`. Errors: STORE when the folder can't be read, those of the database; what is wrong is in
 * the checks.
 */
export async function verifyState(
  root: string,
  database: Pool,
  keys: VerifyKeys,
  { only, now = new Date() }: { readonly only?: string; readonly now?: Date } = {},
): Promise<readonly Check[]> {
  const paths = statePaths(root);
  const open = keys.open ?? [];
  const before = await readBeside(paths, database);
  const story = new ChainStory();
  const chain = await verifyChain(paths.audit, keys, story);
  const after = await readBeside(paths, database);
  if (only !== undefined && !story.cases.has(only) && !after.cases.has(only))
    return [chain, checked('cases', 0, [problem('CASE_UNKNOWN', only)], '')];
  const scene: Scene = {
    ...{ story, before, after, now, isWhole: chain.outcome === 'ok' },
    ...(only === undefined ? {} : { only }),
  };
  const wanted = wantedIn(scene);
  const shredded = [...story.shredded].filter(wanted);
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
    await verifyFiles('evidence', paths.evidence, story, open, wanted),
    await verifyManifests(paths.evidence, story, keys, wanted),
    await verifyFiles('grounds', paths.grounds, story, open, wanted),
    await verifyFiles('dossier', paths.dossier, story, open, wanted),
    await verifyReports(paths.reports, scene),
    await verifyPolicies(paths.policies, scene),
    verifyActions(scene),
    verifySpool(scene),
  ];
}

/** The chain holds and is signed; its lines go into `story` up to the first that does not hold. */
async function verifyChain(dir: string, keys: VerifyKeys, story: ChainStory): Promise<Check> {
  const files = await namesIn(dir);
  const verdict = await verifyAuditChain(dir, keys.audit, keys.anchor, (entry) => story.take(entry));
  const problems: Problem[] = [];
  if (files.length === 0) problems.push(problem('AUDIT_MISSING', 'audit'));
  else {
    if (!files.includes(AUDIT_FILES.chain)) problems.push(problem('CHAIN_MISSING', `audit/${AUDIT_FILES.chain}`));
    if (!files.includes(AUDIT_FILES.checkpoints))
      problems.push(problem('CHECKPOINTS_MISSING', `audit/${AUDIT_FILES.checkpoints}`));
  }
  if (!verdict.ok) {
    const { badLine } = verdict;
    const what = badLine === undefined ? AUDIT_FILES.checkpoints : `${AUDIT_FILES.chain} line ${badLine}`;
    problems.push(problem('CHAIN_BROKEN', `audit/${what}`, verdict.why));
  } else if (problems.length === 0 && verdict.lines === 0) {
    problems.push(problem('NOTHING_TO_VERIFY', `audit/${AUDIT_FILES.chain}`));
  }
  return checked('audit chain', verdict.lines, problems, verdict.why);
}
