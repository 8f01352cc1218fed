import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ProtectedBecause } from '../../../domain/subject.js';
import type { ReadAccount } from '../../reading.js';
import type { ActContext } from '../acts/act.js';
import { OPERATIONS } from '../methods.js';
import { scimUsers } from '../scim.js';
import { isAdmin, isLastOwner, kindOf, nameOf, readUser, type SlackUser } from '../user.js';
import { isSlackId } from './ids.js';

export interface ReadContext extends ActContext {
  /** Ids of all of Quell's own apps. */
  readonly ownAppIds: readonly string[];
}

const selfShape = z.looseObject({
  user_id: z.string(),
  team_id: z.string().nullish(),
  enterprise_id: z.string().nullish(),
});
type Self = z.infer<typeof selfShape>;

/** Workspaces that a call about all members names, one call each; none below Enterprise. */
export const workspacesOf = ({ plan, teamIds }: ActContext): readonly (string | undefined)[] =>
  plan === 'enterprise' ? teamIds : [undefined];

/** Reads affected accounts, all of one resolution with one look at whose token it is. Errors: VENDOR_NOT_FOUND, and the vendor's. */
export function accountReader(
  context: ReadContext,
  signal: AbortSignal | undefined,
): (id: string) => Promise<ReadAccount> {
  const { client, plan } = context;
  let asked: Promise<Self> | undefined;
  return async (id) => {
    if (!isSlackId('account', id)) throw new QuellError('VENDOR_NOT_FOUND', 'not an id of an account');
    const self = await (asked ??= client.call(OPERATIONS.authTest, {}, selfShape, { signal }));
    const user = await readUser(client, id, signal);
    const homeTenant = homeOf(user, self, context.teamIds);
    const because = await protectionOf(context, user, self, signal);
    return {
      accountId: user.id,
      kind: kindOf(user),
      homeTenant: homeTenant ?? 'unknown',
      department: plan === 'pro' ? undefined : await scimUsers(client).department(user.id, signal),
      protectedBecause: homeTenant === undefined ? [...because, 'unknown'] : because,
      name: nameOf(user),
    };
  };
}

/**
 * The organisation on Enterprise, else the workspace. Guests have accounts of the organisation itself, so that theirs is ours; who comes in
 * through Slack Connect has that of the organisation they come from.
 */
function homeOf(user: SlackUser, self: Self, teamIds: readonly string[]): string | undefined {
  const enterprise = user.enterprise_user?.enterprise_id || user.enterprise_id || undefined;
  if (enterprise !== undefined) return enterprise;
  if (!user.team_id) return undefined;
  const isOurs = [...teamIds, self.team_id, self.enterprise_id].includes(user.team_id);
  return (isOurs && (self.enterprise_id || self.team_id)) || user.team_id;
}

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
  if (await isLastOwner(context.client, user, workspacesOf(context), signal)) because.push('last_admin');
  return because.length === 0 && user.is_bot === true ? ['unknown'] : because;
}
