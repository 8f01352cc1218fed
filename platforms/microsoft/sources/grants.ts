import { z } from 'zod';
import { objectIdOf } from '../../../domain/account-names.js';
import { QuellError } from '../../../domain/errors.js';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import type { EvidenceSource, SourcePage, SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { quoted } from '../client.js';
import { OPERATIONS } from '../operations.js';
import { mapRows, readRows, someText, type Mapped, type Odd } from '../../kit/rows.js';
import { findApp, SERVICE_PRINCIPAL, servicePrincipal, type ServicePrincipal } from '../service-principals.js';
import { inSteps, type Step } from '../../kit/steps.js';
import { appIdsIn } from './app-ids.js';
import { isAdminConsent } from './consent.js';
import { directoryAuditEvent } from './directory-audit.js';
import { directoryAudit, hasSucceeded, type DirectoryAudit } from './directory-audit-row.js';
import { personOrApp, sourcePage, type SourceContext } from './source.js';

const SOURCE = 'microsoft.grants';

export const grant = z.looseObject({
  id: z.string().min(1),
  clientId: z.string().min(1),
  /** `AllPrincipals`: an administrator's, for everybody; it names no principal. */
  consentType: someText,
  principalId: someText,
  scope: someText,
});
type Grant = z.infer<typeof grant>;

/**
 * Delegated permissions as they stand now: of a person those that the person gave, of an app all that it holds, whoever gave them. A grant
 * carries no time of its own: the audit log's first consent to the app gives it, by this person or by an administrator for everybody, and
 * says who it was. Where the log no longer has it (Entra keeps 30 days), an app that came into the tenant in the window was granted since;
 * an older one is only seen to be there, and stands at the window's beginning. An app's own permissions (app role assignments) are in the
 * audit log alone (`microsoft.directory_audits`).
 */
export function grantSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'integration',
    depth: 'narrow',
    kinds: ['app_grant'],
    lagSeconds: 300,
    read: personOrApp(inSteps(ofPerson(context)), inSteps(ofApp(context))),
  };
}

const ofPerson =
  (context: SourceContext): Step =>
  async (query, next, { signal }) => {
    const page = await context.client.page(OPERATIONS.userGrants, { path: { id: query.nativeId }, signal }, next);
    const isFirst = next === undefined;
    const consents = isFirst || page.rows.length > 0 ? await consentsOf(context, query, BY_NAME, signal) : NONE;
    const apps = await appsOf(context, readRows(page.rows, grant).values, signal);
    const read = sourcePage(page, grant, (row) => {
      // An app that is gone meanwhile is called as the grant calls it.
      const app = apps.get(row.clientId) ?? servicePrincipal.parse({ id: row.clientId, appId: row.clientId });
      return [toEvent(context, query, { ...row, principalId: query.nativeId }, app, consents.values)];
    });
    return isFirst ? withConsents(read, forEverybody(query, consents.values), consents.odd) : read;
  };

