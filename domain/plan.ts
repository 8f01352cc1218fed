import type { ActTarget } from './act-target.js';
import type { ActionKind } from './acts/index.js';
import type { Signed } from './decision.js';
import type { SignedManifest } from './evidence.js';
import type { AccountRef, Instant, Platform, TenantRef } from './platform.js';

export interface PlannedAction extends TenantRef {
  /** `1`, `2`, … in the order of the vendor's safe stopping order. */
  readonly step: number;
  readonly kind: ActionKind;
  readonly target: ActTarget;
  /** `vendor`: by the admin API. `task`: the platform cannot, a person does it and enters a proof. */
  readonly by: 'vendor' | 'task';
  readonly reason: string;
  readonly reversible: boolean;
  /** What undoes it, in words. */
  readonly undo: string;
  /** What undo can't restore, in words; empty when nothing is lost. */
  readonly losses: string;
  readonly d3fend: string;
  /** Name of the approval rule of the policy that governs this step; `automatic` needs no person. */
  readonly rule: string;
}

/** Somebody whom a case suspects, by subject and by accounts: who checks may know people by one of them alone. */
export interface Suspect {
  readonly subjectId: string;
  readonly accounts: readonly AccountRef[];
}

/** An ordered list of containment actions. Immutable: a change makes a new plan with a new digest. */
export interface ContainmentPlan {
  readonly planId: string;
  readonly caseId: string;
  readonly subjectId: string;
  /** Whom the case suspects, the subject among them: none of them decides on the plan. */
  readonly suspects: readonly Suspect[];
  readonly purpose: 'first_steps' | 'containment';
  readonly actions: readonly PlannedAction[];
  readonly policyDigest: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** The evidence it rests on: manifest signatures of the evidence worker. */
  readonly manifests: readonly SignedManifest[];
}

/** A plan with its author: signed by the analysis role over all of it, the manifests that it rests on included. */
export type SignedPlan = Signed<ContainmentPlan>;

export type ActionStatus = 'done' | 'already' | 'refused' | 'failed' | 'shadow' | 'task_done' | 'task_open';

/** What was read back from the vendor, in the vendor's words (`accountEnabled=false`). */
export interface Readback {
  readonly at: Instant;
  readonly holds: boolean;
  readonly state: Readonly<Record<string, string | number | boolean>>;
}

/** One write at a vendor, as it is listed in the report and must equal the tenant's own journal. */
export interface VendorWrite {
  readonly platform: Platform;
  /** Vendor operation: `PATCH /users/{id}`, `admin.users.session.reset`, `directory.users.signOut`. */
  readonly operation: string;
  readonly targetId: string;
}

export interface ActionResult {
  readonly planId: string;
  readonly step: number;
  readonly status: ActionStatus;
  readonly at: Instant;
  /** Error catalogue code when refused or failed. */
  readonly code?: string;
  readonly text: string;
  readonly before?: Readonly<Record<string, string | number | boolean>>;
  readonly readback?: Readback;
  readonly verified: boolean;
  readonly writes: readonly VendorWrite[];
  /** Key ids of the decisions (or of the manifest) that allowed it. */
  readonly allowedBy: readonly string[];
  /** What it was done to, as it was resolved at the vendor. */
  readonly resolved?: ResolvedSummary;
}

/** What an act touches, as the containment worker read it: canonical ids alone, in the vendor's own spelling. */
export interface ResolvedSummary {
  readonly target: ActTarget;
  /** Every account that the write affects. */
  readonly affects: readonly string[];
  /** `organisation`: it also hits whoever uses the thing, not only the accounts that are listed. */
  readonly reach: 'accounts' | 'organisation';
}

/** A result as the containment worker states it: nobody else can say that something was written or holds. */
export type SignedResult = Signed<{ readonly planDigest: string; readonly result: ActionResult }>;
