import type { ActionResult, ResolvedSummary, VendorWrite } from '../../domain/plan.js';
import type { Instant } from '../../domain/platform.js';
import type { Lease } from '../../domain/budget.js';
import type { Signed, Stop, SwitchDecision } from '../../domain/decision.js';
import type { VendorState } from '../../platforms/ports.js';

/** What this worker knows of one step of one plan. Kept under the plan's digest: another plan with the same id is another plan. */
export interface StepRecord {
  begun?: {
    readonly at: Instant;
    /** What the step is done to: a later attempt that resolves to something else is refused. */
    readonly resolved: ResolvedSummary;
    readonly before: VendorState;
    readonly held: boolean;
    readonly allowedBy: readonly string[];
  };
  /** Writes that were announced and that the vendor did not refuse. */
  intended: VendorWrite[];
  result?: ActionResult;
  reverting?: { readonly at: Instant; readonly allowedBy: readonly string[] };
  revertIntended: VendorWrite[];
  released?: ActionResult;
}

/** What was begun, announced and done, step by step. Each note is kept before the next act. Errors: STORE. */
export interface StepBook {
  step(planDigest: string, step: number): Readonly<StepRecord>;
  begin(planDigest: string, step: number, begun: NonNullable<StepRecord['begun']>): Promise<void>;
  intend(planDigest: string, step: number, write: VendorWrite, undo?: boolean): Promise<void>;
  /** The vendor said that the announced write had no effect. */
  refute(planDigest: string, step: number, write: VendorWrite, undo?: boolean): Promise<void>;
  finish(planDigest: string, step: number, result: ActionResult): Promise<void>;
  beginRevert(planDigest: string, step: number, reverting: NonNullable<StepRecord['reverting']>): Promise<void>;
  release(planDigest: string, step: number, result: ActionResult): Promise<void>;
}

/** Single use: of decisions by their nonce, of grounds by what they rest on. Errors: STORE, DECISION_REPLAYED. */
export interface UseBook {
  /** Binds tokens to a plan; decided before the first wait, so that two plans cannot race. Throws DECISION_REPLAYED when one was used for another. */
  use(tokens: readonly string[], planDigest: string): Promise<void>;
  usedElsewhere(token: string, planDigest: string): boolean;
  /** A token that no plan may use any more. */
  isBurnt(token: string): boolean;
  burn(token: string): Promise<void>;
}

/** The blast radius. Errors: STORE. */
export interface LeaseBook {
  /** Leases that may still count. */
  leases(): Iterable<Lease>;
  /** Decides and keeps in one: `refuse` is asked on what is there at that moment, before the first wait. What it says is thrown as BUDGET. */
  lease(lease: Lease, refuse: (leases: Iterable<Lease>) => string | undefined): Promise<void>;
  endLease(owner: string, at: Instant): Promise<void>;
}

/** The organisation-wide stop. Errors: STORE. */
export interface SwitchBook {
  readonly stopped: Stop | undefined;
  /** Nonces of decisions that were obeyed. */
  readonly seen: ReadonlySet<string>;
  obey(signed: Signed<SwitchDecision>, stopped: Stop | undefined): Promise<void>;
}

/** The containment worker's memory: ports, so that it can move to a store that several processes share. */
export interface ContainmentMemory extends StepBook, UseBook, LeaseBook, SwitchBook {}
