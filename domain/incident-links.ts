import { digest } from './canonical.js';
import type { EvidenceEvent } from './evidence.js';
import type { Finding } from './finding.js';

/** Hashes of the attacker's addresses, apps and sessions in strong foreign findings: cases that share one belong to one incident. */
export function incidentLinks(findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly string[] {
  const cited = new Set(findings.filter((f) => !f.ownSession && f.confidence !== 'low').flatMap((f) => f.events));
  const values = events
    .filter((e) => cited.has(e.id))
    .flatMap((e) => [
      ...(e.ip === undefined ? [] : [`ip:${e.ip}`]),
      ...(e.sessionId === undefined ? [] : [`session:${e.platform}:${e.sessionId}`]),
      ...(e.app === undefined ? [] : [`app:${e.platform}:${e.app.id}`]),
    ]);
  return [...new Set(values)].sort().map((v) => digest(v).slice(0, 32));
}
