import { isInside, placeOf } from '../../domain/address.js';
import { placesInDoubt } from '../../domain/colleagues.js';
import type { AlertRef } from '../../domain/alert.js';
import type { EvidenceEvent, Gap } from '../../domain/evidence.js';
import type { Assessment } from '../../domain/finding.js';
import { impactOf } from '../../domain/impact.js';
import { independentFindings } from '../../domain/independence.js';
import { tracesOfFindings } from '../../domain/incident-links.js';
import { traceLinks } from '../../domain/pivot.js';
import { computeFindings, viewOf, volumes, type IndicatorInput } from '../../domain/indicators/index.js';
import { confirmUsed } from '../../domain/leaks.js';
import { matchPatterns } from '../../domain/patterns.js';
import { defeatedAttempts, strangersAttempts } from '../../domain/attempts.js';
import { hasForeignAccess, weigh } from '../../domain/weighing.js';
import type { Instant } from '../../domain/platform.js';
import type { Policy } from '../../domain/policy.js';
import { answerQuestions } from '../../domain/questions.js';
import { assertBlockable } from '../containment/addresses.js';
import { cancellation, instant } from '../context.js';
import type { AnalysisActivities } from '../contract.js';
import { DOSSIER_NAMES, type Dossier } from '../dossier.js';
import type { AnalysisDeps } from './deps.js';
import { lookUp } from './intelligence/intelligence.js';
import { readEvidence } from './read-evidence.js';
import { episodeNotes } from './episode-notes.js';
import { scanSecrets } from './secrets.js';
import { seriesOf } from './series.js';

type Input = Parameters<AnalysisActivities['assess']>[0];

