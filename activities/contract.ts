/** What the workflows ask of the world, as types; workflows import nothing else from here. One object in, one object out. */
import type { Alert, AlertRef } from '../domain/alert.js';
import type { CaseState, Escalation, ExposureSummary, HumanTask, TimelineEntry, Verdict } from '../domain/case.js';
import type { CaseSummary } from '../domain/case-summary.js';
import type { PlanWait } from '../domain/plan-wait.js';
import type { ApprovalDecision, ForgetDecision, Signed, Stop, SwitchDecision } from '../domain/decision.js';
import type { SharedPlace } from '../domain/colleagues.js';
import type { Collection, Depth, EvidenceRef, Gap } from '../domain/evidence.js';
import type { Assessment } from '../domain/finding.js';
import type { OwnedSighting, Traces } from '../domain/pivot.js';
import type { ActionResult, ContainmentPlan, Readback, SignedPlan, SignedResult } from '../domain/plan.js';
import type { Instant, Platform, Severity, TenantRef } from '../domain/platform.js';
import type { PlannedFor } from '../domain/acts/index.js';
import type { CasePolicy } from '../domain/policy.js';
import type { CasePart } from '../domain/retention.js';
import type { ResolvedStep } from '../domain/resolved-step.js';
import type { Refusal } from '../domain/refusals.js';
import type { SubjectFacts } from '../domain/subject.js';

/** Role `evidence`. Queue `evidence-<platform>-<tenant>`; `identifySubject` on the queue of the alert's platform. */
export interface EvidenceActivities {
  identifySubject(input: { readonly caseId: string; readonly subjectId: string }): Promise<SubjectFacts>;
  /** All sources of one tenant and depth in one heartbeating activity; a source that fails becomes a gap, never a failure of the case. */
  collectEvidence(input: {
    readonly caseId: string;
    readonly subjectId: string;
    readonly tenant: TenantRef;
    readonly depth: Depth;
    readonly from: Instant;
    readonly to: Instant;
    readonly readContent: boolean;
  }): Promise<Collection>;
  /**
   * Who else of a tenant has an attacker's traces, the subject too; with the subject of each account that got in. Ids alone. A log that
   * can't be searched is a gap, never a failure of the case.
   */
  findOthers(input: {
    readonly caseId: string;
    readonly subjectId: string;
    readonly tenant: TenantRef;
    readonly traces: Traces;
    readonly from: Instant;
    readonly to: Instant;
  }): Promise<{ readonly sightings: readonly OwnedSighting[]; readonly gaps: readonly Gap[] }>;
}

/** Role `analysis`. Queue `analysis`. */
export interface AnalysisActivities {
  /** Indicators, questions, patterns and impact over all collections so far; at depth `wide` also baseline and threat intelligence. */
  assess(input: {
    readonly caseId: string;
    readonly subject: SubjectFacts;
    readonly collections: readonly Collection[];
    readonly alerts: readonly AlertRef[];
    readonly depth: Depth;
    readonly policyDigest: string;
    /** Places from which several colleagues came. */
    readonly sharedPlaces?: readonly SharedPlace[];
  }): Promise<Assessment>;
  /**
   * The plan for a verdict from findings and facts, signed as its author; undefined when nothing the evidence ties to the case can be stopped.
   * Only for accounts that the evidence worker read and signed for this case.
   */
  planContainment(input: {
    readonly caseId: string;
    readonly purpose: ContainmentPlan['purpose'];
    readonly verdict: Verdict;
    /** How the case weighed the explanations, and whether somebody who has to know confirms it. */
    readonly weighed?: Pick<Escalation, 'ranking' | 'attack'> & { readonly confirmed: readonly PlannedFor[] };
    readonly severity: Severity;
    readonly subject: SubjectFacts;
    readonly assessment: Assessment;
    readonly collections: readonly Collection[];
    readonly done: readonly ActionResult[];
    readonly policyDigest: string;
  }): Promise<SignedPlan | undefined>;
  /** The exposure ledger; and from it the disclosure file: known, unknown, data classes, people affected, clocks, drafts. */
  auditExposure(input: {
    readonly caseId: string;
    readonly subject: SubjectFacts;
    readonly collections: readonly Collection[];
    readonly assessment: Assessment;
    readonly verdict: Verdict;
    readonly plans: CaseState['plans'];
    readonly policyDigest: string;
  }): Promise<{ readonly exposure: ExposureSummary; readonly disclosure: EvidenceRef }>;
}

/** Role `people`. Queue `people`. */
export interface PeopleActivities {
  /** Asks the subject (or sponsor) on the first channel of the plan that the suspicion does not touch; nobody when the case is `covert`. */
  contactSubject(input: {
    readonly caseId: string;
    readonly subject: SubjectFacts;
    readonly askId: string;
    /** The evidence points at the subject itself: a question would warn an insider. */
    readonly covert?: boolean;
    readonly suspect: readonly Platform[];
    readonly deadline: Instant;
  }): Promise<{
    /** `none` when nobody was asked. */
    readonly channel: string;
    /** Platform whose chat the channel is. */
    readonly on?: Platform;
    readonly avoided: readonly string[];
    readonly sentAt: Instant;
  }>;
  /** Opens the form in which whoever was asked answers in their own words; a press that is too old opens none. */
  openForm(input: {
    readonly platform: Platform;
    readonly tenant: string;
    /** The vendor's right to open one form, good for seconds. */
    readonly trigger: string;
    /** Answer token of the question. */
    readonly token: string;
    /** Where words for the person are posted. */
    readonly replyTo?: string | undefined;
  }): Promise<{ readonly opened: boolean }>;
  /** Tells approvers, with a link to the console; never the plan's content on the suspect platform. */
  requestApproval(input: {
    readonly caseId: string;
    readonly plan: ContainmentPlan;
    readonly planDigest: string;
    readonly suspect: readonly Platform[];
    readonly deadline: Instant;
  }): Promise<{ readonly asked: number }>;
  /** Tells the holder of a task. */
  announceTasks(input: {
    readonly caseId: string;
    readonly tasks: readonly HumanTask[];
    readonly suspect: readonly Platform[];
  }): Promise<{ readonly told: number }>;
  /** The one `notify` port: mail, signed webhook, pager; never only on the suspect platform. */
  notifyIncidentResponse(input: {
    readonly caseId: string;
    readonly verdict: Verdict;
    readonly severity: Severity;
    readonly suspect: readonly Platform[];
    readonly acknowledgeBy: Instant;
  }): Promise<{ readonly ways: readonly string[] }>;
}

