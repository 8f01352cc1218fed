import type { Resolvers } from '../../ports.js';
import type { ActContext } from '../act-context.js';
import { accountResolver, sessionsResolver } from './account.js';
import { addressResolver } from './address.js';
import { authMethodResolver } from './auth-method.js';
import { delegateResolver } from './delegate.js';
import { grantResolver } from './grant.js';
import { linkResolver } from './link.js';
import { mailRuleResolver } from './mail-rule.js';

/** How the targets that acts take here are found. Devices are none: Google's logs name no device, so nothing is aimed at one. */
export const googleResolvers = (context: ActContext, blockLevel?: string): Resolvers => ({
  account: accountResolver(context),
  sessions: sessionsResolver(context),
  grant: grantResolver(context, 'grant'),
  app: grantResolver(context, 'app'),
  link: linkResolver(context),
  mail_rule: mailRuleResolver(context),
  auth_method: authMethodResolver(context),
  delegate: delegateResolver(context),
  ...(blockLevel === undefined ? {} : { address: addressResolver(context, blockLevel) }),
});
