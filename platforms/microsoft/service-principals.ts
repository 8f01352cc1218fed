import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { quoted, type MicrosoftClient } from './client.js';
import { isSameId } from './ids.js';
import { OPERATIONS } from './operations.js';

const servicePrincipal = z.looseObject({
  id: z.string(),
  appId: z.string(),
  accountEnabled: z.boolean().nullish(),
  appOwnerOrganizationId: z.string().nullish(),
});
export type ServicePrincipal = z.infer<typeof servicePrincipal>;

/** The tenant's instances of an app, by the client id that logs name: one, or none. Errors: VENDOR_REPLY when another app is answered. */
export async function findApps(
  client: MicrosoftClient,
  appId: string,
  signal: AbortSignal | undefined,
): Promise<readonly ServicePrincipal[]> {
  const query = { $filter: `appId eq ${quoted(appId)}`, $select: 'id,appId,accountEnabled,appOwnerOrganizationId' };
  const { rows } = await client.page(OPERATIONS.findServicePrincipal, { query, signal }, servicePrincipal);
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
