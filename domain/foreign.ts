import type { EvidenceEvent } from './evidence.js';
import type { Finding } from './finding.js';

/** Rows that strong findings show in sessions that are not the subject's own: what containment may aim at and what ties cases together. */
export function foreignRows(findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly EvidenceEvent[] {
  const strong = findings.filter((f) => !f.ownSession && f.confidence !== 'low');
  const foreign = new Set(strong.flatMap((f) => f.foreignEvents ?? f.events));
  return events.filter((e) => foreign.has(e.id));
}
