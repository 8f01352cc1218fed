import type { Instant } from './platform.js';

/** A message that was not obeyed: what, why; the sender is unknown by nature. */
export interface Refusal {
  readonly at: Instant;
  readonly message: string;
  readonly code: string;
}

/** The first ones, and how many came after them. */
export interface Refusals {
  refused: Refusal[];
  refusedMore?: number;
}

const KEPT = 50;

export const refusalsIn = ({ refused, refusedMore = 0 }: Refusals): number => refused.length + refusedMore;

/** Notes a refusal. Whether it is worth a line of its own: each of the first, then one each time that there are twice as many. */
export function noteRefusal(refusals: Refusals, refusal: Refusal): boolean {
  if (refusals.refused.length < KEPT) {
    refusals.refused.push(refusal);
    return true;
  }
  refusals.refusedMore = (refusals.refusedMore ?? 0) + 1;
  return Number.isInteger(Math.log2(refusals.refusedMore));
}
