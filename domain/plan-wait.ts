import type { Instant } from './platform.js';

/** Whose decision a plan waits for, as lists of cases show it. */
export interface PlanWait {
  readonly planId: string;
  readonly caseId: string;
  /** Of two of a plan the one with the higher number is the later. */
  readonly written: number;
  /** Any of them may decide; none when the plan waits for nobody any more. */
  readonly roles: readonly string[];
  readonly until: Instant;
  /** People who have decided. */
  readonly decidedBy: readonly string[];
  /** The first decision. */
  readonly decidedAt?: Instant;
}
