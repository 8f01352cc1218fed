import { z } from 'zod';
import type { AppTarget, GrantTarget } from '../../../domain/act-target.js';
import type { ProtectedBecause } from '../../../domain/subject.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf, wideReadingOf } from '../../kit/reading.js';
import { quoted } from '../client.js';
import { isGuid, isSameId } from '../ids.js';
import { OPERATIONS } from '../operations.js';
import { findApps, type ServicePrincipal } from '../service-principals.js';
import { accountReader, accountsOf, type ReadContext } from './accounts.js';

/** Tenant that owns Microsoft's own apps: switching one of those off hits everybody. */
const MICROSOFT_APPS_TENANT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

/** Accounts of an app that are read one by one. */
const MOST = 100;

const grant = z.looseObject({ principalId: z.string().nullish() });

/**
 * An app is named by its client id, as logs name it. It is taken from the whole organisation: from the account that ties it to the case,
 * from all who allowed it themselves, and from whoever uses it by an administrator's consent, whom no list names.
 */
export const appResolver =
  (context: ReadContext) =>
  async ({ appId, accountId }: AppTarget, { signal }: CallOptions): Promise<readonly TargetReading<'app'>[]> => {
    if (!isGuid(appId)) return [];
    const account = accountReader(context, signal);
    const named = await account(accountId);
    if (!named) return [];
    const readings: TargetReading<'app'>[] = [];
    for (const app of await findApps(context.client, appId, signal)) {
      const holders = await holdersOf(context, app, signal);
      const affects = await accountsOf(account, [named.accountId, ...holders.slice(0, MOST)]);
      const because = protectionOf(context, app, holders.length > MOST);
      const target: AppTarget = { type: 'app', appId: app.appId, accountId: named.accountId };
      readings.push(wideReadingOf<'app'>(target, affects, because));
    }
    return readings;
  };

/** What one person allowed an app. An app that is gone has no grants: the id then stays as it was given. */
export const grantResolver =
  (context: ReadContext) =>
  async ({ appId, accountId }: GrantTarget, { signal }: CallOptions): Promise<readonly TargetReading<'grant'>[]> => {
    if (!isGuid(appId)) return [];
    const named = await accountReader(context, signal)(accountId);
    if (!named) return [];
    const of = (id: string): GrantTarget => ({ type: 'grant', appId: id, accountId: named.accountId });
    const apps = await findApps(context.client, appId, signal);
    if (apps.length === 0) return [readingOf<'grant'>(of(appId.toLowerCase()), [named])];
    return apps.map((app) => ({
      ...readingOf<'grant'>(of(app.appId), [named]),
      protectedBecause: protectionOf(context, app, false),
    }));
  };

async function holdersOf(
  { client }: ReadContext,
  app: ServicePrincipal,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const query = { $filter: `clientId eq ${quoted(app.id)}` };
  const rows = await client.all(OPERATIONS.appGrants, { query, signal }, grant);
  return [...new Set(rows.flatMap((row) => row.principalId ?? []))];
}

/** Who is affected must be known: with more accounts than are read, people decide. */
function protectionOf(
  { ownAppIds }: ReadContext,
  { appId, appOwnerOrganizationId }: ServicePrincipal,
  isTooMany: boolean,
): readonly ProtectedBecause[] {
  if (ownAppIds.some((own) => isSameId(own, appId))) return ['own_app'];
  return isTooMany || isSameId(appOwnerOrganizationId ?? '', MICROSOFT_APPS_TENANT) ? ['unknown'] : [];
}
