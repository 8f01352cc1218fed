import type { DefeatedAttempts } from './attempts.js';
import type { InDoubt } from './colleagues.js';
import type { Instant, Platform } from './platform.js';
import type { Whose } from './attribution.js';
import type { Traces } from './pivot.js';
import type { Depth, EvidenceRef, LogSource } from './evidence.js';
import type { EvidenceLine } from './explanations.js';

/** The four key indicators of the playbook come first; the rest are login, IAM, intelligence and people signals. */
export const FINDING_KINDS = [
  'unusual_chat_activity',
  'bulk_collection',
  'sensitive_uploads',
  'config_or_api_change',
  'unusual_sign_in',
  'unmatched_activity', // a chat action with no matching sign-in
  'session_reuse',
  'credential_change',
  'app_consent',
  'external_share',
  'security_notice',
  'hidden_notice', // a rule or deletion hides a security mail
  'credential_exposed',
  'platform_alert',
  'volume_surge',
  'baseline_deviation',
  'threat_intelligence',
  'frequent_involvement',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
export const KEY_INDICATORS = [
  'unusual_chat_activity',
  'bulk_collection',
  'sensitive_uploads',
  'config_or_api_change',
] as const satisfies readonly FindingKind[];

export type Confidence = 'low' | 'medium' | 'high';

/** A number that was measured and what it was held against. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly threshold: number;
  readonly unit: string;
}

/** An indicator (or T2 result) that holds, with the events that show it. Kept in the case's analysis file. */
export interface Finding {
  /** Stable for the same evidence: `f-` and a hash over kind, platform and event ids. */
  readonly id: string;
  readonly kind: FindingKind;
  readonly platform: Platform;
  readonly confidence: Confidence;
  readonly measures: readonly Measure[];
  /** Ids of the events that show it; removing one of them changes this finding and no other. */
  readonly events: readonly string[];
  /**
   * Those of `events` that happened in a session that is not the subject's own: all that containment may aim at. A finding
   * also cites the subject's own rows where it compares with them. Absent: all of them when `ownSession` is false.
   */
  readonly foreignEvents?: readonly string[];
  readonly logSources: readonly LogSource[];
  readonly attack: readonly string[];
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** True when all of it happened inside an authenticated session of the subject: only such findings count for automatic steps. */
  readonly inSession: boolean;
  /** True when the acting session is one the subject is known for (known device, address, hours). Tells insider from takeover. */
  readonly ownSession: boolean;
  /** Whose the acts are that it shows; absent in findings of older versions. */
  readonly whose?: Whose;
  /** The person's own rows of before show its like, so often. */
  readonly usual?: 'daily' | 'weekly' | 'monthly';
  /** One sentence for people; may name files and channels. */
  readonly text: string;
}

/** What a workflow holds of a finding: no names, no text. */
export type FindingDigest = Pick<
  Finding,
  'id' | 'kind' | 'platform' | 'confidence' | 'attack' | 'firstAt' | 'lastAt' | 'inSession' | 'ownSession' | 'whose'
> & {
  readonly eventCount: number;
  /** One of the independent findings that the policy asks for: of another kind than the others, and no log row shows two of them. */
  readonly independent?: boolean;
};

/** A pattern of the policy that matched: ordered findings inside a window from independent sources. */
export interface PatternMatch {
  readonly patternId: string;
  readonly name: string;
  readonly attack: readonly string[];
  readonly findings: readonly string[];
  readonly suggests: 'compromised' | 'insider';
}

export const QUESTIONS = ['login_pattern', 'frequent_users', 'volume_increase', 'platform_alerts'] as const;
export type Question = (typeof QUESTIONS)[number];

/** One of the playbook's questions for analysis, answered. What a log can't show is `unknown`, never 0. */
export interface QuestionAnswer {
  readonly question: Question;
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly measures: readonly Measure[];
  readonly why: string;
  readonly findings: readonly string[];
}

/** How much critical business data is in play, by the policy's labels, channels and name lists. */
export interface Impact {
  readonly level: 'none' | 'limited' | 'high';
  readonly criticalItems: number;
  readonly exposedSecrets: number;
  /** Secrets whose use was logged, and accounts whose issuer says that their credential leaked. */
  readonly confirmedLeaks: number;
  /** Findings that show those. */
  readonly leakFindings?: readonly string[];
  readonly externalTransfers: number;
  /** Those of them that carry critical business data. */
  readonly criticalTransfers: number;
}

/** Result of an assessment as the workflow holds it; the whole is in `file`. */
export interface Assessment {
  readonly file: EvidenceRef;
  readonly depth: Depth;
  readonly findings: readonly FindingDigest[];
  readonly patterns: readonly PatternMatch[];
  readonly questions: readonly QuestionAnswer[];
  readonly impact: Impact;
  /** Hashes of attacker addresses, apps and sessions, to find related cases. */
  readonly links: readonly string[];
  /** What speaks for and against each explanation; absent in assessments of older versions. */
  readonly lines?: readonly EvidenceLine[];
  /** Somebody else than the subject, or an app, got in: there is an access that a "not me" can be about. */
  readonly foreignAccess?: boolean;
  /** What the attacker can be followed by, to find who else has it. */
  readonly traces?: Traces;
  /** What strangers tried in vain. */
  readonly attempts?: readonly DefeatedAttempts[];
  /** Places that colleagues could explain. */
  readonly inDoubt?: readonly InDoubt[];
}
