import { activityInfo } from '@temporalio/activity';
import { digest } from '../../domain/canonical.js';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import type { ActionResult, ContainmentPlan, PlannedAction, Readback, ResolvedSummary } from '../../domain/plan.js';
import type { Begun } from '../../domain/step-record.js';
import { resolveTarget, summaryOf } from '../../platforms/resolve.js';
import { cancellation, instant, type Clock } from '../context.js';
import { asQuellError, isCancellation } from '../errors.js';
import { scrub } from '../scrub.js';
import { actOf, type AnyAct } from './act-of.js';
import { passGate, type GateDeps, type GateRequest, type Passed } from './gate.js';
import type { Turn } from './ports.js';
import { readBack } from './read-back.js';
import { allWrites, recorder } from './writes.js';

export interface ActDeps extends GateDeps {
  readonly clock: Clock;
  /** Of this attempt: without it nothing is noted, so nothing is written. */
  readonly turn: Turn;
  /** From this attempt on a vendor that keeps failing ends in a `failed` result instead of another retry. */
  readonly giveUpAfter: number;
}

/**
 * One step of a plan: gate, capture, apply, read back. Refusals and final vendor errors are results, so that one step never hides the
 * others; what may still succeed is thrown for Temporal to retry. Whatever was announced to the ledger by an attempt that died is in the
 * result exactly once.
 */
export async function actOnStep(deps: ActDeps, request: GateRequest): Promise<ActionResult> {
  const plan = request.plan.body;
  const { step } = request;
  const planDigest = digest(plan);
  const known = await deps.memory.step({ planDigest, step });
  const result = resultOf(deps, plan, step);
  if (known.reverting)
    return result('refused', 'DECISION_REPLAYED', { text: 'People released it; an old decision does not act again.' });
  if (known.result) return known.result;
  if (plan.actions.find((a) => a.step === step)?.by === 'task')
    return result('task_open', undefined, { text: 'A person does this step and enters the proof.' });
  try {
    return await act(deps, await passGate(deps, request, deps.clock(), cancellation()));
  } catch (error) {
    return await concluded(deps, request, planDigest, error, result);
  }
}

async function act(deps: ActDeps, passed: Passed): Promise<ActionResult> {
  const { memory, clock, turn } = deps;
  const { plan, planDigest, action, resolved } = passed;
  const port = actOf(deps.port, action.kind);
  const signal = cancellation();
  const id = { caseId: plan.caseId, planDigest, step: action.step };
  const earlier = await memory.step(id);
  const interrupted = earlier.begun !== undefined;
  const begun = earlier.begun ?? (await captured(deps, port, passed));
  if (!interrupted) await memory.note(turn, id, { kind: 'begun', content: begun });
  const sent = await port.apply(
    resolved,
    { since: begun.at, idempotencyKey: `${planDigest}:${String(action.step)}` },
    { signal, record: recorder(deps, id, 'act') },
  );
  const readback = await readBack(port, resolved, begun.at, clock, port.effectWithinSeconds);
  const writes = allWrites(earlier.intended, sent, interrupted && !begun.held && readback.holds ? action : undefined);
  const status = writes.length === 0 && readback.holds ? 'already' : 'done';
  const result = resultOf(deps, plan, action.step)(status, readback.holds ? undefined : 'NOT_VERIFIED', {
    before: begun.before,
    readback,
    writes,
    allowedBy: begun.allowedBy,
    resolved: begun.resolved,
  });
  await memory.note(turn, id, { kind: 'finished', content: result });
  return result;
}

/** How things stand before the first write. */
async function captured({ clock }: ActDeps, port: AnyAct, { resolved, allowedBy }: Passed): Promise<Begun> {
  const at = instant(clock);
  const signal = cancellation();
  const before = await port.capture(resolved, { signal });
  const { holds } = await port.verify(resolved, { since: at }, { signal });
  return { at, resolved: summaryOf(resolved), before, held: holds, allowedBy };
}

/** What becomes of an error: retried by Temporal, or a result. A step that had begun is read back, never written to again. */
async function concluded(
  deps: ActDeps,
  { plan, step }: GateRequest,
  planDigest: string,
  error: unknown,
  result: ReturnType<typeof resultOf>,
): Promise<ActionResult> {
  if (isCancellation(error)) throw error;
  const known = asQuellError(error);
  if (!known || mayStillCome(deps, known)) throw error;
  const id = { caseId: plan.body.caseId, planDigest, step };
  const { begun, intended, result: kept } = await deps.memory.step(id);
  if (kept) return kept; // it was kept, and that was not heard
  const action = plan.body.actions.find((a) => a.step === step);
  if (!begun || !action)
    return result(known.retryable ? 'failed' : statusOf(known.code), known.code, { text: scrub(known.message) });
  const readback = await lastLook(deps, action, begun.at);
  const writes = allWrites(intended, []);
  const facts = {
    before: begun.before,
    writes,
    allowedBy: begun.allowedBy,
    resolved: begun.resolved,
    ...(readback ? { readback } : {}),
  };
  if (!readback?.holds || writes.length === 0)
    return result(known.retryable ? 'failed' : statusOf(known.code), known.code, {
      ...facts,
      text: scrub(known.message),
    });
  const done = result('done', undefined, {
    ...facts,
    text: `Written before it was interrupted, then ${known.code}: read back, not written again.`,
  });
  await deps.memory.note(deps.turn, id, { kind: 'finished', content: done });
  return done;
}

/**
 * Slowing down is no failure of the vendor: it gets more attempts than an outage, which must not hold up the steps behind it. Without the
 * database no step goes on, and none is over.
 */
export function mayStillCome({ giveUpAfter }: Pick<ActDeps, 'giveUpAfter'>, { retryable, code }: QuellError): boolean {
  if (code === 'DATABASE_UNAVAILABLE') return true;
  return retryable && activityInfo().attempt < (code === 'VENDOR_BUSY' ? 4 * giveUpAfter : giveUpAfter);
}

/** Undefined where it cannot be read, or is another thing by now. */
async function lastLook(deps: ActDeps, action: PlannedAction, since: string): Promise<Readback | undefined> {
  const signal = cancellation();
  try {
    const resolved = await resolveTarget(deps.port, action.target, { signal });
    return await readBack(actOf(deps.port, action.kind), resolved, since, deps.clock, 0);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}

export function statusOf(code: ErrorCode): ActionResult['status'] {
  if (code === 'SHADOW') return 'shadow';
  return code.startsWith('VENDOR_') || code === 'STORE_TAMPERED' ? 'failed' : 'refused';
}

interface Facts extends Partial<Pick<ActionResult, 'text' | 'before' | 'readback' | 'writes' | 'allowedBy'>> {
  readonly resolved?: ResolvedSummary;
}

/** Builds the results of one step. `verified` is what was read back, nothing else. */
export function resultOf(
  deps: Pick<ActDeps, 'clock'>,
  plan: ContainmentPlan,
  step: number,
): (status: ActionResult['status'], code?: ErrorCode, facts?: Facts) => ActionResult {
  return (status, code, { text, before, readback, writes = [], allowedBy = [], resolved } = {}) => ({
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
    ...(resolved === undefined ? {} : { resolved }),
  });
}

function wordsOf(status: ActionResult['status'], code: ErrorCode | undefined): string {
  if (code !== undefined) return new QuellError(code).message;
  return status === 'already' ? 'It held already; nothing was written.' : 'Written and read back.';
}
