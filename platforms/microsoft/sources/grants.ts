import { z } from 'zod';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { OPERATIONS } from '../operations.js';
import { findApp, SERVICE_PRINCIPAL, servicePrincipal, type ServicePrincipal } from '../service-principals.js';
import { inSteps, type Step } from '../../steps.js';
import { quoted } from '../client.js';
import {
  auditKind,
  directoryAuditEvent,
  type DirectoryAudit,
  directoryAudit,
  isAdminConsent,
} from './directory-audits.js';
import { instant, personOrApp, type SourceContext } from './source.js';

const SOURCE = 'microsoft.grants';

export const grant = z.looseObject({
  id: z.string(),
  clientId: z.string(),
  /** `AllPrincipals`: an administrator's, for everybody; it names no principal. */
  consentType: z.string().nullish(),
  principalId: z.string().nullish(),
  scope: z.string().nullish(),
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
    const request = { path: { id: query.nativeId }, signal };
    const page = await context.client.page(OPERATIONS.userGrants, request, grant, next);
    const isFirst = next === undefined;
    const consents = isFirst || page.rows.length > 0 ? await consentsOf(context, query, BY_NAME, signal) : [];
    const events: EvidenceEvent[] = [];
    for (const row of page.rows) {
      const of = { path: { id: row.clientId }, query: SERVICE_PRINCIPAL, signal };
      const app = await context.client.call(OPERATIONS.servicePrincipal, of, servicePrincipal);
      events.push(toEvent(context, query, { ...row, principalId: query.nativeId }, app, consents));
    }
    return { ...page, events: isFirst ? [...events, ...forEverybody(context, query, consents)] : events };
  };

/** What administrators consented to for everybody: it lets an app act for the person, who has no grant of it. */
const forEverybody = (
  context: SourceContext,
  query: SourceQuery,
  consents: readonly Consent[],
): readonly EvidenceEvent[] =>
  consents
    .filter(({ by, byAdmin }) => byAdmin && by !== query.nativeId)
    .map(({ row }) => {
      const event = { ...directoryAuditEvent(context, row), id: `microsoft:${SOURCE}:${row.id}`, source: SOURCE };
      if (event.at >= query.from) return event;
      return { ...event, at: query.from, labels: [...(event.labels ?? []), LABELS.state] };
    });

const ofApp =
  (context: SourceContext): Step =>
  async (query, next, { signal }) => {
    const app = await findApp(context.client, query.nativeId, signal);
    if (!app) return { events: [] };
    const request = { query: { $filter: `clientId eq ${quoted(app.id)}` }, signal };
    const page = await context.client.page(OPERATIONS.appGrants, request, grant, next);
    const about = `targetResources/any(t: t/id eq ${quoted(app.id)})`;
    const consents = page.rows.length === 0 ? [] : await consentsOf(context, query, about, signal);
    return { ...page, events: page.rows.map((row) => toEvent(context, query, row, app, consents)) };
  };

function toEvent(
  context: SourceContext,
  query: SourceQuery,
  row: Grant,
  app: ServicePrincipal,
  consents: readonly Consent[],
): EvidenceEvent {
  const given = consents.find((c) => c.servicePrincipals.includes(row.clientId) && reaches(c, row));
  const appeared = instant(app.createdDateTime);
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
      id: app.appId,
      name: app.displayName,
      scopes: (row.scope ?? '').split(' ').filter((s) => s !== ''),
    }),
    target: compact({ type: 'app' as const, id: app.appId, name: app.displayName }),
    labels: [
      app.verifiedPublisher?.verifiedPublisherId ? 'verified_publisher' : 'unverified_publisher',
      ...(given?.byAdmin === true || isForAll(row) ? [LABELS.adminConsent] : []),
      ...(since === undefined ? [LABELS.state] : []),
    ],
  });
}

interface Consent {
  readonly at: string;
  readonly by: string | undefined;
  readonly byAdmin: boolean;
  readonly servicePrincipals: readonly string[];
  readonly row: DirectoryAudit;
}

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
): Promise<readonly Consent[]> {
  const query = { $filter: `activityDateTime le ${to} and ${condition}`, $top: '500' };
  const rows = await context.client.all(OPERATIONS.directoryAudits, { query, signal }, directoryAudit);
  return rows
    .filter((row) => row.result === 'success' && auditKind(row.activityDisplayName, row.category) === 'app_grant')
    .map((row) => ({
      at: instant(row.activityDateTime) ?? row.activityDateTime,
      by: row.initiatedBy?.user?.id ?? undefined,
      byAdmin: isAdminConsent(row),
      servicePrincipals: (row.targetResources ?? []).flatMap((t) => t.id ?? []),
      row,
    }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}
