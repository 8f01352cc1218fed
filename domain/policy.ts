import type { Severity } from './platform.js';
import type { Confidence, FindingKind } from './finding.js';
import type { Explanation, WeightOverrides } from './explanations.js';
import type { ActionKind, PlannedFor } from './acts/index.js';
import type { LegalClock } from './clocks.js';
import type { ApprovalRule, Decider, DecisionKey } from './decision.js';
import type { PivotPolicy } from './pivot.js';
import type { RetentionPolicy } from './retention.js';
import type { TenantRef } from './platform.js';

/** Numbers of the indicators. Counts are per subject inside `windowMinutes`. */
export interface IndicatorThresholds {
  readonly chatActivity: {
    readonly windowMinutes: number;
    readonly messages: number;
    readonly withLinks: number;
    readonly withAttachments: number;
    readonly withCredentials: number;
  };
  readonly bulkCollection: {
    readonly windowMinutes: number;
    readonly files: number;
    readonly conversations: number;
    readonly bytes: number;
    readonly apiCalls: number;
    readonly exports: number;
  };
  readonly sensitiveUploads: {
    readonly windowMinutes: number;
    readonly uploads: number;
    readonly keywords: readonly string[];
  };
  readonly configChange: { readonly operations: readonly string[]; readonly scopes: readonly string[] };
  readonly signIn: {
    readonly travelKilometres: number;
    readonly travelKmPerHour: number;
    readonly failures: number;
    readonly failureWindowMinutes: number;
    readonly baselineDays: number;
    /** A chat action must have a sign-in or session of the same actor within this time before it. */
    readonly sessionHours: number;
    readonly suspiciousReasons: readonly string[];
  };
  readonly volume: {
    /** Robust deviations above the person's own past, and how many times the usual: both must hold. */
    readonly zScore: number;
    readonly times: number;
    /** Days that say what is usual. */
    readonly baselineDays: number;
    /** Items in a day below which nothing is a surge. */
    readonly floor: number;
    /** A new context that takes so many files and conversations on so many different days. */
    readonly slow: { readonly days: number; readonly items: number };
  };
  readonly involvement: { readonly days: number; readonly incidents: number };
}

export interface PatternStep {
  readonly finding: FindingKind;
  readonly attack: string;
  readonly minConfidence?: Confidence;
  readonly ownSession?: boolean;
}
/** Ordered findings inside a window; rows are never counted twice and `minSources` independent log sources must show it. */
export interface Pattern {
  readonly id: string;
  readonly name: string;
  readonly steps: readonly PatternStep[];
  readonly withinHours: number;
  readonly minSources: number;
  readonly suggests: 'compromised' | 'insider';
}

/** What "critical business data" is. */
export interface CriticalData {
  readonly labels: readonly string[];
  readonly channels: readonly string[];
  readonly names: readonly string[];
  readonly highItems: number;
}

/** Contact ladder: which channel, in what order, how long each wait lasts, what silence means. */
export interface ContactPolicy {
  /** `mail`, `manager`, `phone_task`, or a platform's channel of talk. */
  readonly channels: readonly string[];
  readonly answerWithinMinutes: number;
  /** What silence counts as, by severity of the case. */
  readonly silence: Readonly<Record<Severity, 'escalate' | 'watch' | 'close'>>;
}

/** Bounds of the blast radius; a step that would pass one of them is not carried out. */
export interface BudgetLimits {
  readonly accountsPerHour: number;
  readonly actionsPerHour: number;
  /** Of one department, where the vendor's directory names it. */
  readonly accountsPerDepartmentPerHour: number;
  /** Accounts of the organisation that are under containment at the same time. */
  readonly accountsHeld: number;
}

export interface ContainmentPolicy {
  /** Which approval rule each action kind needs; `automatic` needs no person but a ground in a signed manifest. */
  readonly rules: Readonly<Record<ActionKind, string>>;
  readonly approvalRules: readonly ApprovalRule[];
  /** Rule that replaces every other one for VIPs and protected accounts that may still be acted on by approval. */
  readonly vipRule: string;
  readonly approvalWithinMinutes: number;
  /** Actions planned for a verdict; the plan keeps those the evidence ties to the case. */
  readonly actionsFor: Readonly<Record<PlannedFor, readonly ActionKind[]>>;
  readonly holdChecks: number;
  readonly holdEveryMinutes: number;
  /** Blast radius across cases, in accounts that are affected and in steps. */
  readonly budget: BudgetLimits;
}

