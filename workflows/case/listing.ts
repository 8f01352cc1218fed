import { condition, isCancellation, patched } from '@temporalio/workflow';
import { LISTED } from '../patches.js';
import { records } from '../proxies.js';
import { forRecord, shownOf, type CaseRun } from './run.js';

/**
 * Keeps the lists of cases right, which ask no workflow: while the case waits, what they show of it is written whenever it has changed. What it passes
 * through on its way to the next wait is not. Ends when the case is cancelled.
 */
export async function keepListed(run: CaseRun): Promise<void> {
  if (!patched(LISTED)) return;
  for (;;) {
    try {
      await condition(() => run.state.policy !== undefined && isWaiting(run) && shownOf(run) !== run.listed);
      await records.listCase.executeWithOptions({ summary: 'Show in the lists what the case waits for' }, [
        { summary: forRecord(run) },
      ]);
    } catch (error) {
      // Nobody waits for this: what it rejected with would fail the task of the workflow that is being cancelled.
      if (isCancellation(error)) return; // else given up after a day: the next change is written again
    }
  }
}

/** A wait whose end has come is none any more, although the case has not gone on yet. */
const isWaiting = ({ waits }: CaseRun): boolean => [...waits].some((done) => !done());
