import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { PeopleActivities } from '../activities/contract.js';
import { QUEUES } from './queues.js';

export type AnswerFormInput = Parameters<PeopleActivities['openForm']>[0];

/** A vendor takes the press for seconds: later tries are in vain. */
const { openForm } = proxyActivities<Pick<PeopleActivities, 'openForm'>>({
  startToCloseTimeout: '5 seconds',
  scheduleToCloseTimeout: '10 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2 },
  taskQueue: QUEUES.people,
});

/**
 * From the press of a button to the form for the answer. Apart from the case, whose history must not grow with every press, and in the people
 * role, which alone has the token for it.
 */
export async function answerFormWorkflow(input: AnswerFormInput): Promise<{ readonly opened: boolean }> {
  try {
    return await openForm.executeWithOptions({ summary: 'Open the form for an answer' }, [input]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { opened: false }; // the buttons and the link of the message are there all the same
  }
}
