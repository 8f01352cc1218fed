import type { CaseState, ClosedAs } from './case.js';
import type { ActionResult } from './plan.js';

/** The words that are true of how a case ended. */
export function closingOf(state: Pick<CaseState, 'plans' | 'verdict' | 'escalation' | 'policy' | 'tasks'>): ClosedAs {
  const { verdict, escalation, plans, tasks } = state;
  // Also where a first step was taken before the evidence was in: nothing was contained, because there was nothing.
  if (verdict === 'benign' || verdict === 'false_positive')
    return escalation?.ranking?.[0]?.explanation === 'attempt' ? 'attempt_defeated' : 'no_incident';
  const results = plans.filter((p) => p.status !== 'released').flatMap((p) => p.results);
  if (results.some((r) => r.status === 'shadow')) return 'shadow';
  const verified = results.filter(isVerified);
  if (verified.length > 0) {
    const decided = plans.filter((p) => p.results.length > 0 || p.status === 'failed' || p.status === 'expired');
    const isWhole =
      results.every((r) => isClosedOff(r, tasks)) &&
      decided.every((p) => p.status === 'holding' || p.status === 'permanent' || p.status === 'released');
    return isWhole ? 'contained' : 'partly_contained';
  }
  if (escalation?.decision !== 'escalate') return 'undetermined';
  return state.policy?.mode === 'shadow' ? 'shadow' : 'handed_over';
}

/** The vendor's read-back shows it, or a person who did it by hand entered a proof. */
export const isClosedOff = (result: ActionResult, tasks: CaseState['tasks']): boolean =>
  isVerified(result) ||
  result.status === 'task_done' ||
  tasks.some(
    (t) => t.kind === 'manual_action' && t.planId === result.planId && t.step === result.step && t.status === 'done',
  );

export const isVerified = ({ verified, status }: ActionResult): boolean =>
  verified && (status === 'done' || status === 'already');
