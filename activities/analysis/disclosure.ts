import type { ExposureSummary } from '../../domain/case.js';
import { lengthOf, momentOf, type LegalClock } from '../../domain/clocks.js';
import type { EvidenceRef } from '../../domain/evidence.js';
import { sourcesOf, type SourceShows } from '../../domain/exposure-sources.js';
import { exposureLine, peopleWords } from '../../domain/exposure-words.js';
import { instant } from '../context.js';
import type { AnalysisActivities } from '../contract.js';
import { DOSSIER_NAMES, type Dossier, type LedgerEntry } from '../dossier.js';
import type { AnalysisDeps } from './deps.js';

type Input = Parameters<AnalysisActivities['auditExposure']>[0];

/** What a named person needs to decide about disclosure. Drafts only: nothing leaves the organisation. */
interface DisclosureFile {
  readonly writtenAt: string;
  readonly known: readonly string[];
  readonly notKnown: readonly string[];
  readonly dataClasses: readonly string[];
  readonly peopleAffected: number;
  /** Whom that number counts and how it is known; whoever acted is in none of the first three. */
  readonly people?: ExposureSummary['people'];
  readonly counts?: ExposureSummary['counts'];
  readonly confidence: ExposureSummary['confidence'];
  readonly confidenceBecause: readonly string[];
  /** What each source that was asked can show, and what none can. */
  readonly sources: readonly SourceShows[];
  readonly criticalItems: readonly string[];
  readonly duties: readonly (LegalClock & { readonly length: string; readonly starts: string })[];
  readonly drafts: readonly { readonly to: string; readonly markdown: string }[];
}

export async function draftDisclosure(
  deps: AnalysisDeps,
  input: Input,
  exposure: ExposureSummary,
): Promise<EvidenceRef> {
  const { caseId, plans, assessment, policyDigest } = input;
  const dossier = await deps.dossier.reader.readJson<Dossier>(caseId, assessment.file);
  const { disclosure } = await deps.policies.read(policyDigest);
  const critical: string[] = [];
  for await (const row of deps.dossier.reader.readRows<LedgerEntry>(caseId, exposure.ledger))
    if (row.critical && row.known !== 'possible') critical.push(`${row.type} ${row.name ?? row.id}`);
  const known = [...dossier.findings.map((f) => f.text), ...verifiedOf(plans).map((text) => `Contained: ${text}`)];
  const notKnown = dossier.gaps.map((g) => `${g.platform} ${g.source}: ${g.text}`);
  const file: DisclosureFile = {
    writtenAt: instant(deps.clock),
    known,
    notKnown,
    dataClasses: exposure.dataClasses,
    peopleAffected: exposure.peopleAffected,
    ...(exposure.people ? { people: exposure.people } : {}),
    ...(exposure.counts ? { counts: exposure.counts } : {}),
    confidence: exposure.confidence,
    confidenceBecause: exposure.confidenceBecause ?? [],
    sources: sourcesOf(input.collections),
    criticalItems: critical.slice(0, 200),
    duties: disclosure.clocks.map((c) => ({ ...c, length: lengthOf(c), starts: momentOf(c) })),
    drafts: [
      { to: 'supervisory authority', markdown: noticeToAuthority(input, exposure, dossier, known, notKnown) },
      { to: 'people affected', markdown: noticeToPeople(exposure) },
    ],
  };
  return await deps.dossier.writer.writeJson(caseId, DOSSIER_NAMES.disclosure, file);
}

const verifiedOf = (plans: Input['plans']): readonly string[] =>
  plans.flatMap((p) => p.results.filter((r) => r.verified).map((r) => r.text));

/** In the order of GDPR Art. 33(3): nature, categories and numbers, consequences, measures. */
function noticeToAuthority(
  { verdict, plans }: Input,
  e: ExposureSummary,
  { findings }: Dossier,
  known: readonly string[],
  notKnown: readonly string[],
): string {
  return [
    '# Draft: notification of a personal data breach',
    `**Nature:** data collected from ${[...new Set(findings.map((f) => f.platform))].join(', ')} (MITRE ATT&CK T1213.005), verdict ${verdict}.`,
    `**Extent:** ${peopleWords(e)}, without those who acted; ${exposureLine(e)}. Confidence ${e.confidence}.`,
    `**How sure this is:**\n${list(e.confidenceBecause ?? [], 'no source was judged')}`,
    `**Categories:** ${e.dataClasses.join(', ') || 'to be determined'}.`,
    '**Likely consequences:** _to be written by counsel._',
    `**Measures taken:** ${verifiedOf(plans).join('; ') || 'none verified yet'}.`,
    `**What is known:**\n${list(known, 'nothing')}`,
    `**What is not known:**\n${list(notKnown, 'nothing that was looked for could not be read')}`,
    '**Contact:** _name of the data protection officer._',
  ].join('\n\n');
}

const list = (lines: readonly string[], none: string): string =>
  (lines.length === 0 ? [none] : lines).map((line) => `- ${line}`).join('\n');

function noticeToPeople(exposure: ExposureSummary): string {
  return [
    '# Draft: information for the people affected',
    `We found that messages or files in our messaging tools were read or taken without permission (${exposureLine(exposure)}).`,
    'What we did: we stopped the access and are checking what was taken.',
    'What you can do: change passwords that you shared in chat, and be wary of messages that use what was said there.',
    '_Counsel decides whether, when and to whom this is sent._',
  ].join('\n\n');
}
