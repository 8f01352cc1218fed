import { ACTS } from '../../domain/acts/index.js';
import { digest } from '../../domain/canonical.js';
import { QuellError } from '../../domain/errors.js';
import type { ContainmentPlan, PlannedAction, SignedPlan } from '../../domain/plan.js';
import type { ContainmentPort } from '../../platforms/ports.js';
import { isSignedBy } from '../../store/signing.js';
import type { ContainmentConfig } from './config.js';

export interface AuthoredStep {
  readonly plan: ContainmentPlan;
  readonly planDigest: string;
  readonly action: PlannedAction;
}

/** One step of a plan that the analysis role signed, for this worker's tenant. Throws PLAN_AUTHOR, PLAN_CHANGED, NOT_AUTHORISED, UNRESOLVED, UNSUPPORTED. */
export function authoredStep(
  signed: SignedPlan,
  step: number,
  { config, port }: { readonly config: Pick<ContainmentConfig, 'planKeys'>; readonly port: ContainmentPort },
): AuthoredStep {
  if (!isSignedBy(signed, config.planKeys)) throw new QuellError('PLAN_AUTHOR');
  const plan = signed.body;
  const [action, second] = plan.actions.filter((a) => a.step === step);
  if (!action) throw new QuellError('PLAN_CHANGED', 'no such step');
  if (second) throw new QuellError('PLAN_CHANGED', 'step numbers are not unique');
  if (action.by !== 'vendor') throw new QuellError('NOT_AUTHORISED', 'a person does this step');
  if (action.platform !== port.platform || action.tenant !== port.tenant)
    throw new QuellError('NOT_AUTHORISED', 'the step is for another tenant');
  const takes: readonly string[] = Object.hasOwn(ACTS, action.kind) ? ACTS[action.kind].targets : [];
  if (!takes.includes(action.target.type))
    throw new QuellError('UNRESOLVED', `${action.kind} takes no target of type ${action.target.type}`);
  if (!port.acts[action.kind]) throw new QuellError('UNSUPPORTED', action.kind);
  return { plan, planDigest: digest(plan), action };
}
