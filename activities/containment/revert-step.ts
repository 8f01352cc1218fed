import { digest } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import type { ActionResult, VendorWrite } from '../../domain/plan.js';
import type { StepRecord } from '../../domain/step-record.js';
import { resolveTarget } from '../../platforms/resolve.js';
import { cancellation, instant } from '../context.js';
import { asQuellError, isCancellation } from '../errors.js';
import { scrub } from '../scrub.js';
import { actOf, type AnyAct } from './act-of.js';
import { mayStillCome, resultOf, statusOf, type ActDeps } from './act-on-step.js';
import { burntBy } from './automatic.js';
import { leaseOwner } from './budget.js';
import { decided } from './decisions.js';
import { assertSameThing, assertSwitchedOn, type GateRequest } from './gate.js';
import { authoredStep } from './plan-author.js';
import { readBack } from './read-back.js';
import { assertNotStopped } from './switch.js';
import { allWrites, recorder } from './writes.js';

/**
 * Undoes a step that this worker did, back to the state that its own ledger captured, by a signed `release` decision on the same digest.
 * Afterwards neither the old decisions nor the old evidence can act again. `verified` says that the effect is gone; `writes` are those of the
 * act and of the undo.
 */
export async function revertStep(deps: ActDeps, request: GateRequest): Promise<ActionResult> {
  const plan = request.plan.body;
  const { step } = request;
  const planDigest = digest(plan);
  const result = resultOf(deps, plan, step);
  const known = await deps.memory.step({ planDigest, step });
  if (known.released) return known.released;
  if (plan.actions.find((a) => a.step === step)?.by === 'task')
    return result('task_open', undefined, { text: 'A person undoes this step and enters the proof.' });
  try {
    return await revert(deps, request);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failure = asQuellError(error);
    if (!failure || mayStillCome(deps, failure)) throw error;
    const record = await deps.memory.step({ planDigest, step });
    const { revertIntended, reverting, begun, released } = record;
    if (released) return released; // it was kept, and that was not heard
    return result(failure.retryable ? 'failed' : statusOf(failure.code), failure.code, {
      text: scrub(failure.message),
      writes: [...madeBy(record), ...allWrites(revertIntended, [])],
      ...(reverting ? { allowedBy: reverting.allowedBy } : {}),
      ...(begun ? { resolved: begun.resolved } : {}),
    });
  }
}

/** The writes of the act itself: the result of the undo stands in its place, and no write may be lost from the report. */
function madeBy({ result, intended }: StepRecord): readonly VendorWrite[] {
  return result?.writes ?? allWrites(intended, []);
}

async function revert(deps: ActDeps, request: GateRequest): Promise<ActionResult> {
  const { memory, config, clock, port, turn } = deps;
  const authored = authoredStep(request.plan, request.step, deps);
  const { plan, planDigest, action } = authored;
  assertSwitchedOn(config, action);
  await assertNotStopped(deps);
  const id = { caseId: plan.caseId, planDigest, step: action.step };
  const known = await memory.step(id);
  const { begun, revertIntended: before, reverting } = known;
  if (!begun)
    throw new QuellError('NOT_AUTHORISED', 'this worker did not do this step, so it does not know what to put back');
  const act = actOf(port, action.kind);
  if (!act.revert) throw new QuellError('UNSUPPORTED', `undo of ${action.kind}`);
  const signal = cancellation();
  const resolved = await resolveTarget(port, action.target, { signal });
  await assertSameThing(deps, authored, resolved);

  const on = { plan, planDigest, affected: begun.resolved.affects, people: await deps.people(), config };
  const { released, accepted, refusal } = decided(on, request.decisions, clock());
  if (!released) throw refusal;
  const used = accepted.filter(({ body }) => body.verb === 'release');
  await memory.use(
    used.map((d) => d.body.nonce),
    planDigest,
  );
  const allowedBy = reverting?.allowedBy ?? used.map((d) => d.keyId);
  if (!reverting) await memory.note(turn, id, { kind: 'reverting', content: { at: instant(clock), allowedBy } });

  // From here on nothing old may act again, even if this attempt dies.
  await memory.burn(burntBy(plan, action));
  const record = recorder(deps, id, 'undo');
  const sent = await act.revert(resolved, begun.before, { signal, record });
  const { verifyUndone } = act;
  const look: Pick<AnyAct, 'verify'> = verifyUndone
    ? { verify: (target, _, options) => verifyUndone(target, begun.before, options) }
    : act;
  const readback = await readBack(look, resolved, begun.at, clock, act.effectWithinSeconds, false);
  const result: ActionResult = {
    ...resultOf(deps, plan, action.step)('done', readback.holds ? 'NOT_VERIFIED' : undefined, {
      text: readback.holds ? 'Undone, but the vendor still shows the old state.' : 'Undone and read back.',
      before: begun.before,
      readback,
      writes: [...madeBy(known), ...allWrites(before, sent)],
      allowedBy,
      resolved: begun.resolved,
    }),
    verified: !readback.holds,
  };
  // First: after the note no other attempt comes here, and the accounts would count as held until the watch ends.
  if (!readback.holds) await memory.endLease(leaseOwner(authored), result.at);
  await memory.note(turn, id, { kind: 'released', content: result });
  return result;
}
