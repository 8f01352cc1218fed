import { z } from 'zod';
import { mailOf } from '../../domain/account-names.js';
import type { Authority } from '../../domain/platform.js';
import { compact } from '../kit/compact.js';
import type { Directory, DirectoryEntry } from '../ports.js';
import { readRows, someList } from '../kit/rows.js';
import { isRefusal } from './errors.js';
import { readInstall } from './installs.js';
import { OPERATIONS } from './methods.js';
import { metadata, nextOf, pagesOf } from './pages.js';
import { readSelf, type Self } from './self.js';
import { stateOf, type SourceContext } from './sources/source.js';
import {
  isAdmin,
  isLastOwner,
  isPlainlyOurs,
  isStranger,
  kindOf,
  nameOf,
  slackUser,
  userList,
  userOfMail,
  type Home,
  type SlackUser,
} from './user.js';
import { workspacesOf } from './workspaces.js';

const one = z.union([z.looseObject({ user: slackUser }), z.looseObject({ user: z.undefined().optional() })]);
const cursorShape = z.strictObject({ team: z.int().nonnegative(), next: z.string().optional() });
const policyEntities = z.looseObject({
  entities: someList(z.looseObject({ entity_id: z.string() })),
  response_metadata: metadata,
});

/**
 * `users.info`, `users.lookupByEmail`, `users.list`. Slack tells of no account whether it signs in by SSO; where the organisation names its
 * identity provider, everybody is mastered there except guests and those whom a policy lets in with a password.
 * A list page can't tell who the last owner is: there, `lastAdmin` is the primary owner, whom Slack lets nobody remove.
 */
export function createDirectory(context: SourceContext, identityProvider: Authority | undefined): Directory {
  const { client } = context;
  const teams = workspacesOf(context);
  const homeOf = homeReader(context);
  return {
    async lookup(by, { signal } = {}) {
      if ('nativeId' in by && by.nativeId.startsWith('A')) return appEntry(context, by.nativeId, signal);
      const members = { client, workspaces: teams, signal };
      const user = await ('email' in by
        ? userOfMail(by.email, members)
        : client
            .call(OPERATIONS.usersInfo, { user: by.nativeId }, one, { signal, answers: NOBODY })
            .then((answer) => answer.user));
      if (!user) return undefined;
      const home = await homeOf([user], signal);
      const masteredBy =
        identityProvider !== undefined &&
        kindOf(user, home) === 'person' &&
        !(await signsInWithPassword(context, user.id, signal))
          ? identityProvider
          : undefined;
      const lastAdmin = !isStranger(user, home) && (await isLastOwner(user, members));
      return entryOf(context, user, home, lastAdmin, masteredBy);
    },
    async list(cursor, { signal } = {}) {
      const at = stateOf(cursorShape, cursor) ?? { team: 0 };
      const args = { limit: 200, cursor: at.next, team_id: teams[at.team] };
      // A workspace of several that refuses our token hides nobody of the others.
      const page = await client.call(OPERATIONS.usersList, args, userList, { signal }).catch((error: unknown) => {
        if (teams.length === 1 || !isRefusal(error, at.next)) throw error;
        return { members: [], response_metadata: undefined };
      });
      const { next } = nextOf(page.response_metadata);
      const following =
        next !== undefined && next !== at.next
          ? { team: at.team, next }
          : at.team + 1 < teams.length
            ? { team: at.team + 1 }
            : undefined;
      const { values } = readRows(page.members, slackUser);
      const home = await homeOf(values, signal);
      const entries = values.map((user) => entryOf(context, user, home, user.is_primary_owner === true, undefined));
      return { entries, ...(following === undefined ? {} : { next: JSON.stringify(following) }) };
    },
  };
}

/** What is ours. Of which organisation our token is, is asked once, and only where an account does not tell by itself. */
function homeReader({
  client,
  teamIds,
}: SourceContext): (users: readonly SlackUser[], signal: AbortSignal | undefined) => Promise<Home> {
  let known: Self | undefined;
  return async (users, signal) => {
    if (users.every((user) => user.is_stranger === true || isPlainlyOurs(user, { teamIds }))) return { teamIds };
    known ??= await readSelf(client, signal);
    return { teamIds, team_id: known.team_id, enterprise_id: known.enterprise_id };
  };
}

/** An app stands in no directory; the integration log knows it, and who added it answers for it. */
async function appEntry(
  context: SourceContext,
  appId: string,
  signal: AbortSignal | undefined,
): Promise<DirectoryEntry | undefined> {
  const { client, tenant, hasLogs } = context;
  if (!hasLogs) return undefined;
  const install = await readInstall(client, OPERATIONS.integrationLogs, appId, workspacesOf(context), signal);
  if (!install) return undefined;
  const { installed, name, addedBy } = install;
  return compact({
    platform: 'slack' as const,
    tenant,
    nativeId: appId,
    kind: 'app' as const,
    emails: [],
    displayName: name ?? appId,
    active: installed,
    admin: false,
    lastAdmin: false,
    sponsorId: addedBy,
  });
}

/** An account that is not there, or that the token may not see, is nobody we can name. */
const NOBODY = { user_not_found: {}, user_not_visible: {} } as const;

function entryOf(
  { tenant }: SourceContext,
  user: SlackUser,
  home: Home,
  lastAdmin: boolean,
  masteredBy: Authority | undefined,
): DirectoryEntry {
  const isOurs = !isStranger(user, home);
  const mail = mailOf(user.profile?.email);
  return compact({
    platform: 'slack' as const,
    tenant,
    nativeId: user.id,
    kind: kindOf(user, home),
    emails: mail === undefined ? [] : [mail],
    displayName: nameOf(user),
    active: user.deleted !== true,
    admin: isOurs && isAdmin(user),
    lastAdmin: isOurs && lastAdmin,
    phone: user.profile?.phone,
    timeZone: user.tz,
    masteredBy: isOurs ? masteredBy : ('other' as const),
  });
}

/** Exempted from SSO by the password policy (`admin.auth.policy.getEntities`, Enterprise). */
async function signsInWithPassword(
  { client, plan }: SourceContext,
  userId: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (plan !== 'enterprise') return false;
  const answers = { policy_not_found: { entities: [] } };
  const pages = pagesOf((cursor) => {
    const args = { policy_name: 'email_password', entity_type: 'USER', limit: 1000, cursor };
    return client.call(OPERATIONS.authPolicyEntities, args, policyEntities, { signal, answers });
  });
  for await (const page of pages) if (page.entities.some((e) => e.entity_id === userId)) return true;
  return false;
}
