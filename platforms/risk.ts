import type { EvidenceEvent } from '../domain/evidence.js';

/** A vendor's level in ours; undefined for `none`, `hidden`, `informational` and whatever else comes. */
export function riskLevel(text: string | null | undefined): EvidenceEvent['risk'] {
  return (['low', 'medium', 'high'] as const).find((level) => level === text?.toLowerCase());
}
