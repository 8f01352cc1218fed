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
  return patterns.flatMap((pattern) => {
    const chain = search(pattern, 0, [], findings, byId);
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

interface Link {
  readonly finding: Finding;
  /** Rows that this step uses up: those of the finding that no earlier step used. */
  readonly rows: readonly EvidenceEvent[];
}

/** Depth-first, so that an early choice that blocks a later step is taken back. */
function search(
  pattern: Pattern,
  depth: number,
  chain: readonly Link[],
  findings: readonly Finding[],
  byId: ReadonlyMap<string, EvidenceEvent>,
): readonly Link[] | undefined {
  const step = pattern.steps[depth];
  if (!step) return independent(pattern, chain) ? chain : undefined;
  const used = new Set(chain.flatMap((l) => l.rows.map((r) => r.id)));
  for (const finding of findings) {
    if (!fits(step, finding) || chain.some((l) => l.finding.id === finding.id)) continue;
    const free = finding.events
      .filter((id) => !used.has(id))
      .flatMap((id) => byId.get(id) ?? [])
      .sort((a, b) => (a.at < b.at ? -1 : 1));
    const rows = afterPrevious(chain, free);
    if (rows.length === 0 || !insideWindow(pattern, chain, rows)) continue;
    const found = search(pattern, depth + 1, [...chain, { finding, rows }], findings, byId);
    if (found) return found;
  }
  return undefined;
}

function fits(step: PatternStep, finding: Finding): boolean {
  if (finding.kind !== step.finding) return false;
  if (step.minConfidence !== undefined && RANK[finding.confidence] < RANK[step.minConfidence]) return false;
  return step.ownSession === undefined || finding.ownSession === step.ownSession;
}

/** A step begins no earlier than the step before began. */
function afterPrevious(chain: readonly Link[], rows: readonly EvidenceEvent[]): readonly EvidenceEvent[] {
  const before = chain.at(-1)?.rows[0]?.at;
  return before === undefined ? rows : rows.filter((r) => r.at >= before);
}

function insideWindow(pattern: Pattern, chain: readonly Link[], rows: readonly EvidenceEvent[]): boolean {
  const begin = chain[0]?.rows[0]?.at ?? rows[0]?.at;
  const at = rows[0]?.at;
  return begin !== undefined && at !== undefined && Date.parse(at) - Date.parse(begin) <= pattern.withinHours * HOUR_MS;
}

const independent = (pattern: Pattern, chain: readonly Link[]): boolean =>
  new Set(chain.flatMap((l) => l.rows.map((r) => r.source))).size >= pattern.minSources;
