import type { ExposureSummary } from '../../domain/case.js';
import { ledgerOf, type LedgerItem } from '../../domain/exposure.js';
import { confirmUsed } from '../../domain/leaks.js';
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
  const secrets = confirmUsed(
    await scanSecrets(events, deps.fingerprintKey),
    findings,
    events,
    subject.accounts.map((a) => a.nativeId),
  );
  const ledger = ledgerOf({
    findings,
    events,
    secrets,
    critical: policy.critical,
    gaps: gaps.filter((g) => g.tenant !== 'intelligence'),
  });
  const byId = new Map(events.map((e) => [e.id, e]));
  const entries: LedgerEntry[] = ledger.items.map((item) => ({
    type: TYPE[item.what],
    id: item.id,
    ...(item.name === undefined ? {} : { name: item.name }),
    platform: byId.get(item.events[0] ?? '')?.platform ?? 'slack',
    at: item.firstAt,
    how: item.how,
    left: item.outside,
    critical: item.critical,
    confidence: ledger.confidence,
    events: item.events,
  }));
  const file = await deps.dossier.writer.writeRows(caseId, DOSSIER_NAMES.exposure, entries);
  const count = (what: LedgerItem['what']): number => ledger.items.filter((i) => i.what === what).length;
  return {
    ledger: file,
    channels: count('channel'),
    messages: count('message'),
    files: count('file'),
    links: count('link') + count('export'),
    secrets: ledger.secrets.map(({ fingerprint, kind, confirmed }) => ({
      fingerprint,
      kind,
      live: confirmed === true ? 'yes' : 'unknown',
    })),
    peopleAffected: ledger.people.length,
    dataClasses: ledger.dataClasses,
    confidence: ledger.confidence,
    gaps: ledger.gaps,
  };
}
