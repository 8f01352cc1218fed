import type { Resolvers } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import { accountReader, type ReadContext } from './accounts.js';
import { addressResolver } from './address.js';
import { appResolver, grantResolver } from './apps.js';
import { authMethodResolver } from './auth-method.js';
import { deviceResolver } from './device.js';
import { linkResolver } from './link.js';
import { mailRuleResolver } from './mail-rule.js';

/** How the things of a Microsoft tenant are found. Delegates of a mailbox are not: no API of an app lists them. */
export const microsoftResolvers = (context: ReadContext): Resolvers => ({
  account: async ({ accountId }, { signal }) => {
    const named = await accountReader(context, signal)(accountId);
    return named ? [readingOf<'account'>({ type: 'account', accountId: named.accountId }, [named])] : [];
  },
  // Entra ends all sessions of an account: those that are named are words for people.
  sessions: async ({ accountId, sessionIds }, { signal }) => {
    const named = await accountReader(context, signal)(accountId);
    return named ? [readingOf<'sessions'>({ type: 'sessions', accountId: named.accountId, sessionIds }, [named])] : [];
  },
  app: appResolver(context),
  grant: grantResolver(context),
  link: linkResolver(context),
  mail_rule: mailRuleResolver(context),
  auth_method: authMethodResolver(context),
  device: deviceResolver(context),
  address: addressResolver(context),
});
