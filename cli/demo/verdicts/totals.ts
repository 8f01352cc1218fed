import type { Row } from './judge.js';

/** What all scenarios say together. Rates are 0..1; undefined where nothing was there to be counted. */
export interface Totals {
  readonly scenarios: number;
  /** Everything as the label says. */
  readonly right: number;
  readonly verdictRight: number;
  readonly closingRight: number;
  readonly actsRight: number;
  /** Of the acts that labels expect, those that were done. */
  readonly actsDone: number | undefined;
  /** Forbidden acts that were proposed. */
  readonly forbiddenActs: number;
  readonly attacks: number;
  /** Attacks that can be known and were escalated. */
  readonly truePositiveRate: number | undefined;
  readonly harmless: number;
  /** Harmless scenarios in which any act was proposed. */
  readonly harmlessWithActs: number;
  /** Harmless scenarios that were closed without an incident. */
  readonly falsePositiveRejection: number | undefined;
  /** Facts that no alert held: mean and median of the attacks. */
  readonly novelPerAttack: number | undefined;
  readonly novelMedian: number | undefined;
  /** Of the facts that labels want told, those that were. */
  readonly said: number | undefined;
  readonly decidedAfterMedian: number | undefined;
  readonly secondsMedian: number | undefined;
  /** Mean squared error of the probability of an attack: 0 is perfect, 0.25 a coin. */
  readonly brier: number | undefined;
  readonly failed: number;
}

export function totalsOf(rows: readonly Row[]): Totals {
  const count = (test: (row: Row) => boolean, among = rows): number => among.filter(test).length;
  const attacks = rows.filter((r) => r.truth === 'attack');
  const harmless = rows.filter((r) => r.truth === 'benign');
  const known = rows.filter((r) => r.knowable);
  const findable = attacks.filter((r) => r.knowable);
  const sum = (of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const [wanted, missing] = [
    sum((r) => r.acts.expected),
    sum((r) => (r.cases === 0 ? r.acts.expected : r.acts.missing.length)),
  ];
  const [facts, unsaid] = [sum((r) => r.says.expected), sum((r) => r.says.missing.length)];
  const novel = attacks.map((r) => r.novel.length);
  return {
    scenarios: rows.length,
    right: count((r) => r.right),
    verdictRight: count((r) => r.verdictRight),
    closingRight: count((r) => r.closingRight),
    actsRight: count((r) => r.actsRight),
    actsDone: rate(wanted - missing, wanted),
    forbiddenActs: sum((r) => r.acts.forbidden.length),
    attacks: attacks.length,
    truePositiveRate: rate(
      count((r) => r.escalated, findable),
      findable.length,
    ),
    harmless: harmless.length,
    harmlessWithActs: count((r) => r.proposed.length > 0, harmless),
    falsePositiveRejection: rate(
      count((r) => r.rejected, harmless),
      harmless.length,
    ),
    novelPerAttack: mean(novel),
    novelMedian: median(novel),
    said: rate(facts - unsaid, facts),
    decidedAfterMedian: median(rows.flatMap((r) => (r.decidedAfter === undefined ? [] : [r.decidedAfter]))),
    secondsMedian: median(rows.map((r) => r.seconds)),
    brier: mean(known.map((r) => (r.attack - (r.truth === 'attack' ? 1 : 0)) ** 2)),
    failed: count((r) => r.failure !== undefined),
  };
}

const rate = (n: number, of: number): number | undefined => (of === 0 ? undefined : n / of);
const mean = (values: readonly number[]): number | undefined =>
  rate(
    values.reduce((a, b) => a + b, 0),
    values.length,
  );
function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
