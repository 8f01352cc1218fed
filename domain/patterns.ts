import type { EvidenceEvent } from './evidence.js';
import type { Confidence, Finding, PatternMatch } from './finding.js';
import type { Pattern, PatternStep } from './policy.js';

const RANK: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };
const HOUR_MS = 3_600_000;

/**
 * "When multiple indicators align with known TTP patterns": the patterns that the findings match. Steps must be in order,
 * inside the window, and shown by enough independent log sources; one log row never stands for two steps.
 */
export function matchPatterns(
  patterns: readonly Pattern[],
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
): readonly PatternMatch[] {
  const byId = new Map(events.map((e) => [e.id, e]));
  const cited = findings.map((finding) => citedOf(finding, byId));
  return patterns.flatMap((pattern) => {
    const chain = search(pattern, [], cited);
    if (!chain) return [];
    return [
      {
        patternId: pattern.id,
        name: pattern.name,
        attack: pattern.steps.map((s) => s.attack),
        findings: chain.map((l) => l.cited.finding.id),
        suggests: pattern.suggests,
      },
    ];
  });
}

interface Row {
  readonly id: string;
  /** Milliseconds. */
  readonly at: number;
}

/** A finding with its rows by time, all and by log source. */
interface Cited {
  readonly finding: Finding;
  readonly rows: readonly Row[];
  readonly bySource: ReadonlyMap<string, readonly Row[]>;
}

function citedOf(finding: Finding, byId: ReadonlyMap<string, EvidenceEvent>): Cited {
  const rows = finding.events
    .flatMap((id) => byId.get(id) ?? [])
    .map(({ id, at, source }) => ({ id, at: Date.parse(at), source }))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const sources = [...new Set(rows.map((r) => r.source))];
  return { finding, rows, bySource: new Map(sources.map((s) => [s, rows.filter((r) => r.source === s)])) };
}

/** A step of a chain: the finding and the one row that stands for it. */
interface Link {
  readonly cited: Cited;
  readonly row: Row;
}

/** Depth-first, so that an early choice that blocks a later step is taken back. */
function search(pattern: Pattern, chain: readonly Link[], findings: readonly Cited[]): readonly Link[] | undefined {
  const step = pattern.steps[chain.length];
  if (!step) return isIndependent(pattern, chain) ? chain : undefined;
  for (const cited of findings) {
    if (!fits(step, cited.finding) || chain.some((l) => l.cited === cited)) continue;
    for (const row of choices(pattern, chain, cited.rows)) {
      const found = search(pattern, [...chain, { cited, row }], findings);
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
 * Rows that may stand for the next step: free, no earlier than the step before, inside the window that the first row
 * opens. After the first step the earliest rows leave most room, and as many as there are steps always hold a free one.
 */
function choices(pattern: Pattern, chain: readonly Link[], rows: readonly Row[]): readonly Row[] {
  const before = chain.at(-1)?.row;
  const first = chain[0]?.row;
  if (!before || !first) return rows;
  const from = firstFrom(rows, before.at);
  return rows
    .slice(from, from + pattern.steps.length)
    .filter((r) => r.at <= endOf(pattern, first) && !chain.some((l) => l.row.id === r.id));
}

const endOf = (pattern: Pattern, first: Row): number => first.at + pattern.withinHours * HOUR_MS;

/** Enough different log sources among all the rows that the chain's findings cite inside the window. */
function isIndependent(pattern: Pattern, chain: readonly Link[]): boolean {
  const first = chain[0]?.row;
  if (!first) return false;
  const inside = (rows: readonly Row[]): boolean =>
    (rows[firstFrom(rows, first.at)]?.at ?? Infinity) <= endOf(pattern, first);
  const sources = chain.flatMap(({ cited }) => [...cited.bySource].filter(([, rows]) => inside(rows)).map(([s]) => s));
  return new Set(sources).size >= pattern.minSources;
}

/** Index of the first row at or after an instant; rows are sorted. */
function firstFrom(rows: readonly Row[], at: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.at ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
