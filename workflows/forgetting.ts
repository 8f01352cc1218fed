import { continueAsNew, isCancellation } from '@temporalio/workflow';
import type { ForgetDecision, Signed } from '../domain/decision.js';
import type { Instant } from '../domain/platform.js';
import { decided, forgetting } from './proxies.js';

/** Where a round stands that was continued as new. */
export interface ForgettingRound {
  readonly after: { readonly caseId: string; readonly closedAt: Instant };
  readonly forgotten: Forgotten;
}

export interface Forgotten {
  readonly cases: number;
  /** That could not be forgotten: the next round tries again. */
  readonly left: number;
  readonly subjects: number;
}

/** A day's round: what is due by the policy, case by case, then people of whom nothing is kept. Started by the schedule; a killed worker goes on where it was. */
export async function forgettingWorkflow(round?: ForgettingRound): Promise<Forgotten> {
  let { cases, left } = round?.forgotten ?? { cases: 0, left: 0 };
  const due = await forgetting.dueToForget.executeWithOptions({ summary: 'What is due' }, [
    round ? { after: round.after } : {},
  ]);
  for (const { caseId } of due) {
    try {
      const parts = await forgetting.forgetDue.executeWithOptions({ summary: `Forget what is due of ${caseId}` }, [
        { caseId },
      ]);
      if (parts.length > 0) cases += 1;
    } catch (error) {
      if (isCancellation(error)) throw error;
      left += 1;
    }
  }
  const after = due.at(-1);
  if (after) await continueAsNew<typeof forgettingWorkflow>({ after, forgotten: { cases, left, subjects: 0 } });
  const { subjects } = await forgetting.forgetOthers.executeWithOptions(
    { summary: 'People of whom nothing is kept' },
    [],
  );
  return { cases, left, subjects };
}

/** A person's decision: a hold, its end, an erasure. The records role checks it and does it. */
export async function forgetDecisionWorkflow(signed: Signed<ForgetDecision>): Promise<void> {
  await decided.obeyForgetting.executeWithOptions({ summary: 'A decision on forgetting' }, [{ signed }]);
}
