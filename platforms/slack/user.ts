import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { SlackClient } from './client.js';
import { OPERATIONS } from './methods.js';
import { metadata } from './sources/source.js';

const flag = z.boolean().nullish();
/** A member as `users.info` and `users.list` show it. On Enterprise the team id may be missing. */
export const slackUser = z.looseObject({
  id: z.string(),
  team_id: z.string().nullish(),
  enterprise_id: z.string().nullish(),
  name: z.string().nullish(),
  deleted: flag,
  is_bot: flag,
  is_app_user: flag,
  is_admin: flag,
  is_owner: flag,
  is_primary_owner: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  tz: z.string().nullish(),
  enterprise_user: z
    .looseObject({ enterprise_id: z.string().nullish(), is_admin: flag, is_owner: flag, is_primary_owner: flag })
    .nullish(),
  profile: z
    .looseObject({
      email: z.string().nullish(),
      real_name: z.string().nullish(),
      phone: z.string().nullish(),
      api_app_id: z.string().nullish(),
    })
    .nullish(),
});
export type SlackUser = z.infer<typeof slackUser>;
export const userList = z.looseObject({ members: z.array(z.unknown()), response_metadata: metadata });

/** Owner of the workspace or of the organisation. */
export function isOwner(user: SlackUser): boolean {
  return (
    user.is_owner === true ||
    user.is_primary_owner === true ||
    user.enterprise_user?.is_owner === true ||
    user.enterprise_user?.is_primary_owner === true
  );
}

export function isAdmin(user: SlackUser): boolean {
  return isOwner(user) || user.is_admin === true || user.enterprise_user?.is_admin === true;
}

/** Errors: VENDOR_NOT_FOUND; VENDOR_REPLY when the answer is about somebody else. */
export async function readUser(client: SlackClient, id: string, signal?: AbortSignal): Promise<SlackUser> {
  const shape = z.looseObject({ user: slackUser });
  const { user } = await client.call(OPERATIONS.usersInfo, { user: id }, shape, { signal });
  if (user.id !== id) throw new QuellError('VENDOR_REPLY', `${OPERATIONS.usersInfo.name}: another account`);
  return user;
}

export function kindOf(user: SlackUser): 'person' | 'guest' | 'app' {
  if (user.is_bot === true) return 'app';
  return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'person';
}

export const nameOf = (user: SlackUser): string => user.profile?.real_name || user.name || user.id;

/** True when no other active owner is left; reads members until one turns up. */
export async function isLastOwner(
  client: SlackClient,
  user: SlackUser,
  teamIds: readonly (string | undefined)[],
  signal?: AbortSignal,
): Promise<boolean> {
  if (!isOwner(user)) return false;
  for (const teamId of teamIds) {
    let cursor: string | undefined;
    do {
      const page = await client.call(OPERATIONS.usersList, { limit: 200, cursor, team_id: teamId }, userList, {
        signal,
      });
      const others = page.members
        .flatMap((m) => slackUser.safeParse(m).data ?? [])
        .filter((m) => m.id !== user.id && m.deleted !== true && m.is_bot !== true);
      if (others.some(isOwner)) return false;
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
  }
  return true;
}
