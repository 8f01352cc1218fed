import type { HumanTask, PlanState } from '../../../domain/case.js';
import type { ApprovalDecision, Signed } from '../../../domain/decision.js';
import type { ActionResult, ContainmentPlan, PlannedAction } from '../../../domain/plan.js';
import { targetWords } from '../../../domain/target-words.js';
import type { RecordsDeps } from '../deps.js';
import type { Named, ReportAction } from './data.js';

/** A plan with all that is known of it. */
export interface PlanParts {
  readonly state: PlanState;
  readonly planned: ContainmentPlan | undefined;
  readonly results: readonly ActionResult[];
  readonly decisions: readonly Signed<ApprovalDecision>[];
  readonly refused: readonly { readonly at: string; readonly code: string }[];
}

type Result = Omit<ActionResult, 'status'> & Pick<ReportAction, 'status'>;
type Planned = Omit<PlannedAction, 'kind' | 'platform'> & Pick<ReportAction, 'kind' | 'platform'>;

/** Every action of every plan, with what became of it; a result whose plan is lost is shown all the same. */
export function actionsOf(
  deps: RecordsDeps,
  plans: readonly PlanParts[],
  tasks: readonly HumanTask[],
  named: (id: string) => string | undefined = () => undefined,
): readonly ReportAction[] {
  return plans.flatMap((plan) => {
    const planned: readonly Planned[] = plan.planned?.actions ?? [];
    const lost = plan.results.filter((r) => !planned.some((a) => a.step === r.step)).map(unknownAction);
    return [...planned, ...lost].map((action) => byHand(deps, actionOf(deps, plan, action, named), tasks));
  });
}

function actionOf(
  deps: RecordsDeps,
  plan: PlanParts,
  action: Planned,
  named: (id: string) => string | undefined,
): ReportAction {
  const result: Result = plan.results.find((r) => r.step === action.step) ?? noResult(plan, action);
  const { status, allowedBy, ...facts } = result;
  return {
    ...action,
    ...facts,
    about: targetWords(action.target, named),
    planDigest: plan.state.digest,
    purpose: plan.state.purpose,
    status,
    allowedBy: allowers(deps, plan, action.step, allowedBy),
  };
}

/** What a person did instead of the vendor's API, with the proof that they entered; nobody read it back. */
function byHand(deps: RecordsDeps, action: ReportAction, tasks: readonly HumanTask[]): ReportAction {
  const task = tasks.find((t) => t.planId === action.planId && t.step === action.step && t.status === 'done');
  if (!task || action.verified) return action;
  const by = personName(deps, task.doneBy ?? 'unknown');
  const proof = Object.entries(task.result ?? {}).map(([name, value]) => `${name}: ${String(value)}`);
  const { code: _code, ...rest } = action;
  return {
    ...rest,
    status: 'task_done',
    at: task.doneAt ?? action.at,
    text: `Done by hand by ${by.name}. ${proof.join('; ')}`,
    allowedBy: [by],
  };
}

/** Who stands behind the keys that allowed a step: the people whose decisions covered it, or the evidence worker's manifest. */
function allowers(deps: RecordsDeps, plan: PlanParts, step: number, keyIds: readonly string[]): readonly Named[] {
  const people = plan.decisions.filter(
    ({ body, keyId }) => keyIds.includes(keyId) && body.verb === 'approve' && (body.steps?.includes(step) ?? true),
  );
  const named = people.map(({ body }) => personName(deps, body.personId));
  const rest = keyIds
    .filter((id) => !people.some((p) => p.keyId === id))
    .map((id) => ({ id, name: isManifest(plan, id) ? 'signed evidence' : id }));
  return [...named, ...rest].filter((n, i, all) => all.findIndex((o) => o.id === n.id) === i);
}

function isManifest({ planned }: PlanParts, keyId: string): boolean {
  return planned?.manifests.some((m) => m.keyId === keyId) ?? false;
}

export function personName(deps: RecordsDeps, personId: string): Named {
  return { id: personId, name: deps.names.get(personId) ?? personId };
}

function noResult(plan: PlanParts, action: Planned): Result {
  return {
    planId: plan.state.planId,
    step: action.step,
    status: 'no_result',
    at: plan.state.deadline,
    text: `The plan is ${plan.state.status.replaceAll('_', ' ')}; nothing was heard of this step.`,
    verified: false,
    writes: [],
    allowedBy: [],
  };
}

function unknownAction(result: ActionResult): Planned {
  const [write] = result.writes;
  return {
    platform: write?.platform ?? 'unknown',
    tenant: 'unknown',
    step: result.step,
    kind: 'unknown',
    target: { type: 'account', accountId: write?.targetId ?? 'unknown' },
    by: 'vendor',
    reason: 'The plan is not in the dossier.',
    reversible: false,
    undo: 'unknown',
    losses: 'unknown',
    d3fend: '',
    rule: 'unknown',
  };
}