/** The apps that hold the grants; none for one that is gone meanwhile, or that the vendor answers oddly. */
async function appsOf(
  { client }: SourceContext,
  grants: readonly Grant[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ServicePrincipal>> {
  const apps = new Map<string, ServicePrincipal>();
  for (const id of new Set(grants.map((g) => g.clientId))) {
    try {
      const of = { path: { id }, query: SERVICE_PRINCIPAL, signal };
      const read = servicePrincipal.safeParse(await client.call(OPERATIONS.servicePrincipal, of, z.looseObject({})));
      if (read.success) apps.set(id, read.data);
    } catch (error) {
      if (!(error instanceof QuellError) || error.code !== 'VENDOR_NOT_FOUND') throw error;
    }
  }
  return apps;
}

/** What administrators consented to for everybody: it lets an app act for the person, who has no grant of it. */
const forEverybody = (query: SourceQuery, consents: readonly Consent[]): readonly EvidenceEvent[] =>
  consents
    .filter(({ by, byAdmin }) => byAdmin && by !== query.nativeId)
    .map(({ row, event: said }) => {
      const event = { ...said, id: `microsoft:${SOURCE}:${row.id}`, source: SOURCE };
      if (event.at >= query.from) return event;
      return { ...event, at: query.from, labels: [...(event.labels ?? []), LABELS.state] };
    });

const withConsents = (page: SourcePage, events: readonly EvidenceEvent[], odd: readonly Odd[]): SourcePage => ({
  ...page,
  events: [...page.events, ...events],
  ...(odd.length === 0 ? {} : { odd: [...(page.odd ?? []), ...odd] }),
});

const ofApp =
  (context: SourceContext): Step =>
  async (query, next, { signal }) => {
    const app = await findApp(context.client, query.nativeId, signal);
    if (!app) return { events: [] };
    const request = { query: { $filter: `clientId eq ${quoted(app.id)}` }, signal };
    const page = await context.client.page(OPERATIONS.appGrants, request, next);
    const about = `targetResources/any(t: t/id eq ${quoted(app.id)})`;
    const consents = page.rows.length === 0 ? NONE : await consentsOf(context, query, about, signal);
    const read = sourcePage(page, grant, (row) => [toEvent(context, query, row, app, consents.values)]);
    return withConsents(read, [], consents.odd);
  };

function toEvent(
  context: SourceContext,
  query: SourceQuery,
  row: Grant,
  app: ServicePrincipal,
  consents: readonly Consent[],
): EvidenceEvent {
  const given = consents.find((c) => c.servicePrincipals.includes(row.clientId) && reaches(c, row));
  const appeared = instantOf(app.createdDateTime);
  const since = given?.at ?? (appeared !== undefined && appeared > query.from ? appeared : undefined);
  return compact({
    id: `microsoft:${SOURCE}:${row.id}`,
    kind: 'app_grant' as const,
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'integration' as const,
    at: since ?? query.from,
    operation: 'oauth2PermissionGrant',
    actor: given?.by ?? row.principalId,
    app: compact({
      id: clientIdOf(app),
      name: app.displayName,
      scopes: (row.scope ?? '').split(/\s+/).filter((s) => s !== ''),
    }),
    target: compact({ type: 'app' as const, id: clientIdOf(app), name: app.displayName }),
    labels: [
      app.verifiedPublisher?.verifiedPublisherId ? 'verified_publisher' : 'unverified_publisher',
      ...(given?.byAdmin === true || isForAll(row) ? [LABELS.adminConsent] : []),
      ...(since === undefined ? [LABELS.state] : []),
    ],
  });
}

const clientIdOf = ({ appId }: ServicePrincipal): string => objectIdOf(appId) ?? appId;

interface Consent {
  readonly at: string;
  readonly by: string | undefined;
  readonly byAdmin: boolean;
  readonly servicePrincipals: readonly string[];
  readonly row: DirectoryAudit;
  readonly event: EvidenceEvent;
}
const NONE: Mapped<Consent> = { read: 0, values: [], odd: [] };

const isForAll = ({ consentType }: Grant): boolean => consentType === 'AllPrincipals';

/** A consent made this grant: the person's own one, or an administrator's for everybody. */
const reaches = ({ by, byAdmin }: Consent, row: Grant): boolean =>
  byAdmin || (!isForAll(row) && by === row.principalId);

/** The activities by which a delegated permission comes to be. */
const CONSENTS = ['Consent to application', 'Add delegated permission grant'];
/** All of the tenant's in one search, for the log lets only five calls in ten seconds, and people have dozens of apps. */
const BY_NAME = `(${CONSENTS.map((name) => `activityDisplayName eq ${quoted(name)}`).join(' or ')})`;

/** Consents of the tenant that a condition picks, oldest first. */
async function consentsOf(
  context: SourceContext,
  { to }: SourceQuery,
  condition: string,
  signal: AbortSignal | undefined,
): Promise<Mapped<Consent>> {
  const query = { $filter: `activityDateTime le ${to} and ${condition}`, $top: '500' };
  const rows = await context.client.all(OPERATIONS.directoryAudits, { query, signal }, z.unknown());
  const appIds = await appIdsIn(context.client, readRows(rows, directoryAudit).values, signal);
  const consents = mapRows(rows, directoryAudit, (row, notes): readonly Consent[] => {
    const event = directoryAuditEvent(context, row, notes, appIds);
    if (hasSucceeded(row) !== true || event.kind !== 'app_grant') return [];
    return [
      {
        at: event.at,
        by: row.initiatedBy?.user?.id,
        byAdmin: isAdminConsent(row),
        servicePrincipals: row.targetResources.flatMap((t) => t.id ?? []),
        row,
        event,
      },
    ];
  });
  return { ...consents, values: [...consents.values].sort((a, b) => (a.at < b.at ? -1 : 1)) };
}
