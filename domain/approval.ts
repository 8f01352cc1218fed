import { namedAccount } from './act-target.js';
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
  /** Canonical ids of the accounts that the plan's steps affect, where the checker has resolved them. */
  readonly affected?: readonly string[];
}

type Decision = Signed<ApprovalDecision>;

const VERBS: readonly ApprovalDecision['verb'][] = ['approve', 'deny', 'release'];
/** How far the clock of whoever signs may run ahead of ours. */
export const CLOCK_SKEW_MS = 60_000;

/**
 * Why a decision does not count, or undefined when it does: signature, case and plan, digest, steps, times, single use,
 * role, and that nobody decides who is the subject or under suspicion. `accepted` are the decisions taken so far.
 * Exact and total: it is handed whatever somebody sent, so that nothing about the shape is taken for granted.
 */
export function refuseDecision(
  decision: Decision,
  context: ApprovalContext,
  accepted: readonly Decision[],
  now: Instant,
): ErrorCode | undefined {
  const body: ApprovalDecision | undefined = decision?.body;
  const { plan } = context;
  if (body?.type !== 'approval') return 'NOT_AUTHORISED';
  const unsigned = checkSigned(decision, context.keys);
  if (unsigned) return unsigned;
  if (body.caseId !== plan.caseId || body.planId !== plan.planId) return 'NOT_AUTHORISED';
  if (body.planDigest !== context.planDigest) return 'PLAN_CHANGED';
  if (!isWellFormed(body, plan)) return 'NOT_AUTHORISED';
  if (!isTimely(body, plan, Date.parse(now))) return 'DECISION_EXPIRED';
  if (accepted.some((a) => a.body.nonce === body.nonce && a.signature !== decision.signature))
    return 'DECISION_REPLAYED';
  return mayDecide(body, context) ? undefined : 'NOT_AUTHORISED';
}

/** A known verb, a nonce, and steps that the plan has. */
function isWellFormed({ verb, nonce, steps }: ApprovalDecision, { actions }: ContainmentPlan): boolean {
  const planned = new Set<unknown>(actions.map((a) => a.step));
  const wanted: unknown = steps ?? [...planned];
  const stepsFit = Array.isArray(wanted) && wanted.length > 0 && wanted.every((s) => planned.has(s));
  return VERBS.includes(verb) && typeof nonce === 'string' && nonce.length > 0 && stepsFit;
}

/** Still valid, not from the future, and the plan still valid; only a release outlives the plan. Times that can't be read are none. */
function isTimely({ verb, at, expiresAt }: ApprovalDecision, plan: ContainmentPlan, now: number): boolean {
  const planValid = verb === 'release' || Date.parse(plan.expiresAt) > now;
  return planValid && Date.parse(expiresAt) > now && Date.parse(at) <= now + CLOCK_SKEW_MS;
}

/** The person is known, holds the role they decide in, and is neither suspected by the case nor affected by the plan. */
function mayDecide(body: ApprovalDecision, { deciders, plan, affected = [] }: ApprovalContext): boolean {
  const person = deciders.find((d) => d.personId === body.personId);
  if (!person?.roles.includes(body.role)) return false;
  const { subjectId, accounts = [] } = person;
  const isSuspect = plan.suspects.some(
    (s) => s.subjectId === subjectId || s.accounts.some((a) => accounts.includes(a.nativeId)),
  );
  const targets = plan.actions.flatMap(({ target }) => namedAccount(target) ?? []);
  return !isSuspect && ![...targets, ...affected].some((id) => accounts.includes(id));
}

/** How each step stands: `waiting` for more people. `released`: the whole plan is to be undone. */
export interface Clearance {
  readonly cleared: readonly number[];
  readonly denied: readonly number[];
  readonly waiting: readonly number[];
  readonly released: boolean;
}

/** How the steps of a plan stand after the accepted decisions. A denial wins; a quorum counts distinct people in a role of the rule. */
export function clearanceOf(context: ApprovalContext, accepted: readonly Decision[]): Clearance {
  const { actions } = context.plan;
  const standing = actions.map(({ step, rule }) => ({ step, is: standingOf(step, rule, context, accepted) }));
  const stepsThat = (are: Standing): readonly number[] => standing.filter((s) => s.is === are).map((s) => s.step);
  return {
    cleared: stepsThat('cleared'),
    denied: stepsThat('denied'),
    waiting: stepsThat('waiting'),
    released: isReleased(context, accepted),
  };
}

type Standing = 'cleared' | 'denied' | 'waiting';

function standingOf(step: number, name: string, context: ApprovalContext, accepted: readonly Decision[]): Standing {
  const count = (verb: ApprovalDecision['verb'], rule: ApprovalRule): number =>
    peopleIn(
      rule,
      context,
      accepted.filter(({ body }) => body.verb === verb && covers(body, step)),
    );
  if (name === AUTOMATIC) return context.rules.some((r) => count('deny', r) > 0) ? 'denied' : 'cleared';
  const rule = context.rules.find((r) => r.name === name);
  if (!rule || count('deny', rule) > 0) return 'denied';
  return rule.quorum > 0 && count('approve', rule) >= rule.quorum ? 'cleared' : 'waiting';
}

const covers = ({ steps }: ApprovalDecision, step: number): boolean => steps?.includes(step) ?? true;

/**
 * A release undoes the whole plan: it needs decisions that cover every step, and the strictest rule of the plan's steps;
 * a plan of automatic steps needs the mildest rule that asks a person.
 */
function isReleased(context: ApprovalContext, accepted: readonly Decision[]): boolean {
  const { actions } = context.plan;
  const asking = context.rules.filter((r) => r.quorum > 0).sort((a, b) => a.quorum - b.quorum);
  const used = asking.filter((r) => actions.some((a) => a.rule === r.name));
  const rule = used.at(-1) ?? asking[0];
  const releases = accepted.filter(
    ({ body }) => body.verb === 'release' && actions.every(({ step }) => covers(body, step)),
  );
  return rule !== undefined && peopleIn(rule, context, releases) >= rule.quorum;
}

/** Distinct people, however many names or roles one of them has. */
function peopleIn(rule: ApprovalRule, { deciders }: ApprovalContext, decisions: readonly Decision[]): number {
  const inRole = decisions.filter(({ body }) => rule.roles.includes(body.role));
  const human = (personId: string): string => deciders.find((d) => d.personId === personId)?.subjectId ?? personId;
  return new Set(inRole.map(({ body }) => human(body.personId))).size;
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
