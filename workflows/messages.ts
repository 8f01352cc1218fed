/** Message definitions that clients import too. No other code. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AlertRef } from '../domain/alert.js';
import type { CaseState, ContainmentStatus } from '../domain/case.js';
import type { ContainmentReport, ResultSignature } from '../domain/containment-report.js';
import type {
  ApprovalDecision,
  ContactAnswer,
  Signed,
  Stop,
  SwitchDecision,
  TaskCompletion,
} from '../domain/decision.js';
import type { Collection, Depth } from '../domain/evidence.js';
import type { Assessment } from '../domain/finding.js';
import type { OwnedSighting } from '../domain/pivot.js';
import type { ActionResult, SignedPlan } from '../domain/plan.js';
import type { CasePolicy } from '../domain/policy.js';
import type { Instant, Severity, TenantRef } from '../domain/platform.js';
import type { Refusals } from '../domain/refusals.js';
import type { SubjectFacts } from '../domain/subject.js';
import type { AuditedRefusals } from './refusals.js';

/** Argument of the `caseWorkflow`. `resume` crosses a continue-as-new. */
export interface CaseInput {
  readonly caseId: string;
  readonly subjectId: string;
  /** Where the first alert's account lives: the queue that identifies the subject. */
  readonly home: TenantRef;
  /** Case that was closing when this alert came. */
  readonly after?: string;
  readonly resume?: CaseState;
}
/** Argument of the `evidenceWorkflow`: what to read of which tenants, and what is known already. */
export interface EvidenceInput {
  readonly caseId: string;
  readonly subject: SubjectFacts;
  readonly tenants: readonly TenantRef[];
  readonly reads: readonly { readonly depth: Depth; readonly from: Instant }[];
  readonly to: Instant;
  readonly readContent: boolean;
  readonly known: readonly Collection[];
  readonly alerts: readonly AlertRef[];
  readonly policyDigest: string;
  /** Where to look for colleagues at a place in doubt, and since when; nowhere without it. */
  readonly beyond?: { readonly tenants: readonly TenantRef[]; readonly from: Instant };
  /** To look there also for others who have the attacker's traces. */
  readonly follow?: boolean;
}
/** Who else has the attacker's traces, as far as the tenants could be searched. */
export interface Search {
  readonly sightings: readonly OwnedSighting[];
  /** Sources that gave not all, and tenants that gave nothing. */
  readonly gaps: readonly string[];
}
export interface EvidenceRound {
  readonly collections: readonly Collection[];
  /** Tenants that gave nothing; gaps of the case. */
  readonly unread: readonly { readonly tenant: TenantRef; readonly depth: Depth }[];
  readonly assessment: Assessment;
  readonly search?: Search;
}
export interface ContainmentInput {
  readonly plan: SignedPlan;
  readonly planDigest: string;
  readonly policy: CasePolicy;
  /** Id of the subject's case, to tell it how it goes. */
  readonly caseId: string;
  /** Until when people may decide. */
  readonly deadline: Instant;
  readonly suspect: readonly TenantRef['platform'][];
  readonly resume?: ContainmentState;
}
export interface ContainmentState extends AuditedRefusals {
  readonly planId: string;
  readonly planDigest: string;
  status: ContainmentStatus;
  decisions: Signed<ApprovalDecision>[];
  results: readonly ActionResult[];
  /** Of the results that the containment worker stated. */
  signatures: readonly ResultSignature[];
  checks: number;
  drift: readonly number[];
  /** Steps whose undo gave no answer: a person must look at them. */
  notUndone?: readonly number[];
}

export interface JoinAnswer {
  readonly caseId: string;
  readonly opened: boolean;
  readonly stage: string;
}

export const joinAlertsUpdate = defineUpdate<JoinAnswer, [{ readonly alerts: readonly AlertRef[] }]>('joinAlerts');
export const joinAlertsSignal = defineSignal<[{ readonly alerts: readonly AlertRef[] }]>('joinAlerts');
export const answerUpdate = defineUpdate<void, [Signed<ContactAnswer>]>('answer');
export const answerSignal = defineSignal<[Signed<ContactAnswer>]>('answer');
export const completeTaskUpdate = defineUpdate<void, [Signed<TaskCompletion>]>('completeTask');
export const completeTaskSignal = defineSignal<[Signed<TaskCompletion>]>('completeTask');
/** To the containment workflow `containment-<planId>`. */
export const decideUpdate = defineUpdate<void, [Signed<ApprovalDecision>]>('decide');
export const decideSignal = defineSignal<[Signed<ApprovalDecision>]>('decide');
/** From containment to its case, which believes what follows from the signatures in it (domain/containment-report.ts). */
export const containmentChangedSignal = defineSignal<[ContainmentReport]>('containmentChanged');

export const viewQuery = defineQuery<CaseState>('view');
/** What a decider must see: the plan itself and how it stands. */
export interface ContainmentView extends ContainmentState {
  readonly plan: SignedPlan;
  readonly deadline: Instant;
}
export const containmentViewQuery = defineQuery<ContainmentView>('containmentView');

/** How the organisation's guard stands. */
export interface GuardState extends AuditedRefusals {
  stopped?: Stop;
  /** As the containment worker answered last. */
  heard?: Stop;
  /** Nonces of the decisions that were taken, oldest first. */
  used: readonly string[];
  /** Decisions that the containment worker has not answered yet, oldest first. */
  pending: readonly Signed<SwitchDecision>[];
}
export interface SwitchAnswer {
  readonly stopped?: Stop;
  /** Whether the containment worker has answered; until then nobody knows whether it heard. */
  readonly confirmed: boolean;
}
export interface GuardView extends SwitchAnswer, Refusals {}
/** Stopping is open to everybody who may sign in; resuming is a lead's, in time, and lifts the stop that it names. */
export const stopUpdate = defineUpdate<SwitchAnswer, [Signed<SwitchDecision>]>('stop');
export const stopSignal = defineSignal<[Signed<SwitchDecision>]>('stop');
export const resumeUpdate = defineUpdate<SwitchAnswer, [Signed<SwitchDecision>]>('resume');
export const resumeSignal = defineSignal<[Signed<SwitchDecision>]>('resume');
export const guardViewQuery = defineQuery<GuardView>('guardView');

/** A case joins the incident of cases that share an attacker's address, app or session. */
export interface IncidentState extends AuditedRefusals {
  readonly incidentId: string;
  readonly openedAt: string;
  severity: Severity;
  /** The first ones; the rest is counted. */
  casesMore?: number;
  cases: { readonly caseId: string; readonly joinedAt: string; closed: boolean }[];
}
export interface JoinIncident {
  readonly caseId: string;
  readonly severity: Severity;
  /** It had closed before it was found to belong here. */
  readonly closed?: true;
}
export const joinIncidentSignal = defineSignal<[JoinIncident]>('joinIncident');
export const caseClosedSignal = defineSignal<[{ readonly caseId: string }]>('caseClosed');
export const incidentViewQuery = defineQuery<IncidentState>('incidentView');
