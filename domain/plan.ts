import type { SignedManifest } from './evidence.js';
import type { Instant, Platform, TenantRef } from './platform.js';

export const ACTION_KINDS = [
  'end_sessions',
  'revoke_tokens', // user's OAuth grants, app passwords, API tokens
  'disable_account',
  'reset_credentials',
  'remove_app',
  'revoke_share', // public link or external permission
  'remove_mail_rule',
  'block_ip',
  'quarantine_device',
  'hold_data', // what the account holds is kept even when somebody deletes it
  'confirm_compromised', // the identity provider's own risk engine is told
  'block_devices', // phones and tablets that synchronise the account
  'remove_file', // the file itself, not only its link
  'retire_device', // the organisation's data leaves a managed device
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** Kinds that not every platform has a notion of: nobody is asked for one where there is nothing to do. */
export const NOT_EVERYWHERE: readonly ActionKind[] = [
  'hold_data',
  'confirm_compromised',
  'block_devices',
  'remove_file',
  'retire_device',
];

export interface ActionTarget {
  readonly type: 'account' | 'app' | 'ip' | 'device' | 'link' | 'mail_rule';
  /** Vendor's immutable id, an address, or for links the file id. Never a mail address or a name. */
  readonly id: string;
  /** The account it belongs to, where the vendor's call needs it. */
  readonly accountId?: string;
  /** Sessions that tie the target to the malicious activity. */
  readonly sessionIds?: readonly string[];
}

export interface PlannedAction extends TenantRef {
  /** `1`, `2`, … in the order of the vendor's safe stopping order. */
  readonly step: number;
  readonly kind: ActionKind;
  readonly target: ActionTarget;
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

/** An ordered list of containment actions. Immutable: a change makes a new plan with a new digest. */
export interface ContainmentPlan {
  readonly planId: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly purpose: 'first_steps' | 'containment';
  readonly actions: readonly PlannedAction[];
  readonly policyDigest: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** The evidence it rests on: manifest signatures of the evidence worker. */
  readonly manifests: readonly SignedManifest[];
}

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
}
