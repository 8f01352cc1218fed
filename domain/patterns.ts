import type { EvidenceEvent } from './evidence.js';
import type { Confidence, Finding, FindingKind, PatternMatch } from './finding.js';
import type { Pattern, PatternStep } from './policy.js';

const RANK: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };
const HOUR_MS = 3_600_000;

/**
 * "When multiple indicators align with known TTP patterns": the patterns that the findings match. Steps must be in order,
 * inside the window, and shown by enough independent log sources; one log row never stands for two steps. A rule or session that
 * was only seen to be there has no time of its own: it fits anywhere in the order.
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
  /** Only seen to be there: dated by the reading. */
  readonly isState: boolean;
}

/** A finding with the rows that show it, by time and without one; and all it cites by log source. */
interface Cited {
  readonly finding: Finding;
  readonly states: readonly Row[];
  readonly rows: readonly Row[];
  readonly bySource: ReadonlyMap<string, readonly Row[]>;
}

function citedOf(finding: Finding, byId: ReadonlyMap<string, EvidenceEvent>): Cited {
  const all = finding.events
    .flatMap((id) => byId.get(id) ?? [])
    .map((event) => ({ id: event.id, at: Date.parse(event.at), isState: isState(event), event }))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const sources = [...new Set(all.map((r) => r.event.source))];
  const showing = all.filter(({ event }) => shows(event, finding));
  return {
    finding,
    states: showing.filter((r) => r.isState),
    rows: showing.filter((r) => !r.isState),
    bySource: new Map(sources.map((s) => [s, all.filter((r) => r.event.source === s)])),
  };
}

/** Findings about access itself. Other findings cite the sign-in that authenticates their rows, but it does not show them. */
const OF_ACCESS: readonly FindingKind[] = ['unusual_sign_in', 'session_reuse', 'threat_intelligence'];
export const shows = ({ kind }: EvidenceEvent, finding: Finding): boolean =>
  (kind !== 'sign_in' && kind !== 'session') || OF_ACCESS.includes(finding.kind);

const isState = ({ kind, target }: EvidenceEvent): boolean =>
  kind === 'session' || (kind === 'mail_rule' && target?.type === 'setting');

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
    for (const row of choices(pattern, chain, cited)) {
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
function choices(pattern: Pattern, chain: readonly Link[], { states, rows }: Cited): readonly Row[] {
  const [first] = timed(chain);
  const before = timed(chain).at(-1);
  const most = pattern.steps.length;
  const from = firstFrom(rows, before?.at ?? -Infinity);
  const later = first ? rows.slice(from, from + most).filter((r) => r.at <= endOf(pattern, first)) : rows;
  return [...states.slice(0, most), ...later].filter((r) => !chain.some((l) => l.row.id === r.id));
}

const timed = (chain: readonly Link[]): readonly Row[] => chain.map((l) => l.row).filter((r) => !r.isState);

const endOf = (pattern: Pattern, first: Row): number => first.at + pattern.withinHours * HOUR_MS;

/**
 * Enough different log sources among all the rows that the chain's findings cite near its first: what authenticates the first
 * step lies before it. States are always near.
 */
function isIndependent(pattern: Pattern, chain: readonly Link[]): boolean {
  const [first] = timed(chain);
  const isNear = (r: Row): boolean => !first || r.isState || Math.abs(r.at - first.at) <= pattern.withinHours * HOUR_MS;
  const sources = chain.flatMap(({ cited }) =>
    [...cited.bySource].filter(([, rows]) => rows.some(isNear)).map(([s]) => s),
  );
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
