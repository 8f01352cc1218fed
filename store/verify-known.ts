import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digest } from '../domain/canonical.js';
import { jsonOf } from '../domain/json.js';
import type { Instant } from '../domain/platform.js';
import { outsideOfChain, type OutsideEntry } from './audit/kept.js';
import { CaseIndex } from './cases/case-index.js';
import { LEDGER_NOTED, type LedgerRows } from './containment/ledger-rows.js';
import { resultsIn } from './containment/results.js';
import { io } from './files.js';
import type { Queryable } from './postgres/connection.js';
import { checked, namesIn, problem, type Check } from './verify-check.js';
import type { Wanted } from './verify-files.js';
import { actionKey, maySay, type ChainStory } from './verify-story.js';

/** How long an entry may be on its way into the chain, and how old what it tells of must be to be missed there. */
const ON_ITS_WAY_MS = 60_000;

/** What lies beside the chain at one moment. A role may be writing: what must be in the chain is read with it, what the chain asks for after it. */
export interface Beside {
  readonly cases: ReadonlySet<string>;
  /** When each step had its result, by `actionKey`. */
  readonly results: ReadonlyMap<string, Instant>;
  /** Audit entries that the chain does not have. */
  readonly outside: readonly OutsideEntry[];
}

export async function readBeside(on: Queryable): Promise<Beside> {
  const cases = await new CaseIndex(on).all();
  const results = await resultsIn(on);
  const outside = await outsideOfChain(on);
  return { cases, results, outside };
}

/** What the checks compare. */
export interface Scene {
  readonly story: ChainStory;
  readonly before: Beside;
  readonly after: Beside;
  /** Rows of the containment workers' ledger, of the same moment as chain and `before`. */
  readonly ledger: LedgerRows;
  /** The chain holds to its end, so that what it does not tell is missing there. */
  readonly isWhole: boolean;
  /** The one case that is looked at; all without it. */
  readonly only?: string;
  readonly now: Date;
}

export const wantedIn =
  ({ only }: Pick<Scene, 'only'>): Wanted =>
  (caseId) =>
    only === undefined || caseId === only;

/** Chain and case index know the same cases. */
export function verifyCases(scene: Scene): Check {
  const { story, before, after, isWhole } = scene;
  const wanted = wantedIn(scene);
  const unchained = isWhole ? [...before.cases].filter((id) => !story.cases.has(id) && wanted(id)) : [];
  const unlisted = [...story.cases].filter((id) => !after.cases.has(id) && !story.unlisted.has(id) && wanted(id));
  const known = [...new Set([...story.cases, ...after.cases])].filter(wanted);
  const problems = [
    ...unchained.map((id) => problem('CASE_NOT_IN_CHAIN', id)),
    ...unlisted.map((id) => problem('CASE_NOT_IN_INDEX', id)),
  ];
  return checked('cases', known.length, problems, `chain and case index know the same ${known.length}`);
}

/** Steps that the chain tells of are in the containment worker's ledger, and the other way round. The ledger does not name the case. */
export function verifyActions(scene: Scene): Check {
  const { story, before, after, isWhole, only } = scene;
  const wanted = wantedIn(scene);
  const told = [...story.actions].filter(([, caseId]) => wanted(caseId)).map(([key]) => key);
  const problems = told.filter((key) => !after.results.has(key)).map((key) => problem('ACTION_NOT_IN_LEDGER', key));
  if (isWhole && only === undefined) {
    const waiting = new Set(before.outside.map(({ entry }) => entry && actionKey(entry)));
    const missing = [...before.results].filter(
      ([key, at]) => isOverdue(at, scene.now) && !story.actions.has(key) && !waiting.has(key),
    );
    problems.push(...missing.map(([key]) => problem('ACTION_NOT_IN_CHAIN', key)));
  }
  return checked('action ledger', told.length, problems, `it knows the ${told.length} steps that the chain tells of`);
}

/** Each row of the containment workers' ledger is one that the audit log was told of, and none of those is gone. */
export function verifyLedger({ story, before, ledger, isWhole }: Scene): Check {
  for (const { entry, writer } of before.outside)
    if (entry?.kind === LEDGER_NOTED && maySay(writer, entry)) story.take(entry);
  const told = [...story.ledger];
  const problems = told.flatMap(([row, said]) => {
    const there = ledger.get(row) ?? [];
    if (there.length < said.length) return [problem('LEDGER_MISSING', row)];
    return said.some((sha256, i) => sha256 !== there[i]) ? [problem('LEDGER_CHANGED', row)] : [];
  });
  if (isWhole)
    for (const [row, there] of ledger)
      if (there.length > (story.ledger.get(row)?.length ?? 0)) problems.push(problem('LEDGER_NOT_IN_CHAIN', row));
  return checked('containment ledger', told.length, problems, `its rows are those that the chain vouches for`);
}

/** Nothing waits for the chain that should be in it, and nothing was kept from it. */
export function verifyOutside(scene: Scene): Check {
  const outside = scene.after.outside.filter(
    ({ entry }) => scene.only === undefined || entry?.caseId === undefined || entry.caseId === scene.only,
  );
  const problems = outside.flatMap(({ key, entry, lost }) => {
    if (lost || entry === undefined) return [problem('ENTRY_LOST', key, entry?.kind)];
    return isOverdue(entry.at, scene.now) ? [problem('ENTRY_WAITS', key, entry.kind)] : [];
  });
  return checked('audit entries', outside.length, problems, `${outside.length} are on their way into the chain`);
}

/** Kept policies hash to their names, and those that cases were pinned to are there. */
export async function verifyPolicies(dir: string, scene: Scene): Promise<Check> {
  const wanted = wantedIn(scene);
  const files = (await namesIn(dir)).filter((file) => file.endsWith('.json'));
  const problems = [...scene.story.policies]
    .filter(([pinned, caseId]) => wanted(caseId) && !files.includes(`${pinned}.json`))
    .map(([pinned, caseId]) => problem('POLICY_MISSING', `policies/${pinned}.json`, caseId));
  for (const file of files) {
    const text = await io('policy', () => readFile(join(dir, file), 'utf8'));
    if (digestOf(text) !== file.slice(0, -'.json'.length)) problems.push(problem('POLICY_CHANGED', `policies/${file}`));
  }
  return checked('policies', files.length, problems, `${files.length} versions match their digests`);
}

function isOverdue(at: Instant, now: Date): boolean {
  return now.getTime() - Date.parse(at) > ON_ITS_WAY_MS;
}

function digestOf(text: string): string | undefined {
  const value = jsonOf(text);
  return value === undefined ? undefined : digest(value);
}
