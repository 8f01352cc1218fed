import { digest } from '../../domain/canonical.js';
import type { ApprovalDecision, Signed } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import type { ActionResult, ContainmentPlan, PlannedAction, VendorWrite } from '../../domain/plan.js';
import type { ContainmentAct } from '../../platforms/ports.js';
import { cancellation, instant } from '../context.js';
import { asQuellError, isCancellation } from '../errors.js';
import { scrub } from '../scrub.js';
import { mayStillCome, resultOf, statusOf, type ActDeps } from './act-on-step.js';
import { tokenOf } from './automatic.js';
import { decided } from './decisions.js';
import { assertHere, assertNotStopped, assertSwitchedOn } from './gate.js';
import { readBack } from './read-back.js';
import { allWrites, recorder } from './writes.js';

export interface RevertInput {
  readonly plan: ContainmentPlan;
  readonly step: number;
  readonly decisions: readonly Signed<ApprovalDecision>[];
}

/**
 * Undoes a step that this worker did, back to the state that its own ledger captured, by a signed `release` decision on the same digest.
 * Afterwards neither the old decisions nor the old evidence can act again. `verified` says that the effect is gone; `writes` are those of the
 * act and of the undo.
 */
export async function revertStep(deps: ActDeps, { plan, step, decisions }: RevertInput): Promise<ActionResult> {
  const planDigest = digest(plan);
  const result = resultOf(deps, plan, step);
  const known = deps.ledger.step(planDigest, step);
  if (known.released) return known.released;
  const action = plan.actions.find((a) => a.step === step);
  if (!action) return result('refused', 'PLAN_CHANGED');
  if (action.by === 'task')
    return result('task_open', undefined, { text: 'A person undoes this step and enters the proof.' });
  try {
    return await revert(deps, plan, planDigest, action, decisions);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failure = asQuellError(error);
    if (!failure || mayStillCome(deps, failure)) throw error;
    const { revertIntended, reverting } = deps.ledger.step(planDigest, step);
    return result(failure.retryable ? 'failed' : statusOf(failure.code), failure.code, {
      text: scrub(failure.message),
      writes: [...madeBy(deps, planDigest, step), ...allWrites(revertIntended, [])],
      ...(reverting ? { allowedBy: reverting.allowedBy } : {}),
    });
  }
}

/** The writes of the act itself: the result of the undo stands in its place, and no write may be lost from the report. */
function madeBy({ ledger }: ActDeps, planDigest: string, step: number): readonly VendorWrite[] {
  const { result, intended } = ledger.step(planDigest, step);
  return result?.writes ?? allWrites(intended, []);
}

async function revert(
  deps: ActDeps,
  plan: ContainmentPlan,
  planDigest: string,
  action: PlannedAction,
  decisions: readonly Signed<ApprovalDecision>[],
): Promise<ActionResult> {
  const { ledger, config, clock } = deps;
  assertSwitchedOn(config, action);
  await assertNotStopped(config);
  assertHere(deps.port, plan, action);
  const { released, accepted, refusal } = decided(plan, planDigest, decisions, config, clock());
  if (!released) throw refusal;
  const used = accepted.filter(({ body }) => body.verb === 'release');
  await ledger.use(
    used.map((d) => d.body.nonce),
    planDigest,
  );

  const { begun, revertIntended: earlier, reverting } = ledger.step(planDigest, action.step);
  if (!begun)
    throw new QuellError('NOT_AUTHORISED', 'this worker did not do this step, so it does not know what to put back');
  const act = deps.port.acts[action.kind];
  if (!act?.revert) throw new QuellError('UNSUPPORTED', `undo of ${action.kind}`);
  const before = [...earlier];
  const allowedBy = reverting?.allowedBy ?? used.map((d) => d.keyId);
  if (!reverting) await ledger.beginRevert(planDigest, action.step, { at: instant(clock), allowedBy });

  // From here on nothing old may act again, even if this attempt dies.
  for (const manifest of plan.manifests) await ledger.burn(tokenOf(manifest, action));
  const sent = await act.revert(action.target, begun.before, {
    signal: cancellation(),
    record: recorder(deps, planDigest, action.step, true),
  });
  const { verifyUndone } = act;
  const look: Pick<ContainmentAct, 'verify'> = verifyUndone
    ? { verify: (target, _, options) => verifyUndone(target, begun.before, options) }
    : act;
  const readback = await readBack(look, action.target, begun.at, clock, act.effectWithinSeconds, false);
  const result: ActionResult = {
    ...resultOf(deps, plan, action.step)('done', readback.holds ? 'NOT_VERIFIED' : undefined, {
      text: readback.holds ? 'Undone, but the vendor still shows the old state.' : 'Undone and read back.',
      before: begun.before,
      readback,
      writes: [...madeBy(deps, planDigest, action.step), ...allWrites(before, sent)],
      allowedBy,
    }),
    verified: !readback.holds,
  };
  await ledger.release(planDigest, action.step, result);
  return result;
}