/** Everything that can be said about a case from the evidence in hand. The whole goes to the dossier, digests to the workflow. */
export async function assess(deps: AnalysisDeps, input: Input): Promise<Assessment> {
  const { caseId, subject, collections, depth } = input;
  const policy = await deps.policies.read(input.policyDigest);
  const events = (await readEvidence(deps, caseId, collections)).filter((e) => !isOurs(deps, e));
  const scanned = await scanSecrets(events, deps.fingerprintKey, cancellation());
  // Threat intelligence is a T2 step: it belongs to the wide reading.
  const known =
    depth === 'wide' ? await lookUp(deps.intelligence, events, cancellation()) : { hits: [], unreachable: [] };
  const involved = await involvements(deps, policy, subject.subjectId, caseId);
  const accounts = subject.accounts.map((a) => a.nativeId);
  const base: IndicatorInput = {
    events,
    accounts,
    thresholds: policy.indicators,
    focusFrom: focusFrom(policy, input.alerts, instant(deps.clock)),
    secrets: scanned,
    ...(subject.accounts[0] ? { platform: subject.accounts[0].platform } : {}),
    intelligence: known.hits.map((h) => ({
      eventId: h.eventId,
      indicator: h.indicator.value,
      list: h.source,
      confidence: h.confidence,
    })),
    isOwnEgress: (ip) => isInside(ip, deps.ownEgress),
    ownApps: deps.ownApps,
    weights: policy.decision.facts,
    critical: policy.critical,
    ...(input.sharedPlaces === undefined ? {} : { sharedPlaces: input.sharedPlaces }),
    ...(involved === undefined ? {} : { involvements: involved }),
  };
  // Whether a secret was used shows only once it is known which sessions are somebody else's.
  const first = computeFindings(base);
  const secrets = confirmUsed(scanned, first, events, accounts, deps.platforms.secretUses);
  const given: IndicatorInput = { ...base, secrets };
  const findings = secrets.some((s) => s.confirmed) ? computeFindings(given) : first;
  const sources = collections.flatMap((c) => c.sources);
  const gaps: readonly Gap[] = [
    ...sources.flatMap((s) => s.gap ?? []),
    ...collections.flatMap((c) => c.limits ?? []),
    ...known.unreachable.map((name) => ({
      platform: subject.accounts[0]?.platform ?? deps.platforms.ids[0] ?? '',
      tenant: 'intelligence',
      source: name,
      code: 'VENDOR_DOWN',
      text: 'This source of threat intelligence did not answer.',
    })),
  ];
  const patterns = matchPatterns(policy.patterns, findings, events);
  const impact = impactOf(findings, events, policy.critical, secrets);
  const view = viewOf(given);
  const own = { isProtectedAddress: (ip: string) => isProtectedAddress(deps, ip), apps: deps.ownApps };
  const traces = tracesOfFindings(findings, events, own, strangersAttempts(view.episodes, given.focusFrom));
  const lines = weigh({
    view,
    findings,
    patterns,
    impact,
    critical: policy.critical,
    weights: policy.decision.weights,
  });
  const questions = answerQuestions({
    findings,
    sources,
    volumes: volumes(view),
    involvements: involved,
    involvementThreshold: policy.indicators.involvement,
    counts: countsOf(events),
  });
  const dossier: Dossier = {
    ...{ findings, questions, patterns, impact, gaps, lines },
    series: seriesOf(events, findings),
    episodes: episodeNotes(view),
  };
  const file = await deps.dossier.writer.writeJson(caseId, DOSSIER_NAMES.assessment, dossier);
  const independent = new Set(independentFindings(findings, events, policy.escalation.independentFindings));
  return {
    file,
    depth,
    findings: findings.map((finding) => {
      const { events: cited, text: _text, measures: _m, logSources: _l, foreignEvents: _f, ...digest } = finding;
      return { ...digest, eventCount: cited.length, independent: independent.has(finding) };
    }),
    patterns,
    // The workflow gets answers and numbers; sentences may name files and people.
    questions: questions.map((q) => ({ ...q, why: `${q.findings.length} finding(s), ${q.measures.length} number(s)` })),
    impact,
    lines: lines.map(({ code, strength, group, weights }) => ({ code, strength, group, weights: weights ?? {} })),
    foreignAccess: hasForeignAccess(view),
    links: traceLinks(traces),
    traces,
    // Where colleagues come from nobody is kept out.
    attempts: defeatedAttempts(
      view.episodes,
      given.focusFrom,
      (ip) => own.isProtectedAddress(ip) || (input.sharedPlaces ?? []).some((s) => s.place === placeOf(ip)),
      (platform) => deps.platforms.find(platform)?.raiseProtection,
    ),
    inDoubt: placesInDoubt(view.episodes),
  };
}

/** What the product itself did is no trace of anybody. */
const isOurs = ({ ownApps }: AnalysisDeps, e: EvidenceEvent): boolean =>
  (e.actor !== undefined && ownApps.includes(e.actor)) ||
  (e.kind !== 'app_grant' && e.app !== undefined && ownApps.includes(e.app.id));

/** Measured from so long before the first alert; what is older is the subject's own past. */
export function focusFrom(policy: Policy, alerts: readonly AlertRef[], now: Instant): Instant {
  const first = alerts.reduce((min, a) => (a.occurredAt < min ? a.occurredAt : min), now);
  return new Date(Date.parse(first) - policy.windows.focusHours * 3_600_000).toISOString();
}

async function involvements(
  deps: AnalysisDeps,
  policy: Policy,
  subjectId: string,
  caseId: string,
): Promise<number | undefined> {
  try {
    const { count } = await deps.index.involvements(
      await deps.registry.allIds(subjectId),
      policy.indicators.involvement.days,
      instant(deps.clock),
      caseId,
    );
    return count;
  } catch {
    return undefined; // the question is answered `unknown`
  }
}

function countsOf(events: readonly EvidenceEvent[]): Partial<Record<EvidenceEvent['kind'], number>> {
  const counts: Partial<Record<EvidenceEvent['kind'], number>> = {};
  for (const { kind } of events) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

export function isProtectedAddress({ neverBlock }: Pick<AnalysisDeps, 'neverBlock'>, ip: string): boolean {
  try {
    assertBlockable(ip, neverBlock);
    return false;
  } catch {
    return true;
  }
}
