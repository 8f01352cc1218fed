import { clearanceOf, refuseDecision, type ApprovalContext, type Clearance } from '../../domain/approval.js';
import type { ApprovalDecision, Signed } from '../../domain/decision.js';
import type { ErrorCode } from '../../domain/errors.js';
import { noteRefusal } from '../../domain/refusals.js';
import { now } from '../clock.js';
import { onMessage, onRefused, type OnRefused } from '../handle.js';
import { decideSignal, decideUpdate, type ContainmentInput, type ContainmentState } from '../messages.js';
import { auditRefusals } from '../refusals.js';
import { planOf } from '../retired/before-last-gate.js';
import { drawPlan } from './details.js';

/** Decisions come as Update or Signal with the same signed payload and pass the same checks. A filter: the containment worker checks again. */
export function handleDecisions(input: ContainmentInput, state: ContainmentState): void {
  const told: OnRefused = (message, code) => {
    noteRefusal(state, { at: now(), message, code });
    drawPlan(input, state);
  };
  onRefused(told);
  onMessage(
    { update: decideUpdate, signal: decideSignal },
    {
      refuse: (signed) => refusal(input, state, signed),
      take: (signed) => accept(input, state, signed),
      told,
    },
  );
  void auditRefusals(state, input.caseId).catch(() => undefined);
}

function refusal(
  input: ContainmentInput,
  state: ContainmentState,
  signed: Signed<ApprovalDecision>,
): ErrorCode | undefined {
  const code = refuseDecision(signed, context(input), state.decisions, now());
  if (code) return code;
  const decides = signed.body.verb !== 'release';
  if (decides && state.status !== 'awaiting_approval') return 'DECISION_EXPIRED';
  return !decides && state.status !== 'holding' ? 'NOT_AUTHORISED' : undefined;
}

function accept(input: ContainmentInput, state: ContainmentState, signed: Signed<ApprovalDecision>): void {
  if (!state.decisions.some((d) => d.body.nonce === signed.body.nonce)) state.decisions.push(signed);
  drawPlan(input, state);
}

/** How the steps stand now. */
export function clearance(input: ContainmentInput, state: ContainmentState): Clearance {
  return clearanceOf(context(input), state.decisions);
}

function context({ plan, planDigest, policy }: ContainmentInput): ApprovalContext {
  return {
    plan: planOf(plan),
    planDigest,
    rules: policy.containment.approvalRules,
    deciders: policy.deciders,
    keys: policy.keys,
  };
}
