import { EVIDENCE, PRIORS, type EvidenceCode } from './weights.js';

/** The competing accounts of a case. */
export const EXPLANATIONS = [
  'own_work',
  'authorised_work',
  'insider',
  'intruder',
  'app',
  'job',
  'attempt',
  'false_alert',
] as const;
export type Explanation = (typeof EXPLANATIONS)[number];

/** Those in which somebody took what was not theirs to take. */
export const MALICIOUS = ['insider', 'intruder', 'app'] as const satisfies readonly Explanation[];

/** For people. */
export const EXPLANATION_WORDS: Readonly<Record<Explanation, string>> = {
  own_work: 'the person’s own ordinary work',
  authorised_work: 'unusual work that somebody asked for',
  insider: 'the person collects without being allowed to',
  intruder: 'somebody else in the account',
  app: 'an app or token that collects',
  job: 'an automated job',
  attempt: 'an attempt that failed',
  false_alert: 'nothing of what the alert claims',
};

/** One thing that speaks for some explanations and against others. Ids and numbers alone: the words are in the dossier. */
export interface EvidenceLine {
  readonly code: EvidenceCode;
  /** How strongly it holds: multiplies the weights of its code. */
  readonly strength: number;
  /** Lines of one group tell of the same events: the strongest of them counts. */
  readonly group: string;
  /** As they were when the evidence was weighed: a case goes on by them when the product's change. */
  readonly weights?: Readonly<Partial<Record<Explanation, number>>>;
}

export interface Ranked {
  readonly explanation: Explanation;
  readonly probability: number;
}
export interface Ranking {
  /** Most likely first. */
  readonly ranking: readonly Ranked[];
  /** That one of the malicious explanations holds. */
  readonly attack: number;
}

/** Weights of the policy that replace the product's own, by evidence code. */
export type WeightOverrides = Readonly<Partial<Record<string, Readonly<Partial<Record<Explanation, number>>>>>>;

export const weightsOf = (
  { code, strength, weights }: Pick<EvidenceLine, 'code' | 'strength' | 'weights'>,
  overrides: WeightOverrides = {},
): Readonly<Record<Explanation, number>> => {
  const table: Readonly<Partial<Record<Explanation, number>>> = weights ?? overrides[code] ?? EVIDENCE[code].weights;
  return Object.fromEntries(EXPLANATIONS.map((e) => [e, (table[e] ?? 0) * strength])) as Record<Explanation, number>;
};

/** Of each group the line that tells most; the same whatever the order and however often a line is told. */
export function independentLines(
  lines: readonly EvidenceLine[],
  overrides: WeightOverrides = {},
): readonly EvidenceLine[] {
  const tells = (line: EvidenceLine): number => {
    const weights = Object.values(weightsOf(line, overrides));
    return Math.max(...weights) - Math.min(...weights);
  };
  const best = new Map<string, EvidenceLine>();
  for (const line of lines) {
    const known = best.get(line.group);
    const better =
      known === undefined || tells(line) > tells(known) || (tells(line) === tells(known) && line.code < known.code);
    if (better) best.set(line.group, line);
  }
  return [...best.values()].sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : a.group < b.group ? -1 : 1));
}

/** Analysis of competing hypotheses with numbers: each line adds its weights, and the sums become probabilities. */
export function rank(
  lines: readonly EvidenceLine[],
  overrides: WeightOverrides = {},
  priors: Readonly<Record<Explanation, number>> = PRIORS,
): Ranking {
  const sums: Record<Explanation, number> = { ...priors };
  for (const line of independentLines(lines, overrides)) {
    const weights = weightsOf(line, overrides);
    for (const e of EXPLANATIONS) sums[e] += weights[e];
  }
  const highest = Math.max(...Object.values(sums));
  const raw = EXPLANATIONS.map((explanation) => ({ explanation, likely: Math.exp(sums[explanation] - highest) }));
  const all = raw.reduce((n, r) => n + r.likely, 0);
  const ranking = raw
    .map(({ explanation, likely }) => ({ explanation, probability: likely / all }))
    .sort((a, b) => b.probability - a.probability || (a.explanation < b.explanation ? -1 : 1));
  return { ranking, attack: attackIn(ranking) };
}

const attackIn = (ranking: readonly Ranked[]): number =>
  ranking
    .filter((r) => (MALICIOUS as readonly Explanation[]).includes(r.explanation))
    .reduce((n, r) => n + r.probability, 0);

export const probabilityOf = ({ ranking }: Ranking, explanation: Explanation): number =>
  ranking.find((r) => r.explanation === explanation)?.probability ?? 0;
