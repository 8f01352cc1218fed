import type { ChatCallback } from '../callback.js';
import type { ChatCall } from './verify-chat.js';

/** Presses in Google Chat, vouched for by Google's token. */
export const chatCallback = (
  verify: (authorization: string | undefined, body: unknown) => Promise<ChatCall>,
): ChatCallback => ({
  ...{ name: 'google', platform: 'google', channel: 'google_chat' },
  receive: async ({ headers, json }) => {
    const { kind, userId, value, verb, format } = await verify(headers['authorization'], json());
    if (kind !== 'button') return { other: {} };
    return {
      ...{ userId, value, verb },
      reply: ({ text }) =>
        format === 'classic'
          ? { actionResponse: { type: 'NEW_MESSAGE' }, text }
          : { hostAppDataAction: { chatDataAction: { createMessageAction: { message: { text } } } } },
    };
  },
});
