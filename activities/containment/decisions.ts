import { clearanceOf, refuseDecision, type ApprovalContext, type Clearance } from '../../domain/approval.js';
import type { ApprovalDecision, Signed } from '../../domain/decision.js';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import type { ContainmentConfig } from './config.js';
import type { KnownPeople } from './people.js';

type Decision = Signed<ApprovalDecision>;

export interface Decided extends Clearance {
  /** Decisions that count, by this worker's own keys, people, roles and clock. */
  readonly accepted: readonly Decision[];
  /** What to say when they are not enough: the one reason that all refused decisions share, or NOT_AUTHORISED. */
  readonly refusal: QuellError;
}

/** What decisions are held against, all of it this worker's own. */
export interface DecidedOn {
  readonly plan: ContainmentPlan;
  readonly planDigest: string;
  /** Canonical ids of the accounts that the step affects: none of these people decides. */
  readonly affected: readonly string[];
  readonly people: KnownPeople;
  readonly config: Pick<ContainmentConfig, 'policy' | 'decisionKeys'>;
}

/** How the plan stands by the decisions that this worker accepts. */
export function decided(on: DecidedOn, decisions: readonly Decision[], now: Date): Decided {
  const { plan, planDigest, affected, people, config } = on;
  const context: ApprovalContext = {
    plan,
    planDigest,
    affected,
    rules: config.policy.containment.approvalRules,
    deciders: people.deciders,
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