/** Role `containment`. Queue `containment-<platform>-<tenant>`. The last gate: checks everything itself before each write. */
export interface ContainmentActivities {
  actOnStep(input: {
    readonly plan: SignedPlan;
    readonly step: number;
    readonly decisions: readonly Signed<ApprovalDecision>[];
  }): Promise<SignedResult>;
  verifyStep(input: { readonly plan: SignedPlan; readonly step: number; readonly since: Instant }): Promise<Readback>;
  /** Needs a signed `release` decision on the same digest. */
  revertStep(input: {
    readonly plan: SignedPlan;
    readonly step: number;
    readonly decisions: readonly Signed<ApprovalDecision>[];
  }): Promise<SignedResult>;
  /** What the steps at this tenant would touch if they were carried out now; the accounts' names go to the dossier. */
  resolveSteps(input: { readonly plan: SignedPlan }): Promise<{
    readonly steps: readonly ResolvedStep[];
    readonly names: EvidenceRef;
  }>;
}

/** Role `containment`. Queue `containment-switch`. */
export interface SwitchActivities {
  /**
   * Takes a signed stop or resume after the same checks as the guard, and answers how the switch stands then. A decision that it has taken
   * before changes nothing and is answered the same way. Errors: what domain/switch.ts refuses it for, none of them retryable.
   */
  switchContainment(input: { readonly signed: Signed<SwitchDecision> }): Promise<{ readonly stopped?: Stop }>;
}

/** Role `records`. Queue `records`. */
export interface RecordsActivities {
  /** Pins policy, keys and deciders; first line of the audit chain; case index. */
  openCase(input: { readonly summary: CaseSummary; readonly alerts: readonly AlertRef[] }): Promise<CasePolicy>;
  /**
   * Appends to the audit chain and updates the case index, several lines at once; idempotent by case and line. Cases that share an
   * attacker's address, app or session are one incident, which is started or joined.
   */
  recordProgress(input: {
    readonly summary: CaseSummary;
    readonly entries: readonly TimelineEntry[];
  }): Promise<{ readonly incidentId?: string }>;
  /** Whose decision a plan waits for, as it is now. */
  listPlan(input: PlanWait): Promise<void>;
  /** Messages to a workflow that were not obeyed: the first ones, and how many they are by now. Idempotent by workflow and count. */
  recordRefusals(input: {
    readonly workflowId: string;
    /** Of the chain of runs: tells a workflow from the one that had its id before. */
    readonly firstRunId: string;
    readonly caseId?: string;
    readonly refused: readonly Refusal[];
    readonly count: number;
  }): Promise<void>;
  /** Hands the alerts of a duplicate case to the one that stays. */
  handOver(input: {
    readonly fromCaseId: string;
    readonly toSubjectId: string;
    readonly alerts: readonly AlertRef[];
  }): Promise<{ readonly caseId: string }>;
  /**
   * Alerts of Quell's own start or join the subject's case; one that is just closing is tried again until the next can start. With `tie`
   * both cases become one incident, and a case that knows of those links already is told nothing.
   */
  raiseAlerts(input: {
    readonly caseId: string;
    readonly subjectId: string;
    readonly home: TenantRef;
    readonly after: string;
    readonly alerts: readonly AlertRef[];
    readonly tie?: {
      /** What the alerts say, for the dossier of the case that is told. */
      readonly told: readonly Alert[];
      /** Hashes of what ties the cases. */
      readonly links: readonly string[];
      readonly severity: Severity;
    };
  }): Promise<void>;
  /** The last lines, the report (HTML and JSON, one file each, under the reports folder), the case closed in chain and index. */
  closeCase(input: {
    readonly state: CaseState;
    readonly entries: readonly TimelineEntry[];
  }): Promise<{ readonly html: string; readonly json: string; readonly sha256: string }>;
}

/** Role `records`. Queue `records`. */
export interface ForgettingActivities {
  /** A page of cases of which something is due and that no hold keeps, the longest closed first; none after the last. */
  dueToForget(input: {
    readonly after?: { readonly caseId: string; readonly closedAt: Instant };
  }): Promise<readonly { readonly caseId: string; readonly closedAt: Instant }[]>;
  /** Forgets what is due of a case by the policy as it is now, and answers what; nothing of one that is open, held, or contained still. Idempotent. */
  forgetDue(input: { readonly caseId: string }): Promise<readonly CasePart[]>;
  /** Forgets people of whom no dossier is kept any more. Idempotent. */
  forgetOthers(): Promise<{ readonly subjects: number }>;
  /** Obeys a hold, its end, or an erasure; the same decision again goes on with it. Errors: what it is refused for; CASE_OPEN, CASE_HELD, and nothing was erased. */
  obeyForgetting(input: { readonly signed: Signed<ForgetDecision> }): Promise<void>;
}
