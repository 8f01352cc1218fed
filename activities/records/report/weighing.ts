import { nextWords } from '../../../domain/case-words.js';
import type { CaseState, Escalation, Verdict } from '../../../domain/case.js';
import {
  EXPLANATIONS,
  independentLines,
  weightsOf,
  type Explanation,
  type Ranked,
} from '../../../domain/explanations.js';
import { heardIn, judgedIn } from '../../../domain/heard.js';
import { unread } from '../../../domain/unread.js';
import type { Told } from '../../../domain/weighing.js';
import { EVIDENCE, PRIORS } from '../../../domain/weights.js';
import type { Dossier } from '../../dossier.js';

type Weights = Readonly<Partial<Record<Explanation, number>>>;

/** One line of evidence as it was weighed. */
export interface ReportEvidence {
  readonly code: string;
  /** What it means, without the case's particulars. */
  readonly says: string;
  /** With them: addresses, files, numbers. */
  readonly text: string;
  readonly events: readonly string[];
  readonly strength: number;
  /** What it adds to each explanation, strength included; as logarithms. */
  readonly weights: Weights;
  /** False when another line tells of the same events more strongly: only that one counts. */
  readonly counts: boolean;
}

/** The decision of a case: what could be, how likely each is, and what speaks for and against it. */
export interface ReportVerdict {
  readonly decision: Escalation['decision'];
  readonly verdict: Verdict;
  /** Probability that one of the malicious explanations holds. */
  readonly attack: number;
  /** The likeliest explanations, most likely first. */
  readonly ranking: readonly Ranked[];
  /** How likely each was before anything was known, as logarithms. */
  readonly priors: Weights;
  readonly evidence: readonly ReportEvidence[];
  /** The single fact that would change the ranking most. */
  readonly nextFact?: NonNullable<Escalation['next']> & { readonly text: string };
  /** Set by a responder; the case follows it. */
  readonly judgement?: {
    readonly verdict: Verdict;
    readonly by: string;
    readonly at?: string;
    readonly reason: string;
  };
}

/** Undefined for a case that has not decided, or decided before explanations were weighed. */
export function weighedIn(
  state: CaseState,
  dossier: Pick<Dossier, 'lines'> | undefined,
  nameOf: (personId: string) => string = (id) => id,
): ReportVerdict | undefined {
  const { escalation, assessment } = state;
  if (escalation?.attack === undefined) return undefined;
  const { decision, verdict, attack, ranking = [], next } = escalation;
  const policy = state.policy as Partial<NonNullable<CaseState['policy']>> | undefined;
  const told = dossier?.lines ?? (assessment?.lines ?? []).map(withoutText);
  const lines: readonly Told[] = [...told, ...heardIn(state)];
  const overrides = policy?.decision?.weights ?? {};
  const counted = new Set(independentLines(lines, overrides));
  const weighed = lines.map((line) => ({ line, weights: nonZero(weightsOf(line, overrides)) }));
  const judged = judgedIn(state);
  const text = nextWords(escalation, unread(state));
  return {
    ...{ decision, verdict, attack, ranking },
    priors: policy?.decision?.priors ?? PRIORS,
    evidence: weighed
      .sort((a, b) => most(b.weights) - most(a.weights) || (a.line.code < b.line.code ? -1 : 1))
      .map(({ line, weights }) => ({
        code: line.code,
        says: EVIDENCE[line.code].says,
        text: line.text,
        events: line.events,
        strength: line.strength,
        weights,
        counts: counted.has(line),
      })),
    ...(next && text !== undefined ? { nextFact: { ...next, text } } : {}),
    ...(judged ? { judgement: { ...judged, by: nameOf(judged.by) } } : {}),
  };
}

const withoutText = (line: Omit<Told, 'text' | 'events'>): Told => ({
  ...line,
  text: EVIDENCE[line.code].says,
  events: [],
});

const nonZero = (weights: Readonly<Record<Explanation, number>>): Weights =>
  Object.fromEntries(EXPLANATIONS.flatMap((e) => (weights[e] === 0 ? [] : [[e, round(weights[e])]])));
const most = (weights: Weights): number => Math.max(0, ...Object.values(weights).map(Math.abs));
const round = (n: number): number => Math.round(n * 100) / 100;
