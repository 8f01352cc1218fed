import { isCancellation, patched, proxyActivities } from '@temporalio/workflow';
import type { ActionResult, ContainmentPlan, PlannedAction, SignedPlan } from '../../domain/plan.js';
import { LAST_GATE } from '../patches.js';
import { QUEUES } from '../queues.js';

/** Since this change budget and stop are the containment worker's own, and address blocks go the way of every other act. */
export const sinceLastGate = (): boolean => patched(LAST_GATE);

interface BeforeLastGate {
  leaseBudget(input: object): Promise<unknown>;
  blockAddress(input: object): Promise<ActionResult>;
  unblockAddress(input: object): Promise<ActionResult>;
}
const retry = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '2 minutes' } as const;
const gone = proxyActivities<BeforeLastGate>({
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '1 hour',
  retry,
  taskQueue: QUEUES.records,
});

/** What containments of 0.1.0 asked of the records role. For their histories: no worker answers it any more, and no answer is a task for a person. */
export async function leasedBefore(steps: readonly PlannedAction[]): Promise<void> {
  await gone.leaseBudget
    .executeWithOptions({ summary: 'Lease blast-radius budget' }, [{ actions: steps.length }])
    .catch((error: unknown) => {
      if (isCancellation(error)) throw error;
    });
}
export const blockBefore = (summary: string, request: object): Promise<ActionResult> =>
  gone.blockAddress.executeWithOptions({ summary }, [request]);
export const unblockBefore = (summary: string, request: object): Promise<ActionResult> =>
  gone.unblockAddress.executeWithOptions({ summary }, [request]);

/** Plans of 0.1.0 had no author and named no suspects. */
export const planOf = (plan: SignedPlan | ContainmentPlan): ContainmentPlan =>
  'body' in plan ? plan.body : { ...plan, suspects: [{ subjectId: plan.subjectId, accounts: [] }] };
