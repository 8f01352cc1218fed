import type { ResolvedStep, StepNames } from '../../domain/resolved-step.js';
import type { PlannedAction, SignedPlan } from '../../domain/plan.js';
import { resolveTarget, summaryOf } from '../../platforms/resolve.js';
import { QuellError } from '../../domain/errors.js';
import { isSignedBy } from '../../store/signing.js';
import { cancellation } from '../context.js';
import { asQuellError, isCancellation } from '../errors.js';
import type { GateDeps } from './gate.js';
import { standingOf } from './protection.js';

export interface Resolution {
  readonly steps: readonly ResolvedStep[];
  /** Personal data: for the dossier alone. */
  readonly names: StepNames;
}

/**
 * What the steps of a plan that are this worker's would touch if they were carried out now, for those who decide on it. What cannot be
 * resolved or is protected says so by its code. Throws PLAN_AUTHOR; what the vendor's reads may still get over is thrown as it is.
 */
export async function resolveSteps(deps: GateDeps, plan: SignedPlan): Promise<Resolution> {
  if (!isSignedBy(plan, deps.config.planKeys)) throw new QuellError('PLAN_AUTHOR');
  const { platform, tenant, acts } = deps.port;
  const names: Record<string, string> = {};
  const steps: ResolvedStep[] = [];
  for (const action of plan.body.actions)
    if (action.platform === platform && action.tenant === tenant && action.by === 'vendor' && acts[action.kind])
      steps.push(await resolvedStep(deps, action, names));
  return { steps, names };
}

async function resolvedStep(
  deps: GateDeps,
  { step, target }: PlannedAction,
  names: Record<string, string>,
): Promise<ResolvedStep> {
  try {
    const resolved = await resolveTarget(deps.port, target, {
      signal: cancellation(),
      named: (accountId, name) => (names[accountId] = name),
    });
    const summary = summaryOf(resolved);
    try {
      const { because } = standingOf(resolved, await deps.people(), deps.config.neverBlock);
      return { step, ...summary, because };
    } catch (error) {
      return { step, ...summary, because: [], refused: refusalOf(error) };
    }
  } catch (error) {
    return { step, because: [], refused: refusalOf(error) };
  }
}

function refusalOf(error: unknown): string {
  if (isCancellation(error)) throw error;
  const known = asQuellError(error);
  if (!known || known.retryable) throw error;
  return known.code === 'PROTECTED' && known.detail !== undefined ? `${known.code} (${known.detail})` : known.code;
}
