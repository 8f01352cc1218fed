import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { holds, notDone, withResult } from '../domain/containment-report.js';
import type { ActionResult, PlannedAction, SignedResult } from '../domain/plan.js';
import { clearance, handleDecisions } from './containment/decisions.js';
import { drawPlan } from './containment/details.js';
import { keepPlanListed } from './containment/listing.js';
import { reportDrift } from './containment/drift.js';
import { MINUTE, now, until } from './clock.js';
import {
  containmentChangedSignal,
  containmentViewQuery,
  type ContainmentInput,
  type ContainmentState,
} from './messages.js';
import { LISTED } from './patches.js';
import { containment, people } from './proxies.js';
import { blockBefore, leasedBefore, planOf, sinceLastGate, unblockBefore } from './retired/before-last-gate.js';

const CHECKS_PER_RUN = 50;

/** One plan: approve, act, verify, hold for days, release. Outlives its case. */
export async function containmentWorkflow(input: ContainmentInput): Promise<ContainmentState> {
  const state: ContainmentState = input.resume ?? {
    planId: planOf(input.plan).planId,
    planDigest: input.planDigest,
    status: 'awaiting_approval',
    decisions: [],
    refused: [],
    results: [],
    signatures: [],
    checks: 0,
    drift: [],
  };
  setHandler(containmentViewQuery, () => ({ ...state, plan: input.plan, deadline: input.deadline }));
  handleDecisions(input, state);
  drawPlan(input, state);

  if (!input.resume) {
    await approve(input, state);
    if (state.status === 'acting') await act(input, state);
    await tellCase(input, state);
  }
  if (state.status === 'holding') {
    await hold(input, state);
    await tellCase(input, state);
  }

  await condition(allHandlersFinished);
  return state;
}

/** Waits for the people the rules ask for; a denial ends it, silence expires it, automatic steps wait for nobody. */
async function approve(input: ContainmentInput, state: ContainmentState): Promise<void> {
  const { planDigest, caseId, suspect, deadline } = input;
  const plan = planOf(input.plan);
  const undecided = (): readonly number[] => clearance(input, state).waiting;
  if (undecided().length > 0) {
    const summary = `Ask approvers about ${undecided().length} step(s)`;
    // Not waited for: approvers see the plan in the console all the same. A cancellation ends the wait below.
    void people.requestApproval
      .executeWithOptions({ summary }, [{ caseId, plan, planDigest, suspect, deadline }])
      .catch(() => undefined);
    if (patched(LISTED)) void keepPlanListed(input, state).catch(() => undefined);
    await condition(() => undecided().length === 0, until(deadline), {
      summary: `Approvers decide until ${deadline}; then the plan expires and nothing is done`,
    });
  }
  const { cleared, denied } = clearance(input, state);
  state.status = cleared.length > 0 ? 'acting' : denied.length > 0 ? 'denied' : 'expired';
  for (const action of plan.actions.filter((a) => !cleared.includes(a.step)))
    keep(state, notDone(plan, action, denied.includes(action.step) ? 'DENIED' : 'DECISION_EXPIRED', now()));
  drawPlan(input, state);
}

/** Acts step by step in the vendor's safe order; a step that fails never hides the others. */
async function act(input: ContainmentInput, state: ContainmentState): Promise<void> {
  const { cleared } = clearance(input, state);
  const steps = planOf(input.plan).actions.filter((a) => cleared.includes(a.step));
  if (!sinceLastGate()) await leasedBefore(steps);
  for (const action of steps) {
    keep(state, await actOn(input, state, action));
    drawPlan(input, state);
  }
  state.status = holds(state) ? 'holding' : 'failed';
}

