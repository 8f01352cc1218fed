import { AUTOMATIC } from '../../domain/approval.js';
import { targetKey } from '../../domain/act-target.js';
import { QuellError } from '../../domain/errors.js';
import type { ApprovalDecision, Signed } from '../../domain/decision.js';
import type { PlannedAction, SignedPlan } from '../../domain/plan.js';
import type { ContainmentPort } from '../../platforms/ports.js';
import { resolveTarget, summaryOf, type ResolvedTarget } from '../../platforms/resolve.js';
import { automaticAllowance, type GroundReader } from './automatic.js';
import { bindStep } from './budget.js';
import type { ContainmentConfig } from './config.js';
import { decided } from './decisions.js';
import type { KnownPeople } from './people.js';
import { authoredStep, type AuthoredStep } from './plan-author.js';
import type { ContainmentMemory } from './ports.js';
import { standingOf, type Standing } from './protection.js';
import { assertNotStopped } from './switch.js';

export interface GateDeps {
  readonly port: ContainmentPort;
  readonly config: ContainmentConfig;
  readonly memory: ContainmentMemory;
  /** Whom the configuration protects and lets decide, in the vendors' ids. */
  readonly people: () => Promise<KnownPeople>;
  /** The rows that signed grounds rest on. */
  readonly grounds: GroundReader;
}

/** A step that may be carried out now, on this target and nothing else. */
export interface Passed extends AuthoredStep {
  readonly resolved: ResolvedTarget;
  /** Key ids of the decisions, or of the manifest. */
  readonly allowedBy: readonly string[];
}

export interface GateRequest {
  readonly plan: SignedPlan;
  readonly step: number;
  readonly decisions: readonly Signed<ApprovalDecision>[];
}

/**
 * The last gate: every condition of a write, from this worker's own configuration, memory and reads; cheap and local ones first. What it lets
 * through is bound: the nonces to the plan, the step to what it resolved to, the accounts to the budget.
 * Throws PLAN_AUTHOR, PLAN_CHANGED, UNSUPPORTED, SHADOW, STOPPED, DECISION_EXPIRED, DECISION_REPLAYED, NOT_AUTHORISED, UNRESOLVED, PROTECTED,
 * BUDGET; what the vendor's reads may still get over is thrown as it is.
 */
export async function passGate(deps: GateDeps, request: GateRequest, now: Date, signal: AbortSignal): Promise<Passed> {
  const { config, port } = deps;
  const step = authoredStep(request.plan, request.step, deps);
  const { plan, planDigest, action } = step;
  assertSwitchedOn(config, action);
  await assertNotStopped(deps);
  if (!(Date.parse(plan.expiresAt) > now.getTime())) throw new QuellError('DECISION_EXPIRED', 'plan');

  const resolved = await resolveTarget(port, action.target, { signal });
  await assertSameThing(deps, step, resolved);
  const people = await deps.people();
  const standing = standingOf(resolved, people, config.neverBlock);

  if (action.rule === AUTOMATIC) {
    if (standing.careful) throw new QuellError('PROTECTED', standing.because[0]);
    const { keyId } = await automaticAllowance(deps, plan, action, resolved, now);
    await bindStep(deps, step, resolved, [], now);
    return { ...step, resolved, allowedBy: [keyId] };
  }
  assertRule(config, action, standing);
  const affected = resolved.affects.map((a) => a.accountId);
  const { cleared, accepted, refusal } = decided(
    { plan, planDigest, affected, people, config },
    request.decisions,
    now,
  );
  if (!cleared.includes(action.step)) throw refusal;
  const used = accepted.filter(({ body }) => body.verb === 'approve' && (body.steps?.includes(action.step) ?? true));
  const nonces = used.map((d) => d.body.nonce);
  await bindStep(deps, step, resolved, nonces, now);
  return { ...step, resolved, allowedBy: used.map((d) => d.keyId) };
}

export function assertSwitchedOn(config: ContainmentConfig, action: PlannedAction): void {
  if (config.mode !== 'live' || !config.enabled.includes(action.kind))
    throw new QuellError('SHADOW', `${action.kind} on ${action.platform}`);
}

/** A step that was begun goes on with what it was begun on: the same thing, affecting the same accounts. */
export async function assertSameThing(
  { memory }: Pick<GateDeps, 'memory'>,
  { planDigest, action }: AuthoredStep,
  resolved: ResolvedTarget,
): Promise<void> {
  const { begun: earlier } = await memory.step({ planDigest, step: action.step });
  if (!earlier) return;
  const begun = earlier.resolved;
  const now = summaryOf(resolved);
  const same =
    targetKey(now.target) === targetKey(begun.target) && now.affects.every((id) => begun.affects.includes(id));
  if (!same) throw new QuellError('UNRESOLVED', 'it is another thing now than when the step was begun');
}

/** The approval rule of the worker's own policy; a plan may be stricter (the VIP rule, or people for an automatic kind), never laxer. */
function assertRule(config: ContainmentConfig, action: PlannedAction, { careful }: Standing): void {
  const { rules, vipRule } = config.policy.containment;
  const own = rules[action.kind];
  const strictEnough = action.rule === vipRule || (!careful && (action.rule === own || own === AUTOMATIC));
  if (!strictEnough)
    throw new QuellError('NOT_AUTHORISED', 'the plan names a laxer approval rule than this worker requires');
}
