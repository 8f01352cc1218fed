import { verifySignature } from '../../domain/canonical.js';
import type { ApprovalDecision, ApprovalRule, Signed } from '../../domain/decision.js';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import type { ContainmentPlan, PlannedAction } from '../../domain/plan.js';
import type { ContainmentConfig } from './config.js';

/** The approval rule that a plan's step names, as this worker's own policy defines it. */
export function approvalRuleOf(config: ContainmentConfig, action: PlannedAction): ApprovalRule {
  const { approvalRules, vipRule } = config.approval;
  const name = action.rule === 'automatic' ? vipRule : action.rule;
  const rule = approvalRules.find((r) => r.name === name);
  if (!rule) throw new QuellError('NOT_AUTHORISED', 'the plan names an approval rule that this worker does not know');
  return rule;
}

export interface DecisionQuestion {
  readonly plan: ContainmentPlan;
  readonly planDigest: string;
  readonly step: number;
  readonly verb: 'approve' | 'release';
  readonly rule: ApprovalRule;
  readonly decisions: readonly Signed<ApprovalDecision>[];
  readonly config: Pick<ContainmentConfig, 'decisionKeys' | 'deciders'>;
  readonly now: Date;
}

const CLOCK_SKEW_MS = 60_000;

/**
 * One valid decision of each distinct person that together meet the rule's quorum; keys, people and roles are this worker's own.
 * Throws NOT_AUTHORISED, or the nearer reason when that is all that is wrong: PLAN_CHANGED, DECISION_EXPIRED.
 */
export function decidersOf(question: DecisionQuestion): readonly Signed<ApprovalDecision>[] {
  const verdicts = question.decisions.map((d) => ({ decision: d, wrong: whatIsWrong(d, question) }));
  const people = new Map<string, Signed<ApprovalDecision>>();
  for (const { decision, wrong } of verdicts) {
    if (wrong === undefined && !people.has(decision.body.personId)) people.set(decision.body.personId, decision);
  }
  if (people.size >= Math.max(1, question.rule.quorum)) return [...people.values()];
  const reasons = new Set(verdicts.map((v) => v.wrong));
  if (people.size === 0 && reasons.size === 1) {
    const [only] = reasons;
    if (only === 'PLAN_CHANGED' || only === 'DECISION_EXPIRED') throw new QuellError(only);
  }
  throw new QuellError('NOT_AUTHORISED', `${String(people.size)} of ${String(question.rule.quorum)} valid decisions`);
}

function whatIsWrong(signed: Signed<ApprovalDecision>, { plan, planDigest, step, verb, rule, config, now }: DecisionQuestion): ErrorCode | undefined {
  const { body } = signed;
  const key = config.decisionKeys.find((k) => k.keyId === signed.keyId);
  if (!key || !verifySignature(body, signed.signature, key.publicKey)) return 'SIGNATURE';
  if (key.holder.kind === 'person' && key.holder.personId !== body.personId) return 'SIGNATURE';
  const decider = config.deciders.find((d) => d.personId === body.personId);
  if (!decider?.roles.includes(body.role) || !rule.roles.includes(body.role)) return 'NOT_AUTHORISED';
  if (decider.subjectId !== undefined && decider.subjectId === plan.subjectId) return 'NOT_AUTHORISED';
  if (body.type !== 'approval' || body.verb !== verb || body.caseId !== plan.caseId) return 'NOT_AUTHORISED';
  if (body.steps !== undefined && !body.steps.includes(step)) return 'NOT_AUTHORISED';
  if (body.planId !== plan.planId || body.planDigest !== planDigest) return 'PLAN_CHANGED';
  if (!(Date.parse(body.expiresAt) > now.getTime()) || !(Date.parse(body.at) <= now.getTime() + CLOCK_SKEW_MS)) return 'DECISION_EXPIRED';
  return undefined;
}
