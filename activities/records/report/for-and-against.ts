import { WHOSE_WORDS, percent } from '../../../domain/case-words.js';
import {
  EXPLANATIONS,
  EXPLANATION_WORDS,
  MALICIOUS,
  type Explanation,
  type Ranked,
} from '../../../domain/explanations.js';
import type { EpisodeNote } from '../../dossier.js';
import type { ReportChange } from './data.js';
import type { ReportEvidence, ReportVerdict } from './weighing.js';

/** Explanations as columns, evidence as rows: what speaks for and against each, at a glance. */
export interface ForAndAgainst {
  readonly columns: readonly {
    readonly name: string;
    readonly probability: string;
    readonly malicious: boolean;
    readonly before: string;
    readonly sum: string;
  }[];
  /** What counts, the weightiest first. */
  readonly rows: readonly ForAndAgainstRow[];
  /** What tells of the same events as one of `rows`, more weakly. */
  readonly again: readonly ForAndAgainstRow[];
}
interface ForAndAgainstRow {
  readonly code: string;
  readonly says: string;
  /** Empty when it would say the same again. */
  readonly text: string;
  readonly cells: readonly Cell[];
}
/** `+`, `++`, `+++` for, `−`, `−−`, `−−−` against, and the number. */
export interface Cell {
  readonly mark: string;
  readonly weight: string;
  readonly tone: 'for' | 'against' | 'neither';
}

const COLUMNS = 4;
const WORTH_SHOWING = 0.01;

export function forAndAgainst(decision: ReportVerdict): ForAndAgainst {
  const shown = columnsOf(decision);
  const { priors, evidence } = decision;
  const counted = evidence.filter((e) => e.counts);
  const row = ({ code, says, text, weights }: ReportEvidence): ForAndAgainstRow => ({
    code,
    says,
    text: text === says ? '' : text,
    cells: shown.map(({ explanation }) => cellOf(weights[explanation] ?? 0)),
  });
  return {
    columns: shown.map(({ explanation, probability }) => ({
      name: EXPLANATION_WORDS[explanation],
      probability: percent(probability),
      malicious: (MALICIOUS as readonly Explanation[]).includes(explanation),
      before: signed(priors[explanation] ?? 0),
      sum: signed(sumOf(decision, explanation)),
    })),
    rows: counted.map(row),
    again: evidence.filter((e) => !e.counts).map(row),
  };
}

const sumOf = ({ priors, evidence }: ReportVerdict, e: Explanation): number =>
  evidence.reduce((n, { counts, weights }) => n + (counts ? (weights[e] ?? 0) : 0), priors[e] ?? 0);

/**
 * The likeliest that are likely at all; then, rather than what nothing speaks to, those that the evidence speaks against: they are what
 * a reader asks about.
 */
function columnsOf(decision: ReportVerdict): readonly Ranked[] {
  const likely = decision.ranking.filter((r, i) => i === 0 || r.probability >= WORTH_SHOWING);
  const rest = EXPLANATIONS.filter((e) => !likely.some((r) => r.explanation === e)).map((explanation) => ({
    explanation,
    sum: sumOf(decision, explanation),
    touched: decision.evidence.some((x) => x.counts && x.weights[explanation] !== undefined),
    probability: decision.ranking.find((r) => r.explanation === explanation)?.probability ?? 0,
  }));
  const others = rest.sort((a, b) => Number(b.touched) - Number(a.touched) || b.sum - a.sum);
  return [...likely, ...others].slice(0, COLUMNS);
}

function cellOf(weight: number): Cell {
  if (weight === 0) return { mark: '', weight: '', tone: 'neither' };
  const n = Math.abs(weight) < 1 ? 1 : Math.abs(weight) < 2.5 ? 2 : 3;
  return { mark: (weight > 0 ? '+' : '−').repeat(n), weight: signed(weight), tone: weight > 0 ? 'for' : 'against' };
}

function signed(n: number): string {
  const rounded = Math.round(n * 10) / 10;
  return rounded === 0 ? '0' : `${rounded > 0 ? '+' : '−'}${Math.abs(rounded)}`;
}

/** An episode as a row: whose, where, when, what, and why. */
export interface EpisodeRow {
  readonly id: string;
  readonly whose: string;
  readonly tone: 'bad' | 'warn' | 'good';
  readonly platforms: string;
  readonly place: string;
  readonly from: string;
  readonly to: string;
  readonly did: readonly string[];
  readonly things: readonly string[];
  readonly for: readonly string[];
  readonly against: readonly string[];
}

const TONES = { own: 'good', job: 'good', other: 'bad', app: 'bad', unknown: 'warn' } as const;

/** For and against the person as the actor; of an app, for and against its being a job that somebody allowed. */
export function episodeRows(episodes: readonly EpisodeNote[]): readonly EpisodeRow[] {
  return episodes.map((e) => ({
    id: e.id,
    whose: e.acts === 0 ? 'nobody got in' : WHOSE_WORDS[e.attribution],
    tone: TONES[e.attribution],
    platforms: e.platforms.join(', '),
    place: e.place,
    from: e.from,
    to: e.to,
    did: [...e.operations, ...(e.attempts === 0 ? [] : [`${e.attempts} × tried in vain`])],
    things: e.things ?? [],
    for: e.facts.filter((f) => f.weight > 0).map((f) => f.text),
    against: e.facts.filter((f) => f.weight < 0).map((f) => f.text),
  }));
}

/** What was changed in all episodes, by time, with whose session made it. */
export const changesOf = (episodes: readonly EpisodeNote[]): readonly ReportChange[] =>
  episodes
    .flatMap(({ id, attribution, changes = [] }) => changes.map((c) => ({ ...c, episode: id, whose: attribution })))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
