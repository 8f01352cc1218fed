import { clearanceOf, refuseDecision, type ApprovalContext, type Clearance } from '../../domain/approval.js';
import type { ApprovalDecision, Signed } from '../../domain/decision.js';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import type { ContainmentConfig } from './config.js';

type Decision = Signed<ApprovalDecision>;

export interface Decided extends Clearance {
  /** Decisions that count, by this worker's own keys, people, roles and clock. */
  readonly accepted: readonly Decision[];
  /** What to say when they are not enough: the one reason that all refused decisions share, or NOT_AUTHORISED. */
  readonly refusal: QuellError;
}

/** How the plan stands by the decisions that this worker accepts. */
export function decided(
  plan: ContainmentPlan,
  planDigest: string,
  decisions: readonly Decision[],
  config: ContainmentConfig,
  now: Date,
): Decided {
  const context: ApprovalContext = {
    plan,
    planDigest,
    rules: config.approval.approvalRules,
    deciders: config.deciders,
    keys: config.decisionKeys,
  };
  const accepted: Decision[] = [];
  const refused = new Set<ErrorCode>();
  for (const decision of decisions) {
    const code = refuseDecision(decision, context, accepted, now.toISOString());
    if (code) refused.add(code);
    else accepted.push(decision);
  }
  const [only] = refused;
  const telling =
    accepted.length === 0 && refused.size === 1 && (only === 'PLAN_CHANGED' || only === 'DECISION_EXPIRED');
  const refusal = telling
    ? new QuellError(only)
    : new QuellError('NOT_AUTHORISED', `${String(accepted.length)} of ${String(decisions.length)} decisions count`);
  return { ...clearanceOf(context, accepted), accepted, refusal };
}
