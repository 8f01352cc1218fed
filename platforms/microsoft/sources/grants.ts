import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource } from '../../ports.js';
import { compact } from '../../compact.js';
import { OPERATIONS } from '../operations.js';
import { inSteps } from '../../steps.js';
import { instant, type SourceContext } from './source.js';

const SOURCE = 'microsoft.grants';

export const grant = z.looseObject({
  id: z.string(),
  clientId: z.string(),
  principalId: z.string().nullish(),
  scope: z.string().nullish(),
});
export const servicePrincipal = z.looseObject({
  appId: z.string(),
  displayName: z.string().nullish(),
  createdDateTime: z.string().nullish(),
  verifiedPublisher: z.looseObject({ verifiedPublisherId: z.string().nullish() }).nullish(),
});

/**
 * Delegated permissions as they stand now. A grant carries no time of its own; the app's first appearance in the tenant
 * stands for it, and an app that was there before the window dates from its start. The consent itself is in the audit log.
 */
export function grantSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'integration',
    depth: 'narrow',
    kinds: ['app_grant'],
    lagSeconds: 300,
    read: inSteps(async (query, next, { signal }) => {
      const page = await context.client.page(
        OPERATIONS.userGrants,
        { path: { id: query.nativeId }, signal },
        grant,
        next,
      );
      const events: EvidenceEvent[] = [];
      for (const row of page.rows) {
        const app = await context.client.call(
          OPERATIONS.servicePrincipal,
          {
            path: { id: row.clientId },
            query: { $select: 'appId,displayName,createdDateTime,verifiedPublisher' },
            signal,
          },
          servicePrincipal,
        );
        const appeared = instant(app.createdDateTime);
        events.push({
          id: `microsoft:${SOURCE}:${row.id}`,
          kind: 'app_grant',
          platform: context.platform,
          tenant: context.tenant,
          source: SOURCE,
          logSource: 'integration',
          at: appeared !== undefined && appeared > query.from ? appeared : query.from,
          operation: 'oauth2PermissionGrant',
          actor: query.nativeId,
          app: compact({
            id: app.appId,
            name: app.displayName,
            scopes: (row.scope ?? '').split(' ').filter((s) => s !== ''),
          }),
          target: compact({ type: 'app' as const, id: app.appId, name: app.displayName }),
          labels: app.verifiedPublisher?.verifiedPublisherId ? ['verified_publisher'] : ['unverified_publisher'],
        });
      }
      return { ...page, events };
    }),
  };
}
