import { z } from 'zod';
import { objectIdOf } from '../../../domain/account-names.js';
import { QuellError } from '../../../domain/errors.js';
import type { MicrosoftClient } from '../client.js';
import { OPERATIONS } from '../operations.js';
import { SERVICE_PRINCIPAL, servicePrincipal } from '../service-principals.js';
import { consentIn, granteeOf, type AppIds } from './consent.js';
import { auditKind, type DirectoryAudit } from './directory-audit-row.js';

/** So many apps of one page are looked up; a page that names more is no page about one person. */
const MOST = 20;

/**
 * Client ids of the apps that rows name by their object in the tenant alone: who acted (`appId` is often null beside a
 * `servicePrincipalId`), and who was let in. Our own app among them is recognised by it. An app that is gone stays what the row calls it.
 */
export async function appIdsIn(
  client: MicrosoftClient,
  rows: readonly DirectoryAudit[],
  signal: AbortSignal | undefined,
): Promise<AppIds> {
  const asked = new Set(rows.flatMap((row) => [...actingIn(row), ...grantedIn(row)]));
  const found = new Map<string, string>();
  for (const id of [...asked].slice(0, MOST)) {
    try {
      const request = { path: { id }, query: SERVICE_PRINCIPAL, signal };
      const read = servicePrincipal.safeParse(
        await client.call(OPERATIONS.servicePrincipal, request, z.looseObject({})),
      );
      if (read.success) found.set(id, objectIdOf(read.data.appId) ?? read.data.appId);
    } catch (error) {
      if (!(error instanceof QuellError) || error.code !== 'VENDOR_NOT_FOUND') throw error;
    }
  }
  return found;
}

function actingIn({ initiatedBy }: DirectoryAudit): readonly string[] {
  const id = objectIdOf(initiatedBy?.app?.servicePrincipalId);
  return id === undefined || initiatedBy?.app?.appId !== undefined ? [] : [id];
}

function grantedIn(row: DirectoryAudit): readonly string[] {
  if (auditKind(row.activityDisplayName, row.category) !== 'app_grant') return [];
  const object = granteeOf(row);
  // Told by its object alone: no other id of it is in the row.
  return object !== undefined && objectIdOf(consentIn(row, new Map())?.id) === object ? [object] : [];
}
