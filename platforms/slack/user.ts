import { z } from 'zod';
import { mailOf } from '../../domain/account-names.js';
import { QuellError } from '../../domain/errors.js';
import { maybe, readRows, someFlag, someText } from '../kit/rows.js';
import type { SlackClient } from './client.js';
import { OPERATIONS } from './methods.js';
import { metadata, pagesOf, rowsOf } from './pages.js';
import type { Self } from './self.js';
import { ofWorkspaces } from './workspaces.js';

/** In an organisation (Enterprise). */
export const enterpriseUser = z.looseObject({
  enterprise_id: someText,
  is_admin: someFlag,
  is_owner: someFlag,
  is_primary_owner: someFlag,
});
export const userProfile = z.looseObject({
  email: someText,
  real_name: someText,
  phone: someText,
  api_app_id: someText,
});
/** A member as `users.info` and `users.list` show it: the id is one. On Enterprise the team id may be missing. */
export const slackUser = z.looseObject({
  id: z.string().min(1),
  team_id: someText,
  enterprise_id: someText,
  name: someText,
  deleted: someFlag,
  is_bot: someFlag,
  is_admin: someFlag,
  is_owner: someFlag,
  is_primary_owner: someFlag,
  is_restricted: someFlag,
  is_ultra_restricted: someFlag,
  is_stranger: someFlag,
  tz: someText,
  enterprise_user: maybe(enterpriseUser),
  profile: maybe(userProfile),
});
export type SlackUser = z.infer<typeof slackUser>;
export const userList = z.looseObject({ members: rowsOf, response_metadata: metadata });

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

/** What Slack calls ours: the configured workspaces, and the organisation of our token. */
export interface Home extends Partial<Pick<Self, 'team_id' | 'enterprise_id'>> {
  readonly teamIds: readonly string[];
}
export const enterpriseOf = (user: SlackUser): string | undefined =>
  user.enterprise_user?.enterprise_id ?? user.enterprise_id;

/** Whether Slack tells by itself, without a look at whose token it is, that an account is of one of the configured workspaces. */
export const isPlainlyOurs = (user: SlackUser, { teamIds }: Pick<Home, 'teamIds'>): boolean =>
  user.is_stranger !== true && user.team_id !== undefined && teamIds.includes(user.team_id);

/**
 * An account of another organisation, seen through Slack Connect: Slack says so (`is_stranger`, which stands for those of whom only the name
 * is known), or it is of another organisation, or of a workspace that is not ours. No admin of ours can act on it.
 */
export function isStranger(user: SlackUser, home: Home): boolean {
  if (user.is_stranger === true) return true;
  if (isPlainlyOurs(user, home)) return false;
  const enterprise = enterpriseOf(user);
  if (enterprise !== undefined) return enterprise !== home.enterprise_id;
  return user.team_id !== undefined && user.team_id !== home.team_id && user.team_id !== home.enterprise_id;
}

/** Who comes in from outside is a guest, whatever they are at home. */
export function kindOf(user: SlackUser, home: Home): 'person' | 'guest' | 'app' {
  if (user.is_bot === true) return 'app';
  const isGuest = user.is_restricted === true || user.is_ultra_restricted === true;
  return isGuest || isStranger(user, home) ? 'guest' : 'person';
}

export const nameOf = (user: SlackUser): string => user.profile?.real_name ?? user.name ?? user.id;

interface Members {
  readonly client: SlackClient;
  /** As `workspacesOf` gives them. */
  readonly workspaces: readonly (string | undefined)[];
  readonly signal: AbortSignal | undefined;
}

/** The members of the workspaces, page by page; whom Slack tells no id of is left out. */
const membersOf = (
  { client, workspaces, signal }: Members,
  refused?: () => void,
): AsyncGenerator<readonly SlackUser[]> =>
  ofWorkspaces(
    workspaces,
    async function* (team_id) {
      const pages = pagesOf((cursor) =>
        client.call(OPERATIONS.usersList, { limit: 200, cursor, team_id }, userList, { signal }),
      );
      for await (const page of pages) yield readRows(page.members, slackUser).values;
    },
    refused,
  );

/** True when no other active owner is left, as far as the workspaces tell; reads members until one turns up. */
export async function isLastOwner(user: SlackUser, members: Members): Promise<boolean> {
  if (!isOwner(user)) return false;
  for await (const page of membersOf(members)) {
    const others = page.filter((m) => m.id !== user.id && m.deleted !== true && m.is_bot !== true);
    if (others.some((m) => isOwner(m) && m.is_stranger !== true)) return false;
  }
  return true;
}

/** Pages of members among which an app's bot, or a deactivated account, is looked for. */
const MAX_PAGES = 50;

/** Members that fit; `isCut` where there are more than are looked through, or a workspace shows none. */
export async function findMembers(
  members: Members,
  fits: (user: SlackUser) => boolean,
): Promise<{ readonly found: readonly SlackUser[]; readonly isCut: boolean }> {
  const found = new Map<string, SlackUser>();
  let pages = 0;
  let isCut = false;
  for await (const page of membersOf(members, () => (isCut = true))) {
    for (const user of page.filter(fits)) found.set(user.id, user);
    if (++pages >= MAX_PAGES) return { found: [...found.values()], isCut: true };
  }
  return { found: [...found.values()], isCut };
}

const found = z.looseObject({ user: slackUser });
const NOBODY = { users_not_found: { nobody: true } } as const;

/**
 * The account of a mail address. `users.lookupByEmail` knows active accounts alone: for a leaver the members are looked through. Undefined
 * for nobody, and where two accounts have the address. Errors: VENDOR_REPLY when the answer is about another address; TOO_MUCH when there
 * are more members than are looked through.
 */
export async function userOfMail(email: string, members: Members): Promise<SlackUser | undefined> {
  const { client, signal } = members;
  const { name } = OPERATIONS.usersLookupByEmail;
  const has = (user: SlackUser): boolean => mailOf(user.profile?.email) === mailOf(email);
  const shape = z.union([found, z.looseObject({ nobody: z.literal(true), user: z.undefined().optional() })]);
  const { user } = await client.call(OPERATIONS.usersLookupByEmail, { email }, shape, { signal, answers: NOBODY });
  if (user) {
    if (user.profile?.email !== undefined && !has(user))
      throw new QuellError('VENDOR_REPLY', `${name}: another account`);
    return user;
  }
  if (mailOf(email) === undefined) return undefined;
  const { found: known, isCut } = await findMembers(members, has);
  if (isCut && known.length === 0) throw new QuellError('TOO_MUCH', OPERATIONS.usersList.name);
  return known.length === 1 ? known[0] : undefined;
}
