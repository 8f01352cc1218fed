import { QuellError } from '../../../domain/errors.js';
import type { ProtectedBecause } from '../../../domain/subject.js';
import type { ReadAccount } from '../../kit/reading.js';
import type { ActContext } from '../acts/act.js';
import { scimUsers } from '../scim.js';
import { readSelf, type Self } from '../self.js';
import { enterpriseOf, isAdmin, isLastOwner, isStranger, kindOf, nameOf, readUser, type SlackUser } from '../user.js';
import { workspacesOf } from '../workspaces.js';
import { isSlackId } from './ids.js';

export interface ReadContext extends ActContext {
  /** Ids of all of Quell's own apps. */
  readonly ownAppIds: readonly string[];
}

/** Reads affected accounts, all of one resolution with one look at whose token it is. Errors: VENDOR_NOT_FOUND, and the vendor's. */
export function accountReader(
  context: ReadContext,
  signal: AbortSignal | undefined,
): (id: string) => Promise<ReadAccount> {
  const { client, plan } = context;
  let asked: Promise<Self> | undefined;
  return async (id) => {
    if (!isSlackId('account', id)) throw new QuellError('VENDOR_NOT_FOUND', 'not an id of an account');
    const self = await (asked ??= readSelf(client, signal));
    const user = await readUser(client, id, signal);
    const home = { teamIds: context.teamIds, team_id: self.team_id, enterprise_id: self.enterprise_id };
    const isOutside = isStranger(user, home);
    const homeTenant = isOutside ? awayOf(user) : homeOf(user, self, context.teamIds);
    const because = isOutside ? OUTSIDE : await protectionOf(context, user, self, signal);
    return {
      accountId: user.id,
      kind: kindOf(user, home),
      homeTenant: homeTenant ?? 'unknown',
      department: plan === 'pro' || isOutside ? undefined : await scimUsers(client).department(user.id, signal),
      protectedBecause: homeTenant === undefined && !isOutside ? [...because, 'unknown'] : because,
      name: nameOf(user),
    };
  };
}

/**
 * The organisation on Enterprise, else the workspace. Guests have accounts of the organisation itself, so that theirs is ours; who comes in
 * through Slack Connect has that of the organisation they come from.
 */
function homeOf(user: SlackUser, self: Self, teamIds: readonly string[]): string | undefined {
  const enterprise = enterpriseOf(user);
  if (enterprise !== undefined) return enterprise;
  if (!user.team_id) return undefined;
  const isOurs = [...teamIds, self.team_id, self.enterprise_id].includes(user.team_id);
  return (isOurs && (self.enterprise_id ?? self.team_id)) || user.team_id;
}

/** Where somebody of another organisation is at home, as far as Slack tells. */
const awayOf = (user: SlackUser): string | undefined => enterpriseOf(user) ?? user.team_id;
/** What protects them is not known to us, and no act of ours reaches them. */
const OUTSIDE: readonly ProtectedBecause[] = ['unknown'];

/** Deactivating the account behind our own token would end the token; a bot's account is its app's, removed as an app. */
async function protectionOf(
  context: ReadContext,
  user: SlackUser,
  self: Self,
  signal: AbortSignal | undefined,
): Promise<readonly ProtectedBecause[]> {
  const because: ProtectedBecause[] = [];
  if (user.id === self.user_id || context.ownAppIds.includes(user.profile?.api_app_id ?? '')) because.push('own_app');
  if (isAdmin(user)) because.push('admin_role');
  const members = { client: context.client, workspaces: workspacesOf(context), signal };
  if (await isLastOwner(user, members)) because.push('last_admin');
  return because.length === 0 && user.is_bot === true ? ['unknown'] : because;
}
