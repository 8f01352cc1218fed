import { z } from 'zod';
import type { Authority } from '../../domain/platform.js';
import { mailOf, withoutTag } from '../../domain/account-names.js';
import { compact } from '../kit/compact.js';
import type { CallOptions, Directory, DirectoryEntry } from '../ports.js';
import { isClientId, readApp } from './apps.js';
import type { GoogleClient } from './client.js';
import { METHODS } from './methods.js';
import { orMissing } from '../kit/replies.js';
import { readRows, someList, someText } from '../kit/rows.js';
import { addressesOf, googleUser, readUser, type GoogleUser } from './people.js';
import type { GoogleSettings } from './settings.js';

export const usersPage = z.looseObject({ users: someList(z.unknown()), nextPageToken: someText });

/**
 * The Workspace directory, and of the apps that people let in what the log says of one. Managers are named there by address and are looked up by it. An account does not tell where it
 * signs in: where the organisation names its identity provider everybody is mastered there, except super administrators,
 * whom Google lets in by its own password.
 */
export function createDirectory(
  settings: GoogleSettings,
  client: GoogleClient,
  identityProvider?: Authority,
): Directory {
  const entryOf = (user: GoogleUser): DirectoryEntry =>
    compact({ ...entry(settings, user), masteredBy: user.isAdmin === true ? undefined : identityProvider });
  return {
    async lookup(by, { signal }: CallOptions = {}) {
      if ('nativeId' in by && isClientId(by.nativeId)) return appEntry(settings, client, by.nativeId, signal);
      const user = await ('nativeId' in by
        ? orMissing(readUser(client, by.nativeId, signal))
        : byAddress(client, by.email, signal));
      if (!user) return undefined;
      const managerMail = user.relations.find((r) => r.type === 'manager')?.value;
      const manager = managerMail ? await orMissing(readUser(client, managerMail, signal)) : undefined;
      return {
        ...entryOf(user),
        lastAdmin: await isLastAdmin(settings, client, user, signal),
        ...(manager ? { managerId: manager.id } : {}),
      };
    },
    async list(cursor, { signal }: CallOptions = {}) {
      const { users, nextPageToken } = await client.call(
        METHODS.users,
        'admin',
        (directory, options) =>
          directory.users.list(
            {
              customer: settings.customerId,
              projection: 'full',
              maxResults: 500,
              ...(cursor === undefined ? {} : { pageToken: cursor }),
            },
            options,
          ),
        usersPage,
        signal,
      );
      return {
        // An odd row is found when somebody asks for that account; until then the others are known.
        entries: readRows(users, googleUser).values.map(entryOf),
        ...(nextPageToken ? { next: nextPageToken } : {}),
      };
    },
  };
}

/** By any of its addresses. A tag (`dana+x@`) means the same mailbox at Google, and is no address of the directory's. */
async function byAddress(
  client: GoogleClient,
  address: string,
  signal: AbortSignal | undefined,
): Promise<GoogleUser | undefined> {
  const mail = mailOf(address);
  if (mail === undefined) return undefined;
  const bare = withoutTag(mail);
  return (
    (await orMissing(readUser(client, mail, signal))) ??
    (bare === undefined ? undefined : orMissing(readUser(client, bare, signal)))
  );
}

/** An app stands in no directory; who let it in answers for it. */
async function appEntry(
  settings: GoogleSettings,
  client: GoogleClient,
  clientId: string,
  signal: AbortSignal | undefined,
): Promise<DirectoryEntry | undefined> {
  const app = await readApp(settings, client, clientId, signal);
  if (!app) return undefined;
  return compact({
    platform: 'google' as const,
    tenant: settings.tenant,
    nativeId: clientId,
    kind: 'app' as const,
    emails: [],
    displayName: app.name ?? clientId,
    active: true,
    admin: false,
    lastAdmin: false,
    sponsorId: app.grantedBy,
  });
}

/** True when no other active account is super administrator. */
export async function isLastAdmin(
  settings: GoogleSettings,
  client: GoogleClient,
  user: GoogleUser,
  signal?: AbortSignal,
): Promise<boolean> {
  if (!user.isAdmin) return false;
  const { users } = await client.call(
    METHODS.users,
    'admin',
    (directory, options) =>
      directory.users.list({ customer: settings.customerId, query: 'isAdmin=true', maxResults: 500 }, options),
    usersPage,
    signal,
  );
  // A row that can't be read is nobody who could take over.
  return readRows(users, googleUser).values.every((u) => u.id === user.id || u.suspended === true);
}

function entry(settings: GoogleSettings, user: GoogleUser): DirectoryEntry {
  const mobile = user.phones.find((p) => p.type === 'mobile') ?? user.phones[0];
  return compact({
    platform: 'google' as const,
    tenant: settings.tenant,
    nativeId: user.id,
    kind: 'person' as const,
    emails: addressesOf(user),
    displayName: user.name?.fullName ?? '',
    active: user.suspended !== true && user.archived !== true,
    admin: user.isAdmin === true || user.isDelegatedAdmin === true,
    lastAdmin: false,
    phone: mobile?.value,
  });
}
