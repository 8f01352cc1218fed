import { z } from 'zod';
import type { Platform } from '../../domain/platform.js';
import { compact } from '../compact.js';
import type { CallOptions, Directory, DirectoryEntry } from '../ports.js';
import type { GoogleClient } from './client.js';
import { METHODS } from './methods.js';
import { orMissing } from '../replies.js';
import { googleUser, readUser, type GoogleUser } from './people.js';
import type { GoogleSettings } from './settings.js';

const page = z.looseObject({ users: z.array(googleUser).nullish(), nextPageToken: z.string().nullish() });

/**
 * The Workspace directory. Managers are named there by address and are looked up by it. An account does not tell where it
 * signs in: where the organisation names its identity provider everybody is mastered there, except super administrators,
 * whom Google lets in by its own password.
 */
export function createDirectory(
  settings: GoogleSettings,
  client: GoogleClient,
  identityProvider?: Platform | 'other',
): Directory {
  const entryOf = (user: GoogleUser): DirectoryEntry =>
    compact({ ...entry(settings, user), masteredBy: user.isAdmin === true ? undefined : identityProvider });
  return {
    async lookup(by, { signal }: CallOptions = {}) {
      const user = await orMissing(readUser(client, 'nativeId' in by ? by.nativeId : by.email, signal));
      if (!user) return undefined;
      const managerMail = (user.relations ?? []).find((r) => r.type === 'manager')?.value;
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
        page,
        signal,
      );
      return {
        entries: (users ?? []).map(entryOf),
        ...(nextPageToken ? { next: nextPageToken } : {}),
      };
    },
  };
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
    page,
    signal,
  );
  return (users ?? []).every((u) => u.id === user.id || u.suspended === true);
}

function entry(settings: GoogleSettings, user: GoogleUser): DirectoryEntry {
  const mobile = (user.phones ?? []).find((p) => p.type === 'mobile') ?? user.phones?.[0];
  return compact({
    platform: 'google' as const,
    tenant: settings.tenant,
    nativeId: user.id,
    kind: 'person' as const,
    emails: [...new Set([user.primaryEmail, ...(user.aliases ?? [])].map((m) => m.toLowerCase()))],
    displayName: user.name?.fullName ?? '',
    active: user.suspended !== true && user.archived !== true,
    admin: user.isAdmin === true || user.isDelegatedAdmin === true,
    lastAdmin: false,
    phone: mobile?.value,
  });
}
