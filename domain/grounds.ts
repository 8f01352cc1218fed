import type { EvidenceEvent, EvidenceManifest } from './evidence.js';
import type { Finding } from './finding.js';
import { foreignRows } from './foreign.js';
import type { Policy } from './policy.js';

/**
 * Which grounds for automatic steps hold: all findings of a rule, inside one authenticated session that is not the subject's
 * own. The evidence worker computes them over rows it read itself and signs them.
 */
export function groundsOf(
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  grounds: Policy['grounds'],
  nativeId: string,
): EvidenceManifest['grounds'] {
  const foreign = findings.filter((f) => f.inSession && !f.ownSession && f.confidence !== 'low');
  return grounds.flatMap(({ rule, findings: wanted }) => {
    const shown = wanted.map((kind) => foreign.filter((f) => f.kind === kind));
    if (shown.length === 0 || !shareSession(shown, events)) return [];
    return [{ rule, nativeId, sessionIds: sessionsOf(shown.flat(), events) }];
  });
}

/** Findings of different sessions don't add up: each must show one and the same, by its id, its address or its sign-in. */
function shareSession(shown: readonly (readonly Finding[])[], events: readonly EvidenceEvent[]): boolean {
  const marks = shown.map((findings) => new Set(foreignRows(findings, events).flatMap(marksOf)));
  const [first = new Set<string>(), ...others] = marks;
  return [...first].some((mark) => others.every((o) => o.has(mark)));
}

const marksOf = (e: EvidenceEvent): readonly string[] => [
  `row:${e.id}`,
  ...(e.sessionId === undefined ? [] : [`session:${e.platform}:${e.sessionId}`]),
  ...(e.ip === undefined ? [] : [`ip:${e.ip}`]),
];

function sessionsOf(findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly string[] {
  return [...new Set(foreignRows(findings, events).flatMap((e) => e.sessionId ?? []))].sort();
}
