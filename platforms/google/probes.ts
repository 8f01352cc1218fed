import { z } from 'zod';
import type { VendorRole } from '../operation.js';
import type { ActAs, GoogleClient, SdkOptions } from './client.js';
import { METHODS, type GoogleApi, type MethodOf } from './methods.js';
import type { GoogleSdk } from './sdk.js';
import type { GoogleSettings } from './settings.js';

export interface ProbeSettings extends GoogleSettings {
  /** As for the people role's port; without it there is no mail. */
  readonly sender?: string;
  /** As for the containment role's port; without it no address is blocked. */
  readonly blockLevel?: string;
}

const anything = z.looseObject({});
const withId = z.looseObject({ id: z.string() });

/**
 * By name of the method: reads that need no particular person, one row each; the accounts asked for are the administrator
 * and the sender. What the administrator's role or the edition refuses shows here.
 */
export function probesOf(
  client: GoogleClient,
  role: VendorRole,
  { adminSubject, customerId, sender, blockLevel }: ProbeSettings,
  signal: AbortSignal | undefined,
): ReadonlyMap<string, () => Promise<unknown>> {
  const probe = <A extends GoogleApi>(
    method: MethodOf<A>,
    as: ActAs,
    send: (api: GoogleSdk[A], options: SdkOptions) => Promise<{ readonly data: unknown }>,
  ): readonly [string, () => Promise<unknown>] => [method.name, () => client.call(method, as, send, anything, signal)];
  const own = { userKey: adminSubject };
  const all = { customer: customerId, maxResults: 1 };
  const logins = { userKey: 'all', applicationName: 'login', customerId, maxResults: 1 };
  const devices = { parent: 'devices/-', customer: 'customers/my_customer', pageSize: 1 };
  const ownId = async (): Promise<string> =>
    (await client.call(METHODS.user, 'admin', (directory, o) => directory.users.get(own, o), withId, signal)).id;
  const parent = blockLevel?.split('/').slice(0, 2).join('/');

  return new Map([
    probe(METHODS.user, 'admin', (directory, o) => directory.users.get(own, o)),
    probe(METHODS.users, 'admin', (directory, o) => directory.users.list(all, o)),
    probe(METHODS.tokens, 'admin', (directory, o) => directory.tokens.list(own, o)),
    probe(METHODS.asps, 'admin', (directory, o) => directory.asps.list(own, o)),
    probe(METHODS.activities, 'admin', (reports, o) => reports.activities.list(logins, o)),
    probe(METHODS.alerts, 'admin', (center, o) => center.alerts.list({ pageSize: 1 }, o)),
    probe(METHODS.matters, 'admin', (vault, o) => vault.matters.list({ view: 'BASIC', pageSize: 1 }, o)),
    probe(METHODS.deviceUsers, 'admin', (identity, o) => identity.devices.deviceUsers.list(devices, o)),
    probe(METHODS.findDm, 'app', async (chat, o) =>
      chat.spaces.findDirectMessage({ name: `users/${await ownId()}` }, o),
    ),
    ...(parent === undefined
      ? []
      : [
          probe(METHODS.accessLevels, 'app', (manager, o) =>
            manager.accessPolicies.accessLevels.list({ parent, pageSize: 1 }, o),
          ),
        ]),
    ...(sender === undefined || role !== 'people'
      ? []
      : [
          probe(METHODS.mails, { email: sender }, (gmail, o) =>
            gmail.users.messages.list({ userId: 'me', maxResults: 1 }, o),
          ),
        ]),
  ]);
}