export interface DisclosurePolicy {
  /** Exposure at or above which a disclosure file is proposed. */
  readonly significantItems: number;
  readonly significantSecrets: number;
  readonly clocks: readonly LegalClock[];
  readonly acknowledgeWithinMinutes: number;
}

/** How a case decides. Weights that are not named are the product's own (domain/weights.ts, docs/decision.md). */
export interface DecisionPolicy {
  readonly thresholds: {
    /** Probability of an attack from which the case keeps watch and asks people. */
    readonly watch: number;
    /** From which it goes to a responder. */
    readonly escalate: number;
    /** How much lower that is at the end of a watch. */
    readonly watchSensitivity: number;
    /** From which an act may be proposed, by its harm when it hits the wrong one. */
    readonly propose: Readonly<Record<'low' | 'medium' | 'high', number>>;
    /** So much more for VIPs, administrators and other accounts that many depend on. */
    readonly special: number;
  };
  readonly watch: { readonly days: number; readonly everyHours: number };
  /** Pinned with a case; the product's own otherwise. */
  readonly priors?: Readonly<Record<Explanation, number>>;
  /** By evidence code, then by explanation. */
  readonly weights: WeightOverrides;
  /** By fact code. */
  readonly facts: Readonly<Partial<Record<string, number>>>;
}

/** What one alert may set going. */
export interface AlertsPolicy {
  /** Cases that one alert opens at most; who is left is a task for a person. */
  readonly maxCasesPerAlert: number;
}
export const ALERTS: AlertsPolicy = { maxCasesPerAlert: 25 };

/** The whole policy: data, validated at load, pinned by digest in plan and report. */
export interface Policy {
  readonly version: string;
  readonly indicators: IndicatorThresholds;
  readonly patterns: readonly Pattern[];
  readonly critical: CriticalData;
  readonly contact: ContactPolicy;
  readonly containment: ContainmentPolicy;
  readonly disclosure: DisclosurePolicy;
  readonly decision: DecisionPolicy;
  /** The subject's own rows of `focusHours` before the first alert are measured, older ones are its past; what is not surely its own is measured over the whole window. */
  readonly windows: { readonly focusHours: number; readonly narrowHours: number; readonly wideDays: number };
  /** Automatic-step grounds: rule name and the findings that must all hold in session. */
  readonly grounds: readonly { readonly rule: string; readonly findings: readonly FindingKind[] }[];
  /** Severity from which the text of private messages may be read without an approval. */
  readonly readContentFrom: Severity;
  readonly escalation: {
    readonly patternsNeeded: number;
    readonly impact: 'limited' | 'high';
    readonly independentFindings: number;
  };
  readonly vips: readonly string[];
  /** `ALERTS` when a policy says nothing. */
  readonly alerts?: AlertsPolicy;
  /** How far a case looks beyond its subject; `PIVOT` of domain/pivot.ts when a policy says nothing. */
  readonly pivot?: PivotPolicy;
  /** `RETENTION` of domain/retention.ts when a policy says nothing. */
  readonly retention?: RetentionPolicy;
}

/** What a case workflow needs of the policy and configuration, pinned at its start: compact, no names. */
export interface CasePolicy {
  readonly digest: string;
  readonly contact: ContactPolicy;
  readonly containment: Pick<
    ContainmentPolicy,
    'approvalRules' | 'approvalWithinMinutes' | 'holdChecks' | 'holdEveryMinutes'
  >;
  readonly disclosure: Pick<
    DisclosurePolicy,
    'significantItems' | 'significantSecrets' | 'acknowledgeWithinMinutes' | 'clocks'
  >;
  readonly escalation: Policy['escalation'];
  readonly decision: DecisionPolicy;
  readonly windows: Policy['windows'];
  readonly readContentFrom: Severity;
  readonly keys: readonly DecisionKey[];
  readonly deciders: readonly Decider[];
  /** Keys by which the containment worker vouches for its results. */
  readonly resultKeys: readonly { readonly keyId: string; readonly publicKey: string }[];
  /** Divides waits in the demo: lag horizons and people's deadlines. 1 in production. */
  readonly pace: { readonly lag: number; readonly people: number };
  readonly mode: 'live' | 'shadow';
  /** All tenants of the organisation: where others may be found. None: a case looks at its subject alone. */
  readonly tenants?: readonly TenantRef[];
  readonly pivot?: PivotPolicy;
}
