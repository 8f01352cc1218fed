import { QuellError } from '../../domain/errors.js';
import type { AuditEntry } from '../audit/entry.js';
import type { CaseStorage } from '../compartment.js';
import type { StatePaths } from '../state-paths.js';
import type { Problem } from '../verify-check.js';
import { verifyFiles, verifyManifests } from '../verify-files.js';
import { verifyActions, verifyCases, verifyPolicies, type Beside, type Scene } from '../verify-known.js';
import type { ChainStory } from '../verify-story.js';
import type { OldReports } from './reports.js';

/** Problems that an error names. */
const NAMED = 5;

/**
 * Every file that the chain names is there as it was: they stay where they are. Answers where case index, ledger and chain differ: a release that was stopped in the middle of a
 * case catches up with that. Errors: STORE_TAMPERED with the first files that do not hold, STORE.
 */
export async function proveFiles(
  paths: StatePaths,
  storage: CaseStorage,
  story: ChainStory,
  reports: OldReports,
  { cases, results, spool }: Pick<Beside, 'cases' | 'results'> & { readonly spool: readonly AuditEntry[] },
  now: Date,
): Promise<readonly Problem[]> {
  const beside: Beside = {
    ...{ cases, results },
    outside: spool.map((entry) => ({ entry, writer: 'records', key: entry.key, lost: false })),
  };
  const scene: Scene = { story, before: beside, after: beside, ledger: new Map(), isWhole: true, now };
  const all = (): boolean => true;
  const checks = [
    await verifyFiles('evidence', storage, story, [], all),
    await verifyManifests(storage, story, { manifest: [] }, all),
    await verifyFiles('grounds', storage, story, [], all),
    await verifyFiles('dossier', storage, story, [], all),
    await reports.prove(),
    await verifyPolicies(paths.policies, scene),
  ];
  const wrong = checks.flatMap(({ problems }) => problems);
  if (wrong.length > 0)
    throw new QuellError(
      'STORE_TAMPERED',
      `${wrong.length} wrong: ${wrong
        .slice(0, NAMED)
        .map(({ code, what }) => `${code} ${what}`)
        .join(', ')}`,
    );
  return [verifyCases(scene), verifyActions(scene)].flatMap(({ problems }) => problems);
}
