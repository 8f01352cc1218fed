import { isCancellation } from '@temporalio/workflow';
import type { PeopleActivities } from '../activities/contract.js';
import { forms } from './proxies.js';

export type AnswerFormInput = Parameters<PeopleActivities['openForm']>[0];

/**
 * From the press of a button to the form for the answer. Apart from the case, whose history must not grow with every press, and in the people
 * role, which alone has the token for it.
 */
export async function answerFormWorkflow(input: AnswerFormInput): Promise<{ readonly opened: boolean }> {
  try {
    return await forms.openForm.executeWithOptions({ summary: 'Open the form for an answer' }, [input]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { opened: false }; // the buttons and the link of the message are there all the same
  }
}
