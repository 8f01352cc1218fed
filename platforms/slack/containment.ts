import type { Acts, ContainmentPort } from '../ports.js';
import type { ActContext } from './acts/act.js';
import { disableAccount } from './acts/disable-account.js';
import { endSessions } from './acts/end-sessions.js';
import { removeApp } from './acts/remove-app.js';
import { removeFile } from './acts/remove-file.js';
import { revokeShare } from './acts/revoke-share.js';
import { createSlackClient } from './client.js';
import { containmentLimits } from './containment-limits.js';
import { slackResolvers } from './resolve/index.js';
import type { SlackSettings } from './settings.js';
import { SLACK_ORDER } from './stopping-order.js';

export interface SlackContainmentSettings extends SlackSettings {
  /** Ids (`A…`) of all of Quell's own Slack apps. With none given every app counts as protected: it could be ours. */
  readonly ownAppIds?: readonly string[];
}

/** Everything the containment role does at a Slack organisation. Token: `admin`, scopes of role `containment` in `methods.ts`. */
export function createSlackContainment(settings: SlackContainmentSettings): ContainmentPort {
  const plan = settings.plan ?? 'enterprise';
  const context: ActContext = { client: createSlackClient(settings), teamIds: settings.teamIds, plan };
  const acts: Acts = {
    revoke_share: revokeShare(context),
    remove_file: removeFile(context),
    ...(plan === 'pro' ? {} : { disable_account: disableAccount(context) }),
    ...(plan === 'enterprise' ? { end_sessions: endSessions(context), remove_app: removeApp(context) } : {}),
  };
  return {
    platform: 'slack',
    tenant: settings.tenant,
    acts,
    order: SLACK_ORDER,
    limitations: containmentLimits(plan),
    resolvers: slackResolvers({ ...context, ownAppIds: settings.ownAppIds ?? [] }),
  };
}
