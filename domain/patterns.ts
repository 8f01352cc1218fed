import type { EvidenceEvent } from './evidence.js';
import type { Confidence, Finding, PatternMatch } from './finding.js';
import type { Pattern, PatternStep } from './policy.js';

const RANK: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };
const HOUR_MS = 3_600_000;

/**
 * "When multiple indicators align with known TTP patterns": the patterns that the findings match. Each step is shown by a
 * finding and a row of its own, called its witness: witnesses stand in order and inside the window, and no row is the witness
 * of two steps. All that the chosen findings cite comes from enough independent logs.
 */
export function matchPatterns(
  patterns: readonly Pattern[],
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
): readonly PatternMatch[] {
  const byId = new Map(events.map((e) => [e.id, e]));
  const shown = findings.map((finding) => ({
    finding,
    rows: rowsOf(finding, byId),
    logs: finding.events.flatMap((id) => byId.get(id)?.source ?? []),
  }));
  return patterns.flatMap((pattern) => {
    const chain = search(pattern, [], shown);
    if (!chain) return [];
    return [
      {
        patternId: pattern.id,
        name: pattern.name,
        attack: pattern.steps.map((s) => s.attack),
        findings: chain.map((l) => l.finding.id),
        suggests: pattern.suggests,
      },
    ];
  });
}

interface Shown {
  readonly finding: Finding;
  readonly rows: readonly EvidenceEvent[];
  readonly logs: readonly string[];
}
interface Link extends Shown {
  readonly witness: EvidenceEvent;
}
type Chain = readonly Link[];

/** Depth-first, so that an early choice that blocks a later step is taken back. */
function search(pattern: Pattern, chain: Chain, shown: readonly Shown[]): Chain | undefined {
  const step = pattern.steps[chain.length];
  if (!step) return logsOf(chain) >= pattern.minSources ? chain : undefined;
  for (const candidate of shown) {
    if (!fits(step, candidate.finding) || chain.some((l) => l.finding.id === candidate.finding.id)) continue;
    for (const witness of witnesses(pattern, chain, candidate.rows)) {
      const found = search(pattern, [...chain, { ...candidate, witness }], shown);
      if (found) return found;
    }
  }
  return undefined;
}

function fits(step: PatternStep, finding: Finding): boolean {
  if (finding.kind !== step.finding) return false;
  if (step.minConfidence !== undefined && RANK[finding.confidence] < RANK[step.minConfidence]) return false;
  return step.ownSession === undefined || finding.ownSession === step.ownSession;
}

/**
 * Rows that may stand for the next step. For the first step any may; later those that leave most room (states, then the
 * earliest) are as good as all others: other steps can take no more of them than there are steps.
 */
function witnesses(pattern: Pattern, chain: Chain, rows: readonly EvidenceEvent[]): readonly EvidenceEvent[] {
  if (chain.length === 0) return rows;
  const timed = chain.filter((l) => !isState(l.witness)).map((l) => Date.parse(l.witness.at));
  const [begin] = timed;
  const before = timed.at(-1);
  const fitting = rows.filter((row) => {
    if (chain.some((l) => l.witness.id === row.id)) return false;
    if (begin === undefined || before === undefined || isState(row)) return true;
    const at = Date.parse(row.at);
    return at >= before && at - begin <= pattern.withinHours * HOUR_MS;
  });
  return [...fitting.filter(isState), ...fitting.filter((r) => !isState(r))].slice(0, pattern.steps.length);
}

/** Sessions and mail rules as they were seen to be there: dated by the reading, so that they stand at any place of the order. */
function isState(row: EvidenceEvent): boolean {
  const isRule = row.kind === 'mail_rule' && row.target?.type === 'setting';
  return row.kind === 'session' || isRule;
}

const logsOf = (chain: Chain): number => new Set(chain.flatMap((l) => l.logs)).size;

/** The rows that show a finding, in order of time; the sign-in that authenticates them lies before its first. */
function rowsOf(finding: Finding, byId: ReadonlyMap<string, EvidenceEvent>): readonly EvidenceEvent[] {
  return finding.events
    .flatMap((id) => byId.get(id) ?? [])
    .filter((row) => row.at >= finding.firstAt && row.at <= finding.lastAt)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
