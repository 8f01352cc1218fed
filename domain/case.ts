import type { AlertRef } from './alert.js';
import type { Collection, EvidenceRef, Gap } from './evidence.js';
import type { Ranked } from './explanations.js';
import type { Known } from './exposure-items.js';
import type { Assessment } from './finding.js';
import type { TraceKind } from './pivot.js';
import type { ActionResult } from './plan.js';
import type { Instant, Platform, Severity } from './platform.js';
import type { CasePolicy } from './policy.js';
import type { Refusals } from './refusals.js';
import type { SubjectFacts } from './subject.js';

export const STAGES = [
  'intake',
  'triage',
  'contact',
  'escalation',
  'investigation',
  'containment',
  'exposure',
  'disclosure',
  'closed',
] as const;
export type Stage = (typeof STAGES)[number];

export const VERDICTS = ['benign', 'false_positive', 'suspicious', 'compromised', 'insider', 'undetermined'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One reason of a decision, tied to the playbook's words and a technique. */
export interface Reason {
  /** Stable code, e.g. `pattern.session-read-share`, `impact.high`. */
  readonly code: string;
  readonly text: string;
  /** Row of the playbook it comes from. */
  readonly playbook: string;
  readonly attack?: string;
  readonly findings?: readonly string[];
}

export interface Escalation {
  readonly decision: 'escalate' | 'close' | 'watch';
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** Probability that one of the malicious explanations holds; absent in decisions of older versions, as what follows. */
  readonly attack?: number;
  /** The likeliest explanations, most likely first. */
  readonly ranking?: readonly Ranked[];
  /** The fact that would change the ranking most, and by how much. */
  readonly next?: { readonly fact: 'answer' | 'interview' | 'log'; readonly swing: number };
}

/** A wait for people: who, for what, until when, and what happens then. */
export interface HumanTask {
  readonly taskId: string;
  readonly kind:
    | 'interview'
    | 'manual_action'
    | 'rotate_secret'
    | 'significance'
    | 'acknowledge'
    | 'contact_by_phone'
    | 'read_approval'
    | 'identify_subject'
    | 'judgement'
    | 'protect_account'
    | 'stage_failed';
  /** Role that may complete it. */
  readonly role: string;
  readonly text: string;
  readonly dueAt: Instant;
  readonly ifLate: string;
  readonly fields: readonly {
    readonly name: string;
    readonly label: string;
    readonly type: 'text' | 'choice' | 'yes_no' | 'instant';
    readonly options?: readonly string[];
    readonly required: boolean;
  }[];
  readonly status: 'open' | 'done' | 'not_possible' | 'late';
  readonly planId?: string;
  readonly step?: number;
  /** Evidence-store key or reference the task is about (a secret's fingerprint, never the secret). */
  readonly about?: string;
  readonly result?: Readonly<Record<string, string | number | boolean>>;
  readonly doneBy?: string;
  readonly doneAt?: Instant;
  /** Its holders were told. */
  readonly announced?: true;
}

export interface TimelineEntry {
  readonly at: Instant;
  readonly stage: Stage;
  /** For people, in Markdown; opaque ids only, no names. */
  readonly text: string;
}

export interface ContactState {
  readonly askId: string;
  readonly channel: string;
  /** Platform whose chat the channel is. */
  readonly on?: Platform;
  readonly avoided: readonly string[];
  readonly askedAt: Instant;
  readonly deadline: Instant;
  readonly outcome: 'waiting' | 'me' | 'not_me' | 'unsure' | 'silent' | 'not_contacted';
  readonly answeredAt?: Instant;
  /** Key of the note with what the person added in their own words. */
  readonly words?: string;
  /** Of the first answer, which `outcome` is. */
  readonly nonce?: string;
  /** Other answers that came after it, oldest first. */
  readonly later?: readonly LaterAnswer[];
  /** Nonce of the newest answer that a decision has taken in. */
  readonly weighed?: string;
}

export interface LaterAnswer {
  readonly answer: 'me' | 'not_me' | 'unsure';
  readonly at: Instant;
  readonly words?: string;
  readonly nonce: string;
}

export type ContainmentStatus =
  'awaiting_approval' | 'acting' | 'holding' | 'denied' | 'expired' | 'released' | 'permanent' | 'failed';

export interface PlanState {
  readonly planId: string;
  readonly containmentId: string;
  readonly digest: string;
  readonly deadline: Instant;
  readonly purpose: 'first_steps' | 'containment';
  status: ContainmentStatus;
  results: readonly ActionResult[];
}

export interface ExposureSummary {
  readonly ledger: EvidenceRef;
  readonly channels: number;
  readonly messages: number;
  readonly files: number;
  readonly links: number;
  readonly secrets: readonly {
    readonly fingerprint: string;
    readonly kind: string;
    readonly live: 'yes' | 'no' | 'unknown';
  }[];
  readonly peopleAffected: number;
  readonly dataClasses: readonly string[];
  readonly confidence: 'low' | 'medium' | 'high';
  readonly gaps: readonly Gap[];
  /** The numbers above by how they are known; `possible` is in none of them. `calls` are those whose log does not say how much they gave. */
  readonly counts?: Readonly<
    Record<'conversations' | 'messages' | 'files' | 'links' | 'exports' | 'calls', Readonly<Record<Known, number>>>
  >;
  /** Apart from `links` since there are `counts`. */
  readonly exports?: number;
  readonly apiReads?: { readonly calls: number; readonly bytes: number };
  /** To the outside; `used`: a row shows that somebody there used it. */
  readonly shares?: { readonly outside: number; readonly used: number };
  /** Whoever acted is in `actors` alone, whom something was shared to in `recipients`. */
  readonly people?: Readonly<Record<Known | 'actors' | 'recipients', number>>;
  readonly confidenceBecause?: readonly string[];
}

/** How a case ended. `benign` is what versions before called `no_incident`. */
export const CLOSINGS = [
  'contained', // every planned act was verified
  'partly_contained', // some were; what is open is with a person
  'shadow', // nothing was written: what would have been done is with a person
  'attempt_defeated', // somebody tried and did not get in
  'no_incident', // benign or a false positive, with what speaks for it
  'undetermined', // a fact or a log is missing, and the case says which
  'handed_over', // people have it
  'merged', // another case has the alerts
  'benign',
] as const;
export type ClosedAs = (typeof CLOSINGS)[number];

/** The one typed state of a case: crosses continue-as-new, answers `view`. Ids, numbers, digests, references, decisions; no content. */
export interface CaseState extends Refusals {
  readonly caseId: string;
  readonly subjectId: string;
  readonly openedAt: Instant;
  stage: Stage;
  severity: Severity;
  verdict: Verdict;
  alerts: AlertRef[];
  /** Alerts beyond the bound that is kept, counted. */
  alertsFolded: number;
  subject?: SubjectFacts;
  /** What was read so far, newest of each tenant and depth. */
  collections: Collection[];
  /** Tenants and depths that gave nothing when they were last asked: gaps like any other. */
  unread: string[];
  assessment?: Assessment;
  contact?: ContactState;
  escalation?: Escalation;
  /** Set while a benign close waits for the lag horizons of the logs. */
  lagUntil?: Instant;
  plans: PlanState[];
  tasks: HumanTask[];
  exposure?: ExposureSummary;
  incidentId?: string;
  disclosure?: {
    readonly significant: boolean | 'unknown';
    readonly file?: EvidenceRef;
    readonly clocks: readonly {
      readonly id: string;
      readonly startedAt: Instant;
      readonly dueAt: Instant;
      readonly by: string;
    }[];
  };
  report?: { readonly html: string; readonly json: string; readonly sha256: string };
  /** Rounds of evidence so far. */
  rounds: number;
  /** Alerts that the newest round took in. */
  alertsAssessed: number;
  timeline: TimelineEntry[];
  closedAs?: ClosedAs;
  /** Set while the case keeps watch: until when it reads again. */
  watchUntil?: Instant;
  policy?: CasePolicy;
  /** Others whom the attacker's traces led to. */
  others?: readonly OtherCase[];
  /** How often the case was handed to its record: of two writes the later one is known by it. */
  written?: number;
}

/** A case that this one started or joined, and the trace that ties them. */
export interface OtherCase {
  readonly subjectId: string;
  readonly caseId: string;
  readonly by: TraceKind;
  /** Of the alert that told that case. */
  readonly alertId: string;
}

export const alertCount = (state: Pick<CaseState, 'alerts' | 'alertsFolded'>): number =>
  state.alerts.length + state.alertsFolded;
