import type { Resolvers } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import { readAccount } from './account.js';
import type { ReadContext } from './accounts.js';
import { appResolver } from './app.js';
import { linkResolver } from './link.js';

/** How Slack's things are found, by the ids that Slack itself gives them. It has no addresses, devices, mail rules, factors or delegates to find. */
export const slackResolvers = (context: ReadContext): Resolvers => ({
  account: async ({ accountId }, options) => {
    const account = await readAccount(context, accountId, options);
    return [readingOf<'account'>({ type: 'account', accountId: account.accountId }, [account])];
  },
  // Sessions are looked up by the act, which ends one only when Slack lists it under this very account.
  sessions: async ({ accountId, sessionIds }, options) => {
    const account = await readAccount(context, accountId, options);
    return [readingOf<'sessions'>({ type: 'sessions', accountId: account.accountId, sessionIds }, [account])];
  },
  app: appResolver(context),
  link: linkResolver(context),
});
