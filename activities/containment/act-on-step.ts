import { activityInfo } from '@temporalio/activity';
import { digest } from '../../domain/canonical.js';
import type { ApprovalDecision, Signed } from '../../domain/decision.js';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import type { ActionResult, ContainmentPlan, PlannedAction, Readback } from '../../domain/plan.js';
import type { ContainmentAct } from '../../platforms/ports.js';
import { cancellation, instant, type Clock } from '../context.js';
import { asQuellError, isCancellation } from '../errors.js';
import { scrub } from '../scrub.js';
import { passGate, type GateDeps } from './gate.js';
import type { StepRecord } from './ledger.js';
import { readBack } from './read-back.js';
import { allWrites, recorder } from './writes.js';

export interface ActDeps extends GateDeps {
  readonly clock: Clock;
  /** From this attempt on a vendor that keeps failing ends in a `failed` result instead of another retry. */
  readonly giveUpAfter: number;
}

export interface ActInput {
  readonly plan: ContainmentPlan;
  readonly step: number;
  readonly decisions: readonly Signed<ApprovalDecision>[];
}

/**
 * One step of a plan: gate, capture, apply, read back. Refusals and final vendor errors are results, so that one step never hides the
 * others; what may still succeed is thrown for Temporal to retry. Whatever was announced to the ledger by an attempt that died is in the
 * result exactly once.
 */
export async function actOnStep(deps: ActDeps, { plan, step, decisions }: ActInput): Promise<ActionResult> {
  const planDigest = digest(plan);
  const known = deps.ledger.step(planDigest, step);
  const result = resultOf(deps, plan, step);
  if (known.reverting)
    return result('refused', 'DECISION_REPLAYED', { text: 'People released it; an old decision does not act again.' });
  if (known.result) return known.result;
  const action = plan.actions.find((a) => a.step === step);
  if (!action) return result('refused', 'PLAN_CHANGED');
  if (action.by === 'task')
    return result('task_open', undefined, { text: 'A person does this step and enters the proof.' });
  try {
    const allowance = await passGate(deps, plan, planDigest, action, decisions, deps.clock(), cancellation());
    await deps.ledger.use(allowance.nonces, planDigest);
    return await act(deps, plan, planDigest, action, allowance.allowedBy);
  } catch (error) {
    return await concluded(deps, planDigest, action, error, result);
  }
}

async function act(
  deps: ActDeps,
  plan: ContainmentPlan,
  planDigest: string,
  action: PlannedAction,
  allowedBy: readonly string[],
): Promise<ActionResult> {
  const { ledger, clock } = deps;
  const port = actOf(deps, action);
  const signal = cancellation();
  const earlier = ledger.step(planDigest, action.step);
  const interrupted = earlier.begun !== undefined;
  if (!earlier.begun) {
    const at = instant(clock);
    const before = await port.capture(action.target, { signal });
    const { holds } = await port.verify(action.target, { since: at }, { signal });
    await ledger.begin(planDigest, action.step, { at, before, held: holds, allowedBy });
  }
  const begun = ledger.step(planDigest, action.step).begun as NonNullable<StepRecord['begun']>;
  const before = [...ledger.step(planDigest, action.step).intended];
  const record = recorder(deps, planDigest, action.step, false);
  const sent = await port.apply(
    action.target,
    { since: begun.at, idempotencyKey: `${planDigest}:${String(action.step)}` },
    { signal, record },
  );
  const readback = await readBack(port, action.target, begun.at, clock, port.effectWithinSeconds);
  const writes = allWrites(before, sent, interrupted && !begun.held && readback.holds ? action : undefined);
  const status = writes.length === 0 && readback.holds ? 'already' : 'done';
  const result = resultOf(deps, plan, action.step)(status, readback.holds ? undefined : 'NOT_VERIFIED', {
    before: begun.before,
    readback,
    writes,
    allowedBy: begun.allowedBy,
  });
  await ledger.finish(planDigest, action.step, result);
  return result;
}

/** What becomes of an error: retried by Temporal, or a result. A step that had begun is read back, never written to again. */
async function concluded(
  deps: ActDeps,
  planDigest: string,
  action: PlannedAction,
  error: unknown,
  result: ReturnType<typeof resultOf>,
): Promise<ActionResult> {
  if (isCancellation(error)) throw error;
  const known = asQuellError(error);
  if (!known || mayStillCome(deps, known)) throw error;
  const { begun, intended } = deps.ledger.step(planDigest, action.step);
  if (!begun)
    return result(known.retryable ? 'failed' : statusOf(known.code), known.code, { text: scrub(known.message) });
  const readback = await lastLook(deps, action, begun.at);
  const writes = allWrites(intended, []);
  const facts = { before: begun.before, writes, allowedBy: begun.allowedBy, ...(readback ? { readback } : {}) };
  if (!readback?.holds || writes.length === 0)
    return result(known.retryable ? 'failed' : statusOf(known.code), known.code, {
      ...facts,
      text: scrub(known.message),
    });
  const done = result('done', undefined, {
    ...facts,
    text: `Written before it was interrupted, then ${known.code}: read back, not written again.`,
  });
  await deps.ledger.finish(planDigest, action.step, done);
  return done;
}

/** Slowing down is no failure of the vendor: it gets more attempts than an outage, which must not hold up the steps behind it. */
export function mayStillCome({ giveUpAfter }: ActDeps, { retryable, code }: QuellError): boolean {
  return retryable && activityInfo().attempt < (code === 'VENDOR_BUSY' ? 4 * giveUpAfter : giveUpAfter);
}

async function lastLook(deps: ActDeps, action: PlannedAction, since: string): Promise<Readback | undefined> {
  const port = deps.port.acts[action.kind];
  if (!port) return undefined;
  return await readBack(port, action.target, since, deps.clock, 0).catch((error: unknown) => {
    if (isCancellation(error)) throw error;
    return undefined;
  });
}

export function statusOf(code: ErrorCode): ActionResult['status'] {
  if (code === 'SHADOW') return 'shadow';
  return code.startsWith('VENDOR_') || code === 'STORE_TAMPERED' ? 'failed' : 'refused';
}

function actOf(deps: ActDeps, action: PlannedAction): ContainmentAct {
  const act = deps.port.acts[action.kind];
  if (!act) throw new QuellError('UNSUPPORTED', action.kind);
  return act;
}

type Facts = Partial<Pick<ActionResult, 'text' | 'before' | 'readback' | 'writes' | 'allowedBy'>>;

/** Builds the results of one step. `verified` is what was read back, nothing else. */
export function resultOf(
  deps: Pick<ActDeps, 'clock'>,
  plan: ContainmentPlan,
  step: number,
): (status: ActionResult['status'], code?: ErrorCode, facts?: Facts) => ActionResult {
  return (status, code, { text, before, readback, writes = [], allowedBy = [] } = {}) => ({
    planId: plan.planId,
    step,
    status,
    at: instant(deps.clock),
    ...(code === undefined ? {} : { code }),
    text: text ?? wordsOf(status, code),
    ...(before === undefined ? {} : { before }),
    ...(readback === undefined ? {} : { readback }),
    verified: (status === 'done' || status === 'already') && (readback?.holds ?? false),
    writes,
    allowedBy,
  });
}

function wordsOf(status: ActionResult['status'], code: ErrorCode | undefined): string {
  if (code !== undefined) return new QuellError(code).message;
  return status === 'already' ? 'It held already; nothing was written.' : 'Written and read back.';
}
