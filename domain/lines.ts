import type { Whose } from './attribution.js';
import type { EvidenceLine, WeightOverrides } from './explanations.js';
import type { Finding, FindingKind, Impact, PatternMatch } from './finding.js';
import type { View } from './indicators/view.js';
import type { CriticalData } from './policy.js';
import { ATTRIBUTION, EVIDENCE, type EvidenceCode } from './weights.js';

/** A line with what shows it, for the dossier. */
export interface Told extends EvidenceLine {
  /** For people; may name files and addresses. */
  readonly text: string;
  readonly events: readonly string[];
}

export interface WeighingInput {
  readonly view: View;
  readonly findings: readonly Finding[];
  readonly patterns: readonly PatternMatch[];
  readonly impact: Impact;
  readonly critical: CriticalData;
  /** Of the policy. */
  readonly weights?: WeightOverrides;
}

/** Findings that tell of data that was collected; they rest on the same rows more often than not. */
export const COLLECTION: readonly FindingKind[] = [
  'bulk_collection',
  'volume_surge',
  'baseline_deviation',
  'unusual_chat_activity',
  'sensitive_uploads',
];
export const line = (
  code: EvidenceCode,
  group: string,
  text: string,
  events: readonly string[],
  strength = 1,
): Told => ({
  code,
  group,
  strength: Math.round(strength * 100) / 100,
  text: text === '' ? EVIDENCE[code].says : text,
  events,
});

export const between = (n: number, low: number, high: number): number => Math.min(high, Math.max(low, n));
export const strong = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter((f) => f.confidence !== 'low');
export const of = ({ findings }: WeighingInput, kinds: readonly FindingKind[]): readonly Finding[] =>
  strong(findings).filter((f) => kinds.includes(f.kind));
export const eventsOf = (findings: readonly Finding[]): readonly string[] =>
  [...new Set(findings.flatMap((f) => f.events))].sort();
/** A session that is nearly the person's own tells less than one that is nearly somebody else's. */
const LEAST_DOUBT = 0.3;
const MOST_DOUBT = 1.1;
const DOUBT_OVER = 2.5;
const NOTHING_KNOWN = -1.5;
const NOBODYS = 0.5;

/** How doubtful the sessions are that a finding of nobody's session rests on: 1 for what a new program on a new network does. */
export function doubtOf(view: View, events: readonly string[]): number {
  const cited = new Set(events);
  const scores = view.episodes
    .filter((e) => e.context.kind !== 'app' && e.acts.some((a) => cited.has(a.id)))
    // Where nothing is known of the person, nothing speaks for them either.
    .map(({ score, facts }) =>
      facts.some((f) => f.code === 'cold' || f.code === 'dormant') ? Math.min(score, NOTHING_KNOWN) : score,
    );
  // What a log ties to no session may be anybody's.
  return scores.length === 0
    ? NOBODYS
    : between((ATTRIBUTION.own - Math.min(...scores)) / DOUBT_OVER, LEAST_DOUBT, MOST_DOUBT);
}

/** Lines know three kinds: the person's, somebody else's, and what nobody can say. */
export const partyOf = (whose: Whose | undefined): 'own' | 'other' | 'unknown' | undefined =>
  whose === 'own' || whose === 'other' ? whose : whose === 'unknown' ? 'unknown' : undefined;
