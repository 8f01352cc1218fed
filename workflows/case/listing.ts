import { condition, isCancellation, sleep } from '@temporalio/workflow';
import { index, isIndexStale, isWaiting, record, shownOf, type CaseRun } from './run.js';

/** Several people answer within moments: that is one write. */
const PACE_MS = 1_000;

/**
 * Keeps the lists of cases right, which ask no workflow: while the case waits, its record is written whenever what lists show of it has changed. What it
 * passes through on its way to the next wait is not. Ends when the case is cancelled.
 */
export async function keepListed(run: CaseRun): Promise<void> {
  if (!run.isListed) return;
  let next = 0;
  for (;;) {
    try {
      await condition(() => isDue(run));
      const early = next - Date.now();
      if (early > 0) {
        await sleep(early, { summary: 'What the lists show changed a moment ago' });
        continue;
      }
      await record(run);
      next = Date.now() + PACE_MS;
    } catch (error) {
      // Nobody waits for this: what it rejected with would fail the task of the workflow that is being cancelled.
      if (isCancellation(error)) return; // else given up after a day: the next change is written again
    }
  }
}

/** Keeps right what people search cases by in Temporal, once for each of the workflow's turns. Ends when the case is cancelled. */
export async function keepIndexed(run: CaseRun): Promise<void> {
  if (!run.isListed) return;
  try {
    for (;;) {
      await condition(() => isIndexStale(run));
      index(run);
    }
  } catch {
    // The cancellation: nobody waits for this.
  }
}

const isDue = (run: CaseRun): boolean => isWaiting(run) && !isBeginning(run) && shownOf(run) !== run.listed;

/** Before the policy is pinned nothing is written; where the subject is being asked, the wait for the answer follows at once and is written with what was before. */
const isBeginning = ({ state }: CaseRun): boolean =>
  state.policy === undefined ||
  (state.stage === 'contact' && state.subject !== undefined && state.contact === undefined);
