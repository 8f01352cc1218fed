import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { quoted, type MicrosoftClient } from './client.js';
import { isSameId } from './ids.js';
import { OPERATIONS } from './operations.js';
import { asItCame, maybe, someText } from '../kit/rows.js';

/** Whose it is and whether it is on decide acts: asked for exactly. What it is called does not. */
export const servicePrincipal = z.looseObject({
  id: z.string(),
  appId: z.string(),
  displayName: someText,
  createdDateTime: asItCame,
  accountEnabled: z.boolean().nullish(),
  appOwnerOrganizationId: z.string().nullish(),
  verifiedPublisher: maybe(z.looseObject({ verifiedPublisherId: someText })),
});
/** What is asked of an app: no keys, no secrets, no notes. */
export const SERVICE_PRINCIPAL = {
  $select: 'id,appId,displayName,createdDateTime,accountEnabled,appOwnerOrganizationId,verifiedPublisher',
};
export type ServicePrincipal = z.infer<typeof servicePrincipal>;

/** The tenant's instances of an app, by the client id that logs name: one, or none. Errors: VENDOR_REPLY when another app is answered. */
export async function findApps(
  client: MicrosoftClient,
  appId: string,
  signal: AbortSignal | undefined,
): Promise<readonly ServicePrincipal[]> {
  const query = { $filter: `appId eq ${quoted(appId)}`, ...SERVICE_PRINCIPAL };
  const rows = await client.first(OPERATIONS.findServicePrincipal, { query, signal }, servicePrincipal);
  if (rows.some((row) => !isSameId(row.appId, appId)))
    throw new QuellError('VENDOR_REPLY', `${OPERATIONS.findServicePrincipal.name}: another app`);
  return rows;
}

/** As `findApps`, for who knows that there is at most one. */
export const findApp = async (
  client: MicrosoftClient,
  appId: string,
  signal: AbortSignal | undefined,
): Promise<ServicePrincipal | undefined> => (await findApps(client, appId, signal))[0];
