import type { ExposureSummary } from '../../domain/case.js';
import { ledgerOf, type Known, type LedgerItem } from '../../domain/exposure.js';
import { unite, type PeopleAffected } from '../../domain/exposure-people.js';
import { confirmUsed } from '../../domain/leaks.js';
import type { Alias } from '../../store/subjects/alias.js';
import { cancellation } from '../context.js';
import type { AnalysisActivities } from '../contract.js';
import { DOSSIER_NAMES, type Dossier, type LedgerEntry } from '../dossier.js';
import type { AnalysisDeps } from './deps.js';
import { draftDisclosure } from './disclosure.js';
import { readEvidence } from './read-evidence.js';
import { scanSecrets } from './secrets.js';

type Input = Parameters<AnalysisActivities['auditExposure']>[0];

const TYPE: Readonly<Record<LedgerItem['what'], LedgerEntry['type']>> = {
  channel: 'conversation',
  message: 'message',
  file: 'file',
  link: 'link',
  export: 'export',
  api: 'api',
};

/** What was read or taken, and the file that a named person decides about disclosure with. */
export async function auditExposure(deps: AnalysisDeps, input: Input): ReturnType<AnalysisActivities['auditExposure']> {
  const exposure = await measureExposure(deps, input);
  return { exposure, disclosure: await draftDisclosure(deps, input, exposure) };
}

/** "Assess the extent of data exposure": the ledger goes to the dossier, numbers and fingerprints to the workflow. */
async function measureExposure(
  deps: AnalysisDeps,
  { caseId, subject, collections, assessment, policyDigest }: Input,
): Promise<ExposureSummary> {
  const policy = await deps.policies.read(policyDigest);
  const { findings, gaps } = await deps.dossier.reader.readJson<Dossier>(caseId, assessment.file);
  const events = await readEvidence(deps, caseId, collections);
  const accounts = subject.accounts.map((a) => a.nativeId);
  const secrets = confirmUsed(
    await scanSecrets(events, deps.fingerprintKey, cancellation()),
    findings,
    events,
    accounts,
    deps.platforms.secretUses,
  );
  const ledger = ledgerOf({
    findings,
    events,
    secrets,
    critical: policy.critical,
    gaps: gaps.filter((g) => g.tenant !== 'intelligence'),
    accounts,
    collections,
  });
  const people = await united(deps, ledger.people, subject.subjectId, collections);
  const file = await deps.dossier.writer.writeRows(caseId, DOSSIER_NAMES.exposure, ledger.items.map(entryOf));
  const { counts } = ledger;
  const read = (unit: keyof typeof counts): number => counts[unit].logged + counts[unit].inferred;
  return {
    ledger: file,
    channels: read('conversations'),
    messages: read('messages'),
    files: read('files'),
    links: read('links'),
    exports: read('exports'),
    secrets: ledger.secrets.map(({ fingerprint, kind, confirmed }) => ({
      fingerprint,
      kind,
      live: confirmed === true ? 'yes' : 'unknown',
    })),
    peopleAffected: people.logged.length + people.inferred.length,
    people: {
      logged: people.logged.length,
      inferred: people.inferred.length,
      possible: people.possible.length,
      actors: people.actors.length,
      recipients: people.recipients.length,
    },
    dataClasses: ledger.dataClasses,
    counts,
    apiReads: ledger.apiReads,
    shares: ledger.shares,
    confidence: ledger.confidence,
    confidenceBecause: ledger.confidenceBecause,
    gaps: ledger.gaps,
  };
}

const SURE: Readonly<Record<Known, LedgerEntry['confidence']>> = {
  logged: 'high',
  inferred: 'medium',
  possible: 'low',
};

function entryOf(item: LedgerItem): LedgerEntry {
  const { what, id, name, platform, firstAt, how, outside, critical, known, count, unit, events } = item;
  return {
    type: TYPE[what],
    id,
    ...(name === undefined ? {} : { name }),
    platform,
    at: firstAt,
    how,
    left: outside,
    critical,
    confidence: SURE[known],
    known,
    ...(count === 1 ? {} : { count, unit }),
    ...(item.upTo ? { upTo: item.upTo } : {}),
    ...(item.calls === undefined ? {} : { calls: item.calls }),
    ...(item.bytes === undefined ? {} : { bytes: item.bytes }),
    ...(item.used === undefined ? {} : { used: item.used }),
    events,
  };
}

/** One person once, as far as the registry knows ids and addresses of the same; the subject under any of its names is an actor. */
async function united(
  deps: AnalysisDeps,
  people: PeopleAffected,
  subjectId: string,
  collections: Input['collections'],
): Promise<PeopleAffected> {
  const everybody = new Set([...people.logged, ...people.inferred, ...people.possible, ...people.actors]);
  const pairs = [...everybody].flatMap((person) =>
    aliasesOf(person, collections).map((alias) => [person, alias] as const),
  );
  const found = await deps.registry.findEach(pairs.map(([, alias]) => alias));
  const names = new Map<string, string>();
  for (const [i, [person]] of pairs.entries()) {
    const known = found[i];
    if (known !== undefined && !names.has(person)) names.set(person, known);
  }
  return unite({ ...people, actors: [...people.actors, subjectId] }, (person) => names.get(person) ?? person);
}

function aliasesOf(person: string, collections: Input['collections']): readonly Alias[] {
  if (person.includes('@')) return [{ mail: person }];
  return collections.map(({ platform, tenant }) => ({ platform, tenant, nativeId: person }));
}
