import { checkSigned } from './authority.js';
import type { ApprovalDecision, ApprovalRule, Decider, DecisionKey, Signed } from './decision.js';
import type { ErrorCode } from './errors.js';
import type { ContainmentPlan } from './plan.js';
import type { Instant } from './platform.js';

/** Needs no person, but grounds that the evidence worker signed; checked where the write happens. */
export const AUTOMATIC = 'automatic';

/** What a decision is held against. `keys`, `deciders` and `rules` come from the checker's own configuration. */
export interface ApprovalContext {
  readonly plan: ContainmentPlan;
  readonly planDigest: string;
  readonly rules: readonly ApprovalRule[];
  readonly deciders: readonly Decider[];
  readonly keys: readonly DecisionKey[];
  /** Subject ids that the case suspects; the plan's subject always counts. */
  readonly suspects?: readonly string[];
}

type Decision = Signed<ApprovalDecision>;

/**
 * Why a decision does not count, or undefined when it does: signature, case and plan, digest, expiry, single use, role,
 * and that nobody decides who is the subject or under suspicion. `accepted` are the decisions taken so far.
 */
export function refuseDecision(
  decision: Decision,
  context: ApprovalContext,
  accepted: readonly Decision[],
  now: Instant,
): ErrorCode | undefined {
  const { body } = decision;
  const { plan } = context;
  if (body?.type !== 'approval') return 'NOT_AUTHORISED';
  const unsigned = checkSigned(decision, context.keys);
  if (unsigned) return unsigned;
  if (body.caseId !== plan.caseId || body.planId !== plan.planId) return 'NOT_AUTHORISED';
  if (body.planDigest !== context.planDigest) return 'PLAN_CHANGED';
  if (isOver(body.expiresAt, now) || (body.verb !== 'release' && isOver(plan.expiresAt, now)))
    return 'DECISION_EXPIRED';
  if (accepted.some((a) => a.body.nonce === body.nonce && a.signature !== decision.signature))
    return 'DECISION_REPLAYED';
  return decider(body, context) ? undefined : 'NOT_AUTHORISED';
}

/** An end that is missing or is no instant has passed: nothing holds for ever. */
const isOver = (end: Instant, now: Instant): boolean => !(Date.parse(end) > Date.parse(now));

/** The person, when known, holding the role they decide in, and not under suspicion. */
function decider(body: ApprovalDecision, { deciders, plan, suspects = [] }: ApprovalContext): Decider | undefined {
  const person = deciders.find((d) => d.personId === body.personId);
  if (!person?.roles.includes(body.role)) return undefined;
  const suspected =
    (person.subjectId !== undefined && (person.subjectId === plan.subjectId || suspects.includes(person.subjectId))) ||
    plan.actions.some(({ target }) => (person.accounts ?? []).includes(target.accountId ?? target.id));
  return suspected ? undefined : person;
}

export interface Clearance {
  readonly cleared: readonly number[];
  readonly denied: readonly number[];
  readonly waiting: readonly number[];
  readonly released: boolean;
}

/** How the steps of a plan stand after the accepted decisions. A denial wins; a quorum counts distinct people in a role of the rule. */
export function clearanceOf(context: ApprovalContext, accepted: readonly Decision[]): Clearance {
  const cleared: number[] = [];
  const denied: number[] = [];
  const waiting: number[] = [];
  for (const { step, rule } of context.plan.actions) {
    const by = (verb: ApprovalDecision['verb']): readonly Decision[] =>
      accepted.filter(({ body }) => body.verb === verb && (body.steps === undefined || body.steps.includes(step)));
    const wanted = context.rules.find((r) => r.name === rule);
    if (rule === AUTOMATIC) cleared.push(step);
    else if (!wanted) denied.push(step);
    else if (peopleIn(wanted, by('deny')) > 0) denied.push(step);
    else if (wanted.quorum > 0 && peopleIn(wanted, by('approve')) >= wanted.quorum) cleared.push(step);
    else waiting.push(step);
  }
  return { cleared, denied, waiting, released: isReleased(context, accepted) };
}

/** A release needs the strictest rule of the plan's steps; a plan of automatic steps needs the mildest rule that asks a person. */
function isReleased({ plan, rules }: ApprovalContext, accepted: readonly Decision[]): boolean {
  const asking = [...rules].filter((r) => r.quorum > 0).sort((a, b) => a.quorum - b.quorum);
  const used = asking.filter((r) => plan.actions.some((a) => a.rule === r.name));
  const rule = used.at(-1) ?? asking[0];
  return (
    rule !== undefined &&
    peopleIn(
      rule,
      accepted.filter(({ body }) => body.verb === 'release'),
    ) >= rule.quorum
  );
}

function peopleIn(rule: ApprovalRule, decisions: readonly Decision[]): number {
  return new Set(decisions.filter(({ body }) => rule.roles.includes(body.role)).map(({ body }) => body.personId)).size;
}

/** The role in which a person's decision covers most of a plan's steps; undefined when none of theirs counts. */
export function roleFor(
  actions: ContainmentPlan['actions'],
  rules: readonly ApprovalRule[],
  roles: readonly string[],
): string | undefined {
  const covered = (role: string): number =>
    actions.filter((a) => rules.some((r) => r.name === a.rule && r.roles.includes(role))).length;
  const [best] = [...roles].sort((a, b) => covered(b) - covered(a));
  return best !== undefined && covered(best) > 0 ? best : undefined;
}
