import type { EvidenceEvent } from './evidence.js';
import type { Finding } from './finding.js';
import { shows } from './patterns.js';

/**
 * Findings of `wanted` different kinds of which no two rest on the same log row: none of them is another one told again. Only
 * what somebody else than the subject did counts, and what a row of this case shows. Empty when there are not so many.
 */
export function independentFindings(
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  wanted: number,
): readonly Finding[] {
  const byId = new Map(events.map((e) => [e.id, e]));
  const candidates = findings
    .filter((f) => f.confidence !== 'low' && !f.ownSession)
    .map((finding) => ({ finding, rows: rowsOf(finding, byId) }))
    .filter(({ rows }) => rows.size > 0)
    // Few rows leave most room for others; the order also makes the choice the same for the same evidence.
    .sort((a, b) => a.rows.size - b.rows.size || (a.finding.id < b.finding.id ? -1 : 1));
  return (search([], candidates, wanted) ?? []).map(({ finding }) => finding);
}

interface Candidate {
  readonly finding: Finding;
  readonly rows: ReadonlySet<string>;
}

const rowsOf = (finding: Finding, byId: ReadonlyMap<string, EvidenceEvent>): ReadonlySet<string> =>
  new Set(
    finding.events.filter((id) => {
      const event = byId.get(id);
      return event !== undefined && shows(event, finding);
    }),
  );

/** Depth-first, so that an early choice that blocks later ones is taken back: more evidence never makes the set smaller. */
function search(
  chosen: readonly Candidate[],
  rest: readonly Candidate[],
  wanted: number,
): readonly Candidate[] | undefined {
  if (chosen.length === wanted) return chosen;
  for (const [i, next] of rest.entries()) {
    const compatible = rest.slice(i + 1).filter((c) => c.finding.kind !== next.finding.kind && isDisjoint(c, next));
    const found = search([...chosen, next], compatible, wanted);
    if (found) return found;
  }
  return undefined;
}

function isDisjoint(a: Candidate, b: Candidate): boolean {
  const [few, many] = a.rows.size < b.rows.size ? [a.rows, b.rows] : [b.rows, a.rows];
  for (const row of few) if (many.has(row)) return false;
  return true;
}
