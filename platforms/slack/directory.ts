import { z } from 'zod';
import type { Authority } from '../../domain/platform.js';
import { compact } from '../compact.js';
import type { Directory, DirectoryEntry } from '../ports.js';
import { readInstall } from './installs.js';
import { OPERATIONS } from './methods.js';
import { lenient, metadata, nextOf, parseCursor, type SourceContext } from './sources/source.js';
import { isAdmin, isLastOwner, kindOf, nameOf, slackUser, userList, type SlackUser } from './user.js';

const one = z.union([z.looseObject({ user: slackUser }), z.looseObject({ user: z.undefined().optional() })]);
const cursorShape = z.strictObject({ team: z.int().nonnegative(), next: z.string().optional() });
const policyEntities = z.looseObject({
  entities: z.array(z.looseObject({ entity_id: z.string() })),
  response_metadata: metadata,
});

/**
 * `users.info`, `users.lookupByEmail`, `users.list`. Slack tells of no account whether it signs in by SSO; where the organisation names its
 * identity provider, everybody is mastered there except guests and those whom a policy lets in with a password.
 * A list page can't tell who the last owner is: there, `lastAdmin` is the primary owner, whom Slack lets nobody remove.
 */
export function createDirectory(context: SourceContext, identityProvider: Authority | undefined): Directory {
  const { client } = context;
  const teams = context.plan === 'enterprise' ? context.teamIds : [undefined];
  return {
    async lookup(by, { signal } = {}) {
      if ('nativeId' in by && by.nativeId.startsWith('A')) return appEntry(context, by.nativeId, teams, signal);
      const settings = { signal, answers: NOBODY };
      const { user } = await ('email' in by
        ? client.call(OPERATIONS.usersLookupByEmail, { email: by.email }, one, settings)
        : client.call(OPERATIONS.usersInfo, { user: by.nativeId }, one, settings));
      if (!user) return undefined;
      const masteredBy =
        identityProvider !== undefined &&
        kindOf(user) === 'person' &&
        !(await signsInWithPassword(context, user.id, signal))
          ? identityProvider
          : undefined;
      return entryOf(context, user, await isLastOwner(client, user, teams, signal), masteredBy);
    },
    async list(cursor, { signal } = {}) {
      const at = parseCursor(cursorShape, cursor) ?? { team: 0 };
      const page = await client.call(
        OPERATIONS.usersList,
        { limit: 200, cursor: at.next, team_id: teams[at.team] },
        userList,
        { signal },
      );
      const { next } = nextOf(page.response_metadata);
      const following =
        next !== undefined ? { team: at.team, next } : at.team + 1 < teams.length ? { team: at.team + 1 } : undefined;
      const entries = lenient(page.members, slackUser).map((user) =>
        entryOf(context, user, user.is_primary_owner === true, undefined),
      );
      return { entries, ...(following === undefined ? {} : { next: JSON.stringify(following) }) };
    },
  };
}

/** An app stands in no directory; the integration log knows it, and who added it answers for it. */
async function appEntry(
  { client, tenant, hasLogs }: SourceContext,
  appId: string,
  teams: readonly (string | undefined)[],
  signal: AbortSignal | undefined,
): Promise<DirectoryEntry | undefined> {
  if (!hasLogs) return undefined;
  const install = await readInstall(client, OPERATIONS.integrationLogs, appId, teams, signal);
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
const NOBODY = { user_not_found: {}, users_not_found: {}, user_not_visible: {} } as const;

function entryOf(
  { tenant }: SourceContext,
  user: SlackUser,
  lastAdmin: boolean,
  masteredBy: Authority | undefined,
): DirectoryEntry {
  return compact({
    platform: 'slack' as const,
    tenant,
    nativeId: user.id,
    kind: kindOf(user),
    emails: user.profile?.email ? [user.profile.email.toLowerCase()] : [],
    displayName: nameOf(user),
    active: user.deleted !== true,
    admin: isAdmin(user),
    lastAdmin,
    phone: user.profile?.phone || undefined,
    timeZone: user.tz || undefined,
    masteredBy,
  });
}

/** Exempted from SSO by the password policy (`admin.auth.policy.getEntities`, Enterprise). */
async function signsInWithPassword(
  { client, plan }: SourceContext,
  userId: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (plan !== 'enterprise') return false;
  let cursor: string | undefined;
  do {
    const args = { policy_name: 'email_password', entity_type: 'USER', limit: 1000, cursor };
    const page = await client.call(OPERATIONS.authPolicyEntities, args, policyEntities, {
      signal,
      answers: { policy_not_found: { entities: [] } },
    });
    if (page.entities.some((e) => e.entity_id === userId)) return true;
    cursor = page.response_metadata?.next_cursor || undefined;
  } while (cursor !== undefined);
  return false;
}
