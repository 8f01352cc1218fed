import type { AnswerForm } from '../../platforms/ports.js';
import { cancellation } from '../context.js';
import type { PeopleActivities } from '../contract.js';
import { asQuellError } from '../errors.js';
import type { PeopleDeps } from './deps.js';
import { ANSWERS, NO_PASSWORD, TITLE } from './words.js';

const FORM: AnswerForm = {
  title: TITLE,
  text: `Your answer helps; it does not decide anything by itself. ${NO_PASSWORD}`,
  answer: { label: 'Was it you?', options: ANSWERS },
  words: { label: 'Anything that we should know? What you did, or where you were.' },
  submit: 'Send',
  cancel: 'Cancel',
};
const OTHERWISE =
  'The form could not be opened in time. Please press the button again, or answer by another button or the link.';

/**
 * Opens the form for the person who pressed its button. Not opened: the platform has no forms, the press is too old, or the vendor refuses;
 * the message with its buttons and its link is there all the same. Errors: those that may pass, VENDOR_DOWN and VENDOR_BUSY.
 */
export async function openForm(
  { talk }: Pick<PeopleDeps, 'talk'>,
  { platform, tenant, trigger, token, replyTo }: Parameters<PeopleActivities['openForm']>[0],
): ReturnType<PeopleActivities['openForm']> {
  const port = talk.find((p) => p.platform === platform && p.tenant === tenant);
  const way = port?.talk.find((t) => t.openForm !== undefined);
  if (!way?.openForm) return { opened: false };
  try {
    const press = { trigger, value: token, replyTo, form: FORM, otherwise: OTHERWISE };
    return await way.openForm(press, { signal: cancellation() });
  } catch (error) {
    const known = asQuellError(error);
    if (!known || known.retryable) throw error;
    return { opened: false };
  }
}
