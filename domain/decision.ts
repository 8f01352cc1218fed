import type { Instant } from './platform.js';

/** A person's decision on a plan, bound to its digest; single use by `nonce`. */
export interface ApprovalDecision {
  readonly type: 'approval';
  readonly caseId: string;
  readonly planId: string;
  readonly planDigest: string;
  /** Steps it covers; all when absent. */
  readonly steps?: readonly number[];
  readonly verb: 'approve' | 'deny' | 'release';
  readonly personId: string;
  readonly role: string;
  readonly at: Instant;
  readonly expiresAt: Instant;
  readonly nonce: string;
}

/** The subject's (or sponsor's) answer to the contact question. Evidence, never a verdict. */
export interface ContactAnswer {
  readonly type: 'answer';
  readonly caseId: string;
  readonly askId: string;
  readonly answer: 'me' | 'not_me' | 'unsure';
  /** What the person added in their own words: the key of a note in the case's dossier. */
  readonly words?: string;
  readonly personId: string;
  readonly channel: string;
  readonly at: Instant;
  readonly nonce: string;
}

/** A human task done: interview, manual containment with proof, significance, clock start, rotation, acknowledgement. */
export interface TaskCompletion {
  readonly type: 'task';
  readonly caseId: string;
  readonly taskId: string;
  readonly outcome: 'done' | 'not_possible';
  /** Form fields; free text is stored by the console in the evidence store and referenced here by its key. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  readonly personId: string;
  readonly role: string;
  readonly at: Instant;
  readonly nonce: string;
}

/**
 * The organisation-wide stop of all containment, and its end. Anybody who may sign in may stop; a `resume` is a lead's, is bound to
 * the very stop that it lifts, and expires. Both are single-use by `nonce`.
 */
export interface SwitchDecision {
  readonly type: 'switch';
  readonly verb: 'stop' | 'resume';
  readonly personId: string;
  readonly role: string;
  readonly at: Instant;
  /** In the person's own words; empty when none were given. */
  readonly why: string;
  readonly nonce: string;
  /** Of a `resume`: nonce of the stop that it lifts. */
  readonly lifts?: string;
  /** Of a `resume`: after this it lifts nothing. */
  readonly expiresAt?: Instant;
}

/** How the switch stands: off is not there. */
export interface Stop {
  readonly by: string;
  readonly at: Instant;
  readonly why: string;
  readonly nonce: string;
}

/**
 * A legal hold on the cases of a subject, its end, or the erasure of those cases (`case`) or of the person as well (`person`). Bound to one
 * case id, single use by `nonce`.
 */
export interface ForgetDecision {
  readonly type: 'forget';
  readonly verb: 'hold' | 'lift' | 'erase_case' | 'erase_person';
  readonly caseId: string;
  /** Why, of a hold and its end: the key of a note in the case's dossier. */
  readonly note?: string;
  readonly personId: string;
  readonly role: string;
  readonly at: Instant;
  readonly expiresAt: Instant;
  readonly nonce: string;
}

export type Decision = ApprovalDecision | ContactAnswer | TaskCompletion | SwitchDecision | ForgetDecision;

/** Ed25519 over the canonical JSON of `body`, base64url, by the key `keyId` (a person's, or the console's for a signed-in person). */
export interface Signed<T> {
  readonly body: T;
  readonly keyId: string;
  readonly signature: string;
}

/** A public key that decisions may be signed with. The console's key may speak for any signed-in person; a person's only for that person. */
export interface DecisionKey {
  readonly keyId: string;
  /** Ed25519, 32 bytes, hex. */
  readonly publicKey: string;
  readonly holder: { readonly kind: 'console' } | { readonly kind: 'person'; readonly personId: string };
}

/** People who may decide, from the configuration; ids only. */
export interface Decider {
  readonly personId: string;
  readonly roles: readonly string[];
  /** The subject id of the same person, so that nobody approves what concerns them. */
  readonly subjectId?: string;
  /** Canonical native ids of the same person's accounts, for checkers that hold no registry. */
  readonly accounts?: readonly string[];
}

export interface ApprovalRule {
  readonly name: string;
  /** Distinct people. */
  readonly quorum: number;
  /** Any of these roles. */
  readonly roles: readonly string[];
}