async function actOn(
  input: ContainmentInput,
  state: ContainmentState,
  action: PlannedAction,
): Promise<SignedResult | ActionResult> {
  const plan = planOf(input.plan);
  if (action.by === 'task') return notDone(plan, action, 'UNSUPPORTED', now());
  const request = { plan: input.plan, step: action.step, decisions: state.decisions };
  const summary = `Step ${action.step}: ${action.kind} on ${action.platform}`;
  try {
    return action.kind === 'block_ip' && !sinceLastGate()
      ? await blockBefore(summary, request)
      : await containment(action).actOnStep.executeWithOptions({ summary }, [request]);
  } catch (error) {
    onlyCancellation(error);
    return notDone(plan, action, 'VENDOR_DOWN', now());
  }
}

function keep(state: ContainmentState, result: SignedResult | ActionResult): void {
  Object.assign(state, withResult(state, result));
}

/** Watches for days that containment holds; drift starts a new case; a signed release undoes the plan. */
async function hold(input: ContainmentInput, state: ContainmentState): Promise<void> {
  const { holdChecks, holdEveryMinutes } = input.policy.containment;
  const every = (holdEveryMinutes * MINUTE) / input.policy.pace.people;
  const released = (): boolean => clearance(input, state).released;
  const runBegan = state.checks;
  while (state.checks < holdChecks && !released()) {
    if (state.checks - runBegan >= CHECKS_PER_RUN || workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof containmentWorkflow>({ ...input, resume: state });
    }
    const summary = `Containment holds: check ${state.checks + 1} of ${holdChecks}; a signed release undoes it`;
    if (!(await condition(released, every, { summary }))) await check(input, state);
  }
  if (released()) await release(input, state);
  else state.status = 'permanent';
  drawPlan(input, state);
}

async function check(input: ContainmentInput, state: ContainmentState): Promise<void> {
  state.checks += 1;
  const drift: number[] = [];
  for (const { step, at } of state.results.filter((r) => r.verified)) {
    const action = planOf(input.plan).actions.find((a) => a.step === step);
    if (!action) continue;
    try {
      const { verifyStep } = containment(action);
      const readback = await verifyStep.executeWithOptions({ summary: `Does step ${step} still hold?` }, [
        { plan: input.plan, step, since: at },
      ]);
      if (!readback.holds) drift.push(step);
    } catch (error) {
      onlyCancellation(error); // unreadable now is not drift; the next check asks again
    }
  }
  const fresh = drift.filter((step) => !state.drift.includes(step));
  const told = fresh.length === 0 || (await reportDrift(input, fresh).then(() => true, onlyCancellation)) === true;
  state.drift = told ? drift : drift.filter((step) => !fresh.includes(step)); // the next check tells of it again
  drawPlan(input, state);
}

/** Undoes the plan in reverse order, as far as it can be undone. */
async function release(input: ContainmentInput, state: ContainmentState): Promise<void> {
  for (const result of [...state.results].reverse()) {
    const action = planOf(input.plan).actions.find((a) => a.step === result.step);
    if (!action?.reversible || !result.verified) continue;
    const request = { plan: input.plan, step: action.step, decisions: state.decisions };
    const summary = `Undo step ${action.step}: ${action.undo}`;
    try {
      keep(
        state,
        action.kind === 'block_ip' && !sinceLastGate()
          ? await unblockBefore(summary, request)
          : await containment(action).revertStep.executeWithOptions({ summary }, [request]),
      );
    } catch (error) {
      onlyCancellation(error);
      state.notUndone = [...(state.notUndone ?? []), action.step];
    }
  }
  state.status = 'released';
}

/** The case may have closed meanwhile; the containment goes on without it. */
async function tellCase(input: ContainmentInput, state: ContainmentState): Promise<void> {
  const { status, decisions, results, signatures } = state;
  const report = { plan: planOf(input.plan), status, decisions, results, signatures };
  await getExternalWorkflowHandle(input.caseId).signal(containmentChangedSignal, report).catch(onlyCancellation);
}

function onlyCancellation(error: unknown): void {
  if (isCancellation(error)) throw error;
}
