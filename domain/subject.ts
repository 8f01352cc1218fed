import type { AccountRef, Authority, Instant, Platform } from './platform.js';

/** What decides protection, from facts read at the vendors and the configuration; unknown means protected. */
export type ProtectedBecause = 'break_glass' | 'last_admin' | 'approver' | 'own_app' | 'admin_role' | 'unknown';

/** What a workflow holds of a subject: ids, no names, no addresses. Names live in the registry. */
export interface SubjectFacts {
  readonly subjectId: string;
  readonly kind: 'person' | 'guest' | 'app' | 'shared';
  readonly vip: boolean;
  /** Where the account is mastered: acts on the account go there or become a task. */
  readonly authority: Authority;
  readonly accounts: readonly AccountRef[];
  /** Platform that holds the person's mailbox, where security notices arrive. */
  readonly mail?: Platform;
  readonly protectedBecause: readonly ProtectedBecause[];
  /** Subject id of installer, sponsor or owner to ask instead, for apps, guests and shared accounts. */
  readonly sponsorId?: string;
  /** Set when the look-up showed that this subject is an already known one. */
  readonly sameAs?: string;
  readonly readAt: Instant;
}
