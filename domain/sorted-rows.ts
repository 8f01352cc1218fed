import type { EvidenceEvent } from './evidence.js';
import type { Instant } from './platform.js';

/** Rows are sorted by time: the last one not after an instant, among those that fit. */
export function latestBefore(
  rows: readonly EvidenceEvent[],
  at: Instant,
  fits: (row: EvidenceEvent) => boolean = () => true,
): EvidenceEvent | undefined {
  for (let i = countUntil(rows, at) - 1; i >= 0; i--) {
    const row = rows[i];
    if (row && fits(row)) return row;
  }
  return undefined;
}

/** The last row not after an instant and the first after it, as far as there are any. */
export function around(rows: readonly EvidenceEvent[], at: Instant): readonly EvidenceEvent[] {
  const until = countUntil(rows, at);
  return [rows[until - 1], rows[until]].filter((row) => row !== undefined);
}

function countUntil(rows: readonly EvidenceEvent[], at: Instant): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.at ?? '') <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
