import type { EvidenceEvent } from '../../evidence.js';
import type { View } from '../view.js';

/** Measure of a finding of threat intelligence about addresses that acted. */
export const ACTED = 'addresses that acted';

interface Hit {
  readonly eventId: string;
}

/** Measured rows that others found something in. */
export const hitBy = (view: View, hits: readonly Hit[]): readonly EvidenceEvent[] => {
  const hit = new Set(hits.map((h) => h.eventId));
  return view.focus.filter((e) => hit.has(e.id));
};

export const hitsIn = <H extends Hit>(events: readonly EvidenceEvent[], hits: readonly H[]): readonly H[] => {
  const ids = new Set(events.map((e) => e.id));
  return hits.filter((h) => ids.has(h.eventId));
};
