import type { EvidenceEvent } from '../../evidence.js';

/** The vendors' names of what was done, each once. */
export const operations = (events: readonly EvidenceEvent[]): string =>
  [...new Set(events.map((e) => e.operation))].join(', ');
