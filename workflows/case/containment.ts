import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { digest } from '../../domain/canonical.js';
import type { Escalation, PlanState } from '../../domain/case.js';
import type { ActionResult, ContainmentPlan, SignedPlan } from '../../domain/plan.js';
import { HOUR, MINUTE, now, plus } from '../clock.js';
import type { containmentWorkflow } from '../containment.js';
import { analysis } from '../proxies.js';
import { planOf } from '../retired/before-last-gate.js';
import { confirmedFor } from './escalation.js';
import { isWeighed, policyOf, record, suspectPlatforms, tell, waitUntil, type CaseRun } from './run.js';
import { announce, openTask } from './tasks.js';

/** How long the vendors' writes and their read-back may take after the approval. */
const ACTING_WITHIN = 6 * HOUR;

/** Plans what the evidence ties to the case and hands the plan to a containment of its own, which outlives the case. */
export async function planContainment(
  run: CaseRun,
  purpose: ContainmentPlan['purpose'],
): Promise<PlanState | undefined> {
  const { state } = run;
  if (!state.subject || !state.assessment) return undefined;
  const summary = purpose === 'first_steps' ? 'Plan reversible first steps' : 'Plan the containment';
  const plan = await analysis.planContainment.executeWithOptions({ summary }, [
    {
      caseId: state.caseId,
      purpose,
      verdict: state.verdict,
      ...(state.escalation?.attack === undefined ? {} : { weighed: weighedOf(run, state.escalation) }),
      severity: state.severity,
      subject: state.subject,
      assessment: state.assessment,
      collections: state.collections,
      done: state.plans.flatMap((p) => p.results),
      policyDigest: policyOf(run).digest,
    },
  ]);
  if (!plan) return undefined;
  return startContainment(run, plan);
}

const weighedOf = (
  run: CaseRun,
  { attack = 0, ranking = [] }: Escalation,
): NonNullable<Parameters<typeof analysis.planContainment>[0]['weighed']> => ({
  attack,
  ranking,
  confirmed: confirmedFor(run),
});

async function startContainment(run: CaseRun, signed: SignedPlan): Promise<PlanState> {
  const policy = policyOf(run);
  const plan = planOf(signed);
  const containmentId = `containment-${plan.planId}`;
  const deadline = plus(now(), (policy.containment.approvalWithinMinutes * MINUTE) / policy.pace.people);
  const planState: PlanState = {
    planId: plan.planId,
    containmentId,
    digest: digest(plan),
    purpose: plan.purpose,
    deadline,
    status: 'awaiting_approval',
    results: [],
  };
  const known = run.state.plans.find((p) => p.planId === plan.planId);
  if (known) return known;
  tell(
    run,
    `Plan \`${planState.digest.slice(0, 8)}\` (${plan.purpose.replace('_', ' ')}): ${plan.actions.map((a) => `${a.step}. ${a.kind} on ${a.platform}`).join(', ')}`,
  );
  // What was found and decided is on record before it is acted on. First steps, which rest on their own signed grounds, wait for nothing.
  if (run.isListed && plan.purpose === 'containment')
    await record(run, { ...run.state, plans: [...run.state.plans, planState] });
  run.state.plans.push(planState);
  try {
    await startChild<typeof containmentWorkflow>('containmentWorkflow', {
      workflowId: containmentId,
      args: [
        {
          plan: signed,
          planDigest: planState.digest,
          policy,
          caseId: run.state.caseId,
          deadline,
          suspect: suspectPlatforms(run),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Plan ${planState.digest.slice(0, 8)}: ${plan.actions.length} action(s)`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return planState;
}

/** Waits until a plan holds or has ended otherwise; the steps that a platform cannot do become tasks with a proof. */
export async function followPlan(run: CaseRun, plan: PlanState): Promise<void> {
  const running = (): boolean => plan.status === 'awaiting_approval' || plan.status === 'acting';
  await waitUntil(
    run,
    () => !running(),
    plus(plan.deadline, ACTING_WITHIN),
    `Plan ${plan.digest.slice(0, 8)} is decided on until ${plan.deadline}, carried out and read back`,
  );
  if (running()) {
    plan.status = 'failed';
    tell(run, `Plan \`${plan.digest.slice(0, 8)}\` gave no result in time`);
    manualTask(run, plan, 'it gave no result in time; see in the Temporal UI how far it came, and do the rest by hand');
  }
  const manual = plan.results.filter(
    (r) =>
      r.status === 'task_open' ||
      r.status === 'failed' ||
      (r.status === 'refused' && !isDenied(r)) ||
      (r.status === 'shadow' && isWeighed(run)),
  );
  for (const { step, text, status } of manual)
    manualTask(run, plan, status === 'shadow' ? `shadow mode, nothing was written: ${text}` : text, step);
  await announce(run);
}

/** What an approver denied is nobody's task. */
const isDenied = ({ code }: ActionResult): boolean => code === 'DENIED';

/** Once for each step, however often its stage is tried. */
function manualTask(run: CaseRun, plan: PlanState, text: string, step?: number): void {
  const { planId } = plan;
  if (run.state.tasks.some((t) => t.kind === 'manual_action' && t.planId === planId && t.step === step)) return;
  const what = `${step === undefined ? 'Plan' : `Step ${step} of plan`} ${plan.digest.slice(0, 8)}`;
  openTask(run, {
    kind: 'manual_action',
    role: 'responder',
    text: `${what}: ${text}`,
    minutes: policyOf(run).containment.approvalWithinMinutes,
    ifLate: 'the report says that this step was not done',
    fields: [
      {
        name: 'proof',
        label: 'Proof: what shows that it is done (ticket, log line, screenshot reference)',
        type: 'text',
        required: true,
      },
    ],
    planId,
    ...(step === undefined ? {} : { step }),
  });
}
