import { access } from 'node:fs/promises';
import { AUTOMATIC } from '../../domain/approval.js';
import { QuellError } from '../../domain/errors.js';
import type { ApprovalDecision, Signed } from '../../domain/decision.js';
import type { ContainmentPlan, PlannedAction } from '../../domain/plan.js';
import type { ProtectedBecause } from '../../domain/subject.js';
import type { ContainmentPort } from '../../platforms/ports.js';
import { assertBlockable } from './addresses.js';
import { automaticAllowance } from './automatic.js';
import type { ContainmentConfig } from './config.js';
import { decided } from './decisions.js';
import type { ActionLedger } from './ledger.js';

export interface GateDeps {
  readonly port: ContainmentPort;
  readonly config: ContainmentConfig;
  readonly ledger: ActionLedger;
}

export interface Allowance {
  /** Key ids of the decisions, or of the manifest. */
  readonly allowedBy: readonly string[];
  /** Nonces to bind to the plan before the first write. */
  readonly nonces: readonly string[];
}

/** Facts that no approval overrides. */
const NEVER: readonly ProtectedBecause[] = ['break_glass', 'last_admin', 'own_app', 'unknown'];

/**
 * The last gate: every condition of a write, from this worker's own configuration and its own reads. Cheap and local checks come first.
 * Throws SHADOW, STOPPED, UNSUPPORTED, PLAN_CHANGED, DECISION_EXPIRED, DECISION_REPLAYED, NOT_AUTHORISED, PROTECTED; vendor errors of the protection read as they are.
 */
export async function passGate(
  deps: GateDeps,
  plan: ContainmentPlan,
  planDigest: string,
  action: PlannedAction,
  decisions: readonly Signed<ApprovalDecision>[],
  now: Date,
  signal: AbortSignal,
): Promise<Allowance> {
  const { config, ledger, port } = deps;
  assertSwitchedOn(config, action);
  await assertNotStopped(config);
  assertHere(port, plan, action);
  if (Date.parse(plan.expiresAt) <= now.getTime()) throw new QuellError('DECISION_EXPIRED', 'plan');
  if (action.target.type === 'ip') assertBlockable(action.target.id, config.neverBlock);

  const accountId = action.target.accountId ?? action.target.id;
  if (config.breakGlass.includes(accountId)) throw new QuellError('PROTECTED', 'break_glass');
  const because = await port.protection(action.target, { signal });
  const hard = because.find((b) => NEVER.includes(b));
  if (hard) throw new QuellError('PROTECTED', hard);
  const careful = because.length > 0 || config.vips.includes(accountId);

  if (action.rule === AUTOMATIC) {
    if (careful) throw new QuellError('PROTECTED', because[0] ?? 'vip');
    const { keyId } = automaticAllowance(plan, action, config, ledger, now);
    return { allowedBy: [keyId], nonces: [] };
  }
  assertRule(config, action, careful);
  const { cleared, accepted, refusal } = decided(plan, planDigest, decisions, config, now);
  if (!cleared.includes(action.step)) throw refusal;
  const used = accepted.filter(({ body }) => body.verb === 'approve' && (body.steps?.includes(action.step) ?? true));
  if (used.some((d) => ledger.usedElsewhere(d.body.nonce, planDigest))) throw new QuellError('DECISION_REPLAYED');
  return { allowedBy: used.map((d) => d.keyId), nonces: used.map((d) => d.body.nonce) };
}

export function assertSwitchedOn(config: ContainmentConfig, action: PlannedAction): void {
  if (config.mode !== 'live' || !config.enabled.includes(action.kind))
    throw new QuellError('SHADOW', `${action.kind} on ${action.platform}`);
}

/** The stop file: only its proven absence lets a write through. */
export async function assertNotStopped(config: ContainmentConfig): Promise<void> {
  const absent = await access(config.stopFile).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
  );
  if (!absent) throw new QuellError('STOPPED', 'local stop file');
}

/** The step belongs to this worker's tenant, is an act of the vendor, and the plan is of one piece. */
export function assertHere(port: ContainmentPort, plan: ContainmentPlan, action: PlannedAction): void {
  if (action.by !== 'vendor') throw new QuellError('NOT_AUTHORISED', 'a person does this step');
  if (action.platform !== port.platform || action.tenant !== port.tenant)
    throw new QuellError('NOT_AUTHORISED', 'the step is for another tenant');
  if (!port.acts[action.kind]) throw new QuellError('UNSUPPORTED', action.kind);
  if (plan.actions.filter((a) => a.step === action.step).length !== 1)
    throw new QuellError('PLAN_CHANGED', 'step numbers are not unique');
}

/** The approval rule of the worker's own policy; a plan may be stricter (the VIP rule, or people for an automatic kind), never laxer. */
function assertRule(config: ContainmentConfig, action: PlannedAction, careful: boolean): void {
  const { rules, vipRule } = config.approval;
  const own = rules[action.kind];
  const strictEnough = action.rule === vipRule || (!careful && (action.rule === own || own === AUTOMATIC));
  if (!strictEnough)
    throw new QuellError('NOT_AUTHORISED', 'the plan names a laxer approval rule than this worker requires');
}
