import type { Pool } from 'pg';
import type { Certificate } from 'pkijs';
import { stampsOf } from './audit/heads.js';
import { chainIn } from './audit/kept.js';
import type { Checkpoint, FoundHead } from './audit/line.js';
import { verifyChain, type ChainProof, type KeptChain } from './audit/scan.js';
import type { CaseStorage } from './compartment.js';
import { readLedgerRows } from './containment/ledger-rows.js';
import type { VerifyKey } from './key-ring.js';
import type { KeyOpener } from './key-wrapping.js';
import { snapshot } from './postgres/connection.js';
import { statePaths } from './state-paths.js';
import { checked, problem, type Check, type Problem } from './verify-check.js';
import { verifyFiles, verifyManifests } from './verify-files.js';
import {
  readBeside,
  verifyActions,
  verifyCases,
  verifyLedger,
  verifyPolicies,
  verifyOutside,
  wantedIn,
  type Scene,
} from './verify-known.js';
import { ChainStory, maySay } from './verify-story.js';

export interface VerifyKeys {
  /** Public halves, past ones too, of the records worker's and the evidence worker's signing keys. */
  readonly audit: readonly VerifyKey[];
  readonly manifest: readonly VerifyKey[];
  /** What opens keys of cases: with it plaintext hashes and manifests are checked as well. */
  readonly open?: readonly KeyOpener[];
  /** Checkpoints that were kept elsewhere. */
  readonly elsewhere?: readonly FoundHead[];
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
  const story = new ChainStory();
  const { before, ledger, ofChain } = await snapshot(database, async (on) => ({
    before: await readBeside(on),
    ledger: await readLedgerRows(on),
    ofChain: await checkChain(await chainIn(on), proofOf(keys), story),
  }));
  const [chain] = ofChain;
  const after = await readBeside(database);
  if (only !== undefined && !story.cases.has(only) && !after.cases.has(only))
    return [...ofChain, checked('cases', 0, [problem('CASE_UNKNOWN', only)], '')];
  const scene: Scene = {
    ...{ story, before, after, ledger, now, isWhole: chain.problems.every(({ code }) => code === 'ENTRY_MALFORMED') },
    ...(only === undefined ? {} : { only }),
  };
  const wanted = wantedIn(scene);
  const shredded = [...story.shredded.keys()].filter(wanted);
  return [
    ...ofChain,
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
    // Its rows name no case.
    ...(only === undefined ? [verifyLedger(scene)] : []),
    verifyOutside(scene),
  ];
}

export const proofOf = ({ audit, elsewhere = [] }: Pick<VerifyKeys, 'audit' | 'elsewhere'>): ChainProof => ({
  keys: audit,
  elsewhere,
});

/** The chain holds and is signed; its lines go into `story` up to the first that does not hold. A second check is of the heads that were kept elsewhere, if any were. */
export async function checkChain(
  kept: KeptChain,
  proof: ChainProof,
  story = new ChainStory(),
): Promise<readonly [chain: Check, ...heads: Check[]]> {
  const malformed: Problem[] = [];
  const { ok, badLine, lines, signed, why, unbelieved } = await verifyChain(
    kept,
    proof,
    (entry, writer) => {
      if (maySay(writer, entry)) story.take(entry);
      else malformed.push(problem('ENTRY_MALFORMED', entry.key, `${entry.kind}, of ${writer}`));
    },
    (key) => malformed.push(problem('ENTRY_MALFORMED', key)),
  );
  const what = badLine === undefined ? 'checkpoints' : `line ${badLine}`;
  const problems = ok
    ? lines === 0
      ? [problem('NOTHING_TO_VERIFY', 'audit chain')]
      : []
    : [problem('CHAIN_BROKEN', what, why)];
  const chain = checked('audit chain', lines, [...problems, ...malformed], why);
  const { elsewhere = [] } = proof;
  if (elsewhere.length === 0) return [chain];
  const bad = unbelieved.map(({ where, is }) =>
    problem(is === 'malformed' ? 'HEAD_MALFORMED' : 'HEAD_UNSIGNED', where),
  );
  const furthest = elsewhere.reduce((most, { head }) => Math.max(most, head?.lines ?? 0), 0);
  const good = `the last of them is over ${furthest} lines, of ${signed} that are signed`;
  return [chain, checked('heads kept elsewhere', elsewhere.length, bad, good)];
}

/** Heads that were kept elsewhere were there when a time stamp authority says. Nothing when there is no stamp, and none was asked for. */
export async function checkStamps(
  heads: readonly Checkpoint[],
  trusted: readonly Certificate[],
): Promise<readonly Check[]> {
  const name = 'time stamps';
  const count = heads.filter(({ timestamp }) => timestamp !== undefined).length;
  if (count === 0 && trusted.length === 0) return [];
  if (trusted.length === 0)
    return [{ name, outcome: 'not_checked', count, problems: [], why: 'no --tsa-cert was given' }];
  const { good, last, bad } = await stampsOf(heads, trusted);
  const problems = bad.map(({ lines }) => problem('STAMP_WRONG', `${lines} lines`));
  if (count === 0) problems.push(problem('STAMP_MISSING', 'heads'));
  return [checked(name, count, problems, `${good} heads were stamped, the last one at ${last ?? ''}`)];
}
