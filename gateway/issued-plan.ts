import { digest } from '../domain/canonical.js';
import type { CaseState } from '../domain/case.js';
import { QuellError } from '../domain/errors.js';
import type { ContainmentPlan } from '../domain/plan.js';
import type { VerifyKey } from '../store/key-ring.js';
import { isSignedBy } from '../store/signing.js';
import type { ContainmentView } from '../workflows/messages.js';

/**
 * The plan of a containment, if people may be shown it and asked for their signature: one that the case itself has issued, of one piece with
 * its digest, signed by its author. Whoever can start workflows can start one that shows something else. Throws PLAN_AUTHOR.
 */
export function issuedPlan(
  state: Pick<CaseState, 'caseId' | 'subjectId' | 'plans'> | undefined,
  view: Pick<ContainmentView, 'planId' | 'planDigest' | 'plan'>,
  planKeys: readonly VerifyKey[],
): ContainmentPlan {
  const { planId, planDigest, plan: signed } = view;
  const issued = state?.plans.some((p) => p.planId === planId && p.digest === planDigest) ?? false;
  if (!state || !issued) throw new QuellError('PLAN_AUTHOR', 'the case has not issued it');
  if (!isSignedBy(signed, planKeys) || digest(signed.body) !== planDigest) throw new QuellError('PLAN_AUTHOR');
  const plan = signed.body;
  if (plan.planId !== planId || plan.caseId !== state.caseId || plan.subjectId !== state.subjectId)
    throw new QuellError('PLAN_AUTHOR', 'it is of another case');
  return plan;
}
