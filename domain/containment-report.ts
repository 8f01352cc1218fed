import { CLOCK_SKEW_MS, clearanceOf, refuseDecision, type ApprovalContext } from './approval.js';
import { digest, verifySignature } from './canonical.js';
import type { ContainmentStatus, PlanState } from './case.js';
import type { ApprovalDecision, Signed } from './decision.js';
import { ERRORS, type ErrorCode } from './errors.js';
import type { ActionResult, ContainmentPlan, PlannedAction, SignedResult } from './plan.js';
import type { Instant } from './platform.js';
import type { CasePolicy } from './policy.js';

/** The signature of the containment worker over `{ planDigest, result }`, beside the result of that step. */
export interface ResultSignature {
  readonly step: number;
  readonly keyId: string;
  readonly signature: string;
}

/** What came of the steps of a plan: at most one result each, signed where it says more than that nothing was done. */
export interface Outcome {
  readonly results: readonly ActionResult[];
  readonly signatures: readonly ResultSignature[];
}

/** What a containment tells its case, with all that the case needs to hold it against what it knows itself. */
export interface ContainmentReport extends Outcome {
  readonly plan: ContainmentPlan;
  readonly status: ContainmentStatus;
  readonly decisions: readonly Signed<ApprovalDecision>[];
}

/** What the case knows of the plan. */
export interface KnownPlan {
  readonly plan: Pick<PlanState, 'planId' | 'digest' | 'deadline' | 'status' | 'results'>;
  readonly policy: Pick<CasePolicy, 'containment' | 'deciders' | 'keys' | 'resultKeys'>;
  readonly now: Instant;
}

const NOT_DONE = ['DENIED', 'DECISION_EXPIRED', 'VENDOR_DOWN', 'UNSUPPORTED'] as const;
type NotDone = (typeof NOT_DONE)[number];

/**
 * A step that no worker has done, in the words of the catalogue: refused, failed (VENDOR_DOWN), or a person's task (UNSUPPORTED). It is all
 * that can be said of a step without the containment worker's signature.
 */
export function notDone(
  { planId }: Pick<ContainmentPlan, 'planId'>,
  { step, reason }: Pick<PlannedAction, 'step' | 'reason'>,
  code: NotDone,
  at: Instant,
): ActionResult {
  const status = code === 'UNSUPPORTED' ? 'task_open' : code === 'VENDOR_DOWN' ? 'failed' : 'refused';
  const words = code === 'UNSUPPORTED' ? reason : ERRORS[code].text;
  return { planId, step, status, at, code, text: words, verified: false, writes: [], allowedBy: [] };
}

/** With a result in the place of what was known of its step, in the order of the steps. */
export function withResult({ results, signatures }: Outcome, given: SignedResult | ActionResult): Outcome {
  const result = 'body' in given ? given.body.result : given;
  const sealed = 'body' in given ? [{ step: result.step, keyId: given.keyId, signature: given.signature }] : [];
  const others = <T extends { readonly step: number }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => one.step !== result.step);
  return {
    results: [...others(results), result].sort((a, b) => a.step - b.step),
    signatures: [...others(signatures), ...sealed],
  };
}

/** Something of the plan holds, or would in shadow mode, or is a person's to do. */
export const holds = ({ results }: Pick<Outcome, 'results'>): boolean =>
  results.some((r) => r.verified || r.status === 'shadow' || r.status === 'task_open');

/**
 * Why a case does not believe a report, or undefined when everything in it follows from what was signed: the plan by its digest, what was done by
 * the containment worker's signature, what was decided by people's. Whoever can send it can at most say that nothing was done.
 */
export function refuseReport(report: ContainmentReport, known: KnownPlan): ErrorCode | undefined {
  const { plan, decisions } = report;
  if (plan.planId !== known.plan.planId || digest(plan) !== known.plan.digest) return 'PLAN_CHANGED';
  const { deciders, keys, containment } = known.policy;
  const context: ApprovalContext = {
    ...{ plan, planDigest: known.plan.digest, deciders, keys },
    rules: containment.approvalRules,
  };
  for (const [i, decision] of decisions.entries()) {
    // Whether it came in time was looked at when it came.
    const code = refuseDecision(decision, context, decisions.slice(0, i), decision.body.at);
    if (code) return code;
  }
  if (!report.results.every((result) => isVouchedFor(result, report, known))) return 'SIGNATURE';
  if (!follows(report, known, context)) return 'NOT_AUTHORISED';
  return moves(known.plan.status, report.status) ? undefined : 'DECISION_REPLAYED';
}

/**
 * Of a step of this plan, and signed by the containment worker or exactly what can be said without. What it vouched for once, it alone takes
 * back.
 */
function isVouchedFor(
  result: ActionResult,
  { plan, signatures }: ContainmentReport,
  { plan: { digest: planDigest, results: before }, policy }: KnownPlan,
): boolean {
  const action = plan.actions.find((a) => a.step === result.step);
  if (!action || result.planId !== plan.planId) return false;
  const sealed = signatures.find((s) => s.step === result.step);
  const wasDone = before.some((b) => b.step === result.step && (b.verified || b.writes.length > 0));
  if (!sealed) return !wasDone && isNotDone(result, plan, action);
  // A case that an older version opened has no such keys.
  const key = (policy.resultKeys ?? []).find((k) => k.keyId === sealed.keyId);
  return key !== undefined && verifySignature({ planDigest, result }, sealed.signature, key.publicKey);
}

function isNotDone(result: ActionResult, plan: ContainmentPlan, action: PlannedAction): boolean {
  const code = NOT_DONE.find((c) => c === result.code);
  if (code === undefined || (code === 'UNSUPPORTED' && action.by !== 'task')) return false;
  return digest(notDone(plan, action, code, result.at)) === digest(result);
}

/** Whether the status is what decisions, results and the clock make of the plan. */
function follows(report: ContainmentReport, { plan, now }: KnownPlan, context: ApprovalContext): boolean {
  const { cleared, denied, released } = clearanceOf(context, report.decisions);
  const each = report.plan.actions.every((a) => report.results.filter((r) => r.step === a.step).length === 1);
  if (report.results.length > report.plan.actions.length) return false;
  switch (report.status) {
    case 'awaiting_approval':
      return report.results.length === 0;
    case 'acting':
      return cleared.length > 0;
    case 'denied':
      return each && cleared.length === 0 && denied.length > 0 && !holds(report);
    case 'expired':
      return each && cleared.length === 0 && denied.length === 0 && !holds(report) && isOver(plan.deadline, now);
    case 'failed':
      return each && cleared.length > 0 && !holds(report);
    case 'holding':
    case 'permanent':
      return each && cleared.length > 0 && holds(report);
    case 'released':
      return each && released;
  }
}

/** Containment's clock and the case's need not be one. */
const isOver = (deadline: Instant, now: Instant): boolean => Date.parse(deadline) <= Date.parse(now) + CLOCK_SKEW_MS;

/** A plan goes one way. `failed` may also be the case's own word for a containment that gave no sign, and that speaks after all. */
const NEXT: Readonly<Record<ContainmentStatus, readonly ContainmentStatus[]>> = {
  awaiting_approval: ['acting', 'holding', 'denied', 'expired', 'failed', 'permanent', 'released'],
  acting: ['holding', 'failed', 'permanent', 'released'],
  failed: ['holding', 'permanent', 'released', 'denied', 'expired'],
  holding: ['permanent', 'released'],
  permanent: ['released'],
  denied: [],
  expired: [],
  released: [],
};

const moves = (from: ContainmentStatus, to: ContainmentStatus): boolean => from === to || NEXT[from].includes(to);
