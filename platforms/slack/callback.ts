import { OWN_WORDS } from '../../domain/contact.js';
import type { CallbackRequest, ChatCallback } from '../callback.js';
import { parseBlockAction } from './block-actions.js';
import { formShows, parseSentForm } from './sent-form.js';
import { verifySlackRequest } from './verify-request.js';

/**
 * Presses of buttons and sent forms, signed with the app's secret. `say` puts words for the person in the place of the message: Slack takes
 * them only by a request of their own.
 */
export function slackCallback(
  signingSecret: string,
  say?: (responseUrl: string, text: string) => Promise<void>,
): ChatCallback {
  return {
    ...{ name: 'slack', platform: 'slack', channel: 'slack' },
    receive: async ({ headers, rawBody }: CallbackRequest, now) => {
      const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = headers;
      verifySlackRequest(signingSecret, { signature, timestamp, rawBody }, now);
      const text = rawBody.toString('utf8');
      const form = parseSentForm(text);
      const press = form ? undefined : parseBlockAction(text);
      const given = form ?? press;
      if (!given) return { other: undefined };
      const { userId, value, responseUrl } = given;
      return {
        ...{ userId, value, verb: form?.answer ?? press?.actionId, words: form?.words },
        ...(press?.actionId === OWN_WORDS ? { form: { trigger: press.triggerId, replyTo: responseUrl } } : {}),
        reply: (said) => (form ? formShows(said.title, said.text) : undefined),
        ...(say && responseUrl !== undefined ? { tell: (words: string) => say(responseUrl, words) } : {}),
      };
    },
  };
}
