import { z } from 'zod';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { OPERATIONS } from '../operations.js';
import { inSteps } from '../../steps.js';
import { quoted } from '../client.js';
import { auditKind, directoryAudit, isAdminConsent, type DirectoryAudit } from './directory-audits.js';
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
 * Delegated permissions as they stand now. A grant carries no time of its own: the audit log's first consent to the app gives it, by this
 * person or by an administrator for everybody, and says who it was. Where the log no longer has it (Entra keeps 30 days), an app that came
 * into the tenant in the window was granted since; an older one is only seen to be there, and stands at the window's beginning.
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
      const consents = page.rows.length === 0 ? [] : await consentsOf(context, query, signal);
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
        const given = consents.find((c) => c.servicePrincipals.includes(row.clientId));
        const appeared = instant(app.createdDateTime);
        const since = given?.at ?? (appeared !== undefined && appeared > query.from ? appeared : undefined);
        events.push({
          id: `microsoft:${SOURCE}:${row.id}`,
          kind: 'app_grant',
          platform: context.platform,
          tenant: context.tenant,
          source: SOURCE,
          logSource: 'integration',
          at: since ?? query.from,
          operation: 'oauth2PermissionGrant',
          actor: given?.by ?? query.nativeId,
          app: compact({
            id: app.appId,
            name: app.displayName,
            scopes: (row.scope ?? '').split(' ').filter((s) => s !== ''),
          }),
          target: compact({ type: 'app' as const, id: app.appId, name: app.displayName }),
          labels: [
            app.verifiedPublisher?.verifiedPublisherId ? 'verified_publisher' : 'unverified_publisher',
            ...(given?.byAdmin === true ? [LABELS.adminConsent] : []),
            ...(since === undefined ? [LABELS.state] : []),
          ],
        });
      }
      return { ...page, events };
    }),
  };
}

interface Consent {
  readonly at: string;
  readonly by: string | undefined;
  readonly byAdmin: boolean;
  readonly servicePrincipals: readonly string[];
}

/** The activities by which a delegated permission comes to be. */
const CONSENTS = ['Consent to application', 'Add delegated permission grant'];

/**
 * Consents that reach this person, oldest first: their own, and an administrator's for everybody. All of the tenant's in one search, for the
 * log lets only five calls in ten seconds, and people have dozens of apps.
 */
async function consentsOf(
  context: SourceContext,
  { nativeId, to }: SourceQuery,
  signal: AbortSignal | undefined,
): Promise<readonly Consent[]> {
  const which = CONSENTS.map((name) => `activityDisplayName eq ${quoted(name)}`).join(' or ');
  const rows = await context.client.all(
    OPERATIONS.directoryAudits,
    { query: { $filter: `activityDateTime le ${to} and (${which})`, $top: '500' }, signal },
    directoryAudit,
  );
  return rows
    .filter((row) => reaches(row, nativeId))
    .map((row) => ({
      at: instant(row.activityDateTime) ?? row.activityDateTime,
      by: row.initiatedBy?.user?.id ?? undefined,
      byAdmin: isAdminConsent(row),
      servicePrincipals: (row.targetResources ?? []).flatMap((t) => t.id ?? []),
    }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

const reaches = (row: DirectoryAudit, nativeId: string): boolean =>
  row.result === 'success' &&
  auditKind(row.activityDisplayName, row.category) === 'app_grant' &&
  (isAdminConsent(row) || row.initiatedBy?.user?.id === nativeId);
