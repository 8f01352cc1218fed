import type { ChatCallback } from '../callback.js';
import type { BotCall } from './verify-bot.js';

/** Presses in Teams, vouched for by the Bot Framework's token. */
export const teamsCallback = (
  verify: (authorization: string | undefined, body: unknown) => Promise<BotCall>,
): ChatCallback => ({
  ...{ name: 'teams', platform: 'microsoft', channel: 'teams' },
  receive: async ({ headers, json }) => {
    const { kind, userId, value, verb } = await verify(headers['authorization'], json());
    if (kind !== 'button') return { other: undefined };
    return {
      ...{ userId, value, verb },
      reply: ({ text }) => ({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: text }),
    };
  },
});
