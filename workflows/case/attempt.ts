import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import { tell, type CaseRun } from './run.js';
import { announce, awaitTasks, openTask } from './tasks.js';

const MEND_WITHIN_MINUTES = 24 * 60;
/** Before the policy is pinned no completion can be checked: only time tries again. */
const WITHOUT_POLICY_MINUTES = 60;

/** Does a stage. Work that gave up after all its retries becomes a task, and the stage is tried again; it never ends the case. */
export async function attempt<T>(run: CaseRun, stage: (run: CaseRun) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await stage(run);
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure || error instanceof ChildWorkflowFailure))
        throw error;
      tell(run, `The stage **${run.state.stage}** could not be finished: ${codeOf(error)}`);
      const task = openTask(run, {
        kind: 'stage_failed',
        role: 'responder',
        text: `The stage ${run.state.stage} failed with ${codeOf(error)}. Mend the cause (the failed step is in the Temporal UI), then complete this task.`,
        minutes: run.state.policy ? MEND_WITHIN_MINUTES : WITHOUT_POLICY_MINUTES,
        ifLate: 'the stage is tried again',
        fields: [],
      });
      await announce(run);
      await awaitTasks(run, [task.taskId], 'A failed stage');
    }
  }
}

/** All of them to their end, then the first failure: a stage that is tried again must not run beside its former self. */
export async function together(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((ended) => ended.status === 'rejected');
  if (failed) throw failed.reason;
}

/** The catalogue's code of the activity that failed, however deep. */
function codeOf(error: Error): string {
  const { cause } = error;
  if (cause instanceof ApplicationFailure) return cause.type ?? cause.name;
  return cause instanceof Error ? codeOf(cause) : error.name;
}
