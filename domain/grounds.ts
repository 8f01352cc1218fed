import type { EvidenceEvent, EvidenceManifest } from './evidence.js';
import type { Finding } from './finding.js';
import type { Policy } from './policy.js';

/**
 * Which grounds for automatic steps hold: all findings of a rule, each inside an authenticated session that is not the
 * subject's own. The evidence worker computes them over rows it read itself and signs them.
 */
export function groundsOf(
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  grounds: Policy['grounds'],
  nativeId: string,
): EvidenceManifest['grounds'] {
  const foreign = findings.filter((f) => f.inSession && !f.ownSession && f.confidence !== 'low');
  return grounds
    .filter(
      (ground) => ground.findings.length > 0 && ground.findings.every((kind) => foreign.some((f) => f.kind === kind)),
    )
    .map(({ rule, findings: wanted }) => ({
      rule,
      nativeId,
      sessionIds: sessionsOf(
        foreign.filter((f) => wanted.includes(f.kind)),
        events,
      ),
    }));
}

function sessionsOf(findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly string[] {
  const cited = new Set(findings.flatMap((f) => f.events));
  const sessions = events.filter((e) => cited.has(e.id) && e.sessionId !== undefined).map((e) => e.sessionId ?? '');
  return [...new Set(sessions)].sort();
}
