import type { EvidenceEvent } from '../../evidence.js';

/** `, to a@example.net, b@example.org`: the first three that rows name as recipients outside. */
export function recipients(events: readonly EvidenceEvent[]): string {
  const to = [...new Set(events.flatMap((e) => e.externalRecipients ?? []))].slice(0, 3);
  return to.length === 0 ? '' : `, to ${to.join(', ')}`;
}
