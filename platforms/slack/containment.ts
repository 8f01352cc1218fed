import { z } from 'zod';
import type { ActionKind } from '../../domain/plan.js';
import type { ProtectedBecause } from '../../domain/subject.js';
import type { ContainmentAct, ContainmentPort, ReadProtection } from '../ports.js';
import { unreadable } from '../protection.js';
import type { ActContext } from './acts/act.js';
import { disableAccount } from './acts/disable-account.js';
import { endSessions } from './acts/end-sessions.js';
import { removeApp } from './acts/remove-app.js';
import { removeFile } from './acts/remove-file.js';
import { revokeShare } from './acts/revoke-share.js';
import { createSlackClient } from './client.js';
import { containmentLimits } from './containment-limits.js';
import { readInstall } from './installs.js';
import { OPERATIONS } from './methods.js';
import type { SlackSettings } from './settings.js';
import { SLACK_ORDER } from './stopping-order.js';
import { isAdmin, isLastOwner, readUser } from './user.js';

export interface SlackContainmentSettings extends SlackSettings {
  /** Ids (`A…`) of all of Quell's own Slack apps. With none given every app counts as protected: it could be ours. */
  readonly ownAppIds?: readonly string[];
}

/** Everything the containment role does at a Slack organisation. Token: `admin`, scopes of role `containment` in `methods.ts`. */
export function createSlackContainment(settings: SlackContainmentSettings): ContainmentPort {
  const plan = settings.plan ?? 'enterprise';
  const context: ActContext = { client: createSlackClient(settings), teamIds: settings.teamIds, plan };
  const acts: Partial<Record<ActionKind, ContainmentAct>> = {
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
    protection: protection(context, settings.ownAppIds ?? []),
  };
}

function protection(context: ActContext, ownAppIds: readonly string[]): ReadProtection {
  const teams = context.plan === 'enterprise' ? context.teamIds : [undefined];
  return async (target, { signal } = {}) => {
    try {
      switch (target.type) {
        case 'account':
          return await ofAccount(context, target.id, ownAppIds, teams, signal);
        case 'app':
          if (ownAppIds.includes(target.id)) return ['own_app'];
          return ownAppIds.length > 0 &&
            (await readInstall(context.client, OPERATIONS.installs, target.id, teams, signal))
            ? []
            : ['unknown'];
        case 'link':
          return [];
        case 'ip':
        case 'device':
        case 'mail_rule':
          return ['unknown'];
      }
    } catch (error) {
      return unreadable(error, signal);
    }
  };
}

/** Deactivating the account behind our own token would end the token; a bot's account is its app's, removed as an app. */
async function ofAccount(
  { client }: ActContext,
  id: string,
  ownAppIds: readonly string[],
  teams: readonly (string | undefined)[],
  signal: AbortSignal | undefined,
): Promise<readonly ProtectedBecause[]> {
  const self = await client.call(OPERATIONS.authTest, {}, z.looseObject({ user_id: z.string() }), { signal });
  const user = await readUser(client, id, signal);
  const because: ProtectedBecause[] = [];
  if (user.id === self.user_id || ownAppIds.includes(user.profile?.api_app_id ?? '')) because.push('own_app');
  if (isAdmin(user)) because.push('admin_role');
  if (await isLastOwner(client, user, teams, signal)) because.push('last_admin');
  return because.length === 0 && user.is_bot === true ? ['unknown'] : because;
}
