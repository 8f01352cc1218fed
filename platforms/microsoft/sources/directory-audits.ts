import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import { LABELS, roleLabel, type EventKind, type EvidenceEvent } from '../../../domain/evidence.js';
import { withoutDot } from '../../../domain/operation.js';
import type { Instant } from '../../../domain/platform.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { authMethodsOf, type AuthMethod } from '../auth-methods.js';
import { quoted } from '../client.js';
import { weakensInDirectory } from '../controls.js';
import { OPERATIONS } from '../operations.js';
import { findApp } from '../service-principals.js';
import { inSteps, type Step } from '../../steps.js';
import { address, instant, personOrApp, type SourceContext } from './source.js';

const SOURCE = 'microsoft.directory_audits';

const property = z.looseObject({
  displayName: z.string().nullish(),
  oldValue: z.string().nullish(),
  newValue: z.string().nullish(),
});
const resource = z.looseObject({
  id: z.string().nullish(),
  displayName: z.string().nullish(),
  type: z.string().nullish(),
  modifiedProperties: z.array(property).nullish(),
});
export const directoryAudit = z.looseObject({
  id: z.string(),
  activityDateTime: z.string(),
  activityDisplayName: z.string(),
  category: z.string().nullish(),
  correlationId: z.string().nullish(),
  result: z.string().nullish(),
  initiatedBy: z
    .looseObject({
      user: z.looseObject({ id: z.string().nullish(), ipAddress: z.string().nullish() }).nullish(),
      app: z.looseObject({ appId: z.string().nullish(), displayName: z.string().nullish() }).nullish(),
    })
    .nullish(),
  targetResources: z.array(resource).nullish(),
  additionalDetails: z.array(z.looseObject({ key: z.string().nullish(), value: z.string().nullish() })).nullish(),
});
export type DirectoryAudit = z.infer<typeof directoryAudit>;

/** Activities by name, first match wins; names as in the Entra audit activity reference, without the dot that the unified log adds. */
const KINDS: readonly (readonly [RegExp, EventKind])[] = [
  [
    /^(consent to application|add (delegated permission|oauth2permission) ?grant|add app role assignment)/i,
    'app_grant',
  ],
  [/(authentication methods?|conditional access|password|authorization) policy/i, 'config_change'],
  [/\bto role\b|\bfrom role\b|eligible (member|role)|role assignment|role definition|role setting/i, 'role_change'],
  [
    // A device that is registered signs in by itself from then on (ATT&CK T1098.005).
    /password|security info|authentication method|strong authentication|passkey|fido2|temporary access pass|^(register device|add registered (owner|users))/i,
    'credential_change',
  ],
  [
    /policy|named location|domain|federation|certificates and secrets|service principal|application|company/i,
    'config_change',
  ],
];

/** Kind of an activity; activities on users that match nothing else (`Disable account`, `Update StsRefreshTokenValidFrom Timestamp`) are account changes. */
export function auditKind(activity: string, category: string | null | undefined): EventKind {
  const found = KINDS.find(([pattern]) => pattern.test(activity));
  if (found) return found[1];
  return category === 'RoleManagement'
    ? 'role_change'
    : category === 'Policy' || category === 'ApplicationManagement'
      ? 'config_change'
      : 'account_change';
}

/** Entra audit log: what the subject did in the directory, and what was done to the subject: of an app, who let it in. */
export function directoryAuditSource(context: SourceContext): EvidenceSource {
  const read = (condition: (id: string) => string, idOf: IdOf = ({ nativeId }) => nativeId): Step => {
    return async (query, next, { signal }) => {
      const id = await idOf(query, signal);
      if (id === undefined) return { events: [] };
      const $filter = `activityDateTime ge ${query.from} and activityDateTime le ${query.to} and ${condition(quoted(id))}`;
      const page = await context.client.page(
        OPERATIONS.directoryAudits,
        { query: { $filter, $top: '500' }, signal },
        directoryAudit,
        next,
      );
      const methods = page.rows.some((row) => registers(row, query)) ? await methodsOf(context, query, signal) : [];
      const events = page.rows.map((row) => {
        const event = directoryAuditEvent(context, row);
        const method = registers(row, query) ? registeredAt(event.at, methods) : undefined;
        if (method === undefined) return event;
        return { ...event, target: compact({ type: 'auth_method' as const, id: method.key, name: method.name }) };
      });
      return { ...page, events };
    };
  };
  const by = (what: 'user/id' | 'app/appId'): Step => read((id) => `initiatedBy/${what} eq ${id}`);
  const about = (idOf?: IdOf): Step => read((id) => `targetResources/any(t: t/id eq ${id})`, idOf);
  return {
    id: SOURCE,
    logSource: 'iam',
    depth: 'narrow',
    kinds: ['app_grant', 'role_change', 'credential_change', 'account_change', 'config_change'],
    lagSeconds: 3600,
    read: personOrApp(
      inSteps(by('user/id'), about()),
      inSteps(
        by('app/appId'),
        about(async ({ nativeId }, signal) => (await findApp(context.client, nativeId, signal))?.id),
      ),
    ),
  };
}

/** By which id the log names the subject there; none, and there is nothing to read. */
type IdOf = (query: SourceQuery, signal: AbortSignal | undefined) => MaybePromise<string | undefined>;
type MaybePromise<T> = T | Promise<T>;

const REGISTERED = /\b(registered|updated)\b.*\bsecurity info\b|^add passkey/i;

/** The log says that the person has another factor, and not which. */
const registers = ({ activityDisplayName, targetResources }: DirectoryAudit, { nativeId }: SourceQuery): boolean =>
  REGISTERED.test(activityDisplayName) && (targetResources ?? []).some((t) => t.id === nativeId);

/** None where there is no such person, or where this may not be read: the row itself says enough to be counted. */
async function methodsOf(
  { client }: SourceContext,
  { nativeId }: SourceQuery,
  signal: AbortSignal | undefined,
): Promise<readonly AuthMethod[]> {
  try {
    return await authMethodsOf(client, nativeId, signal);
  } catch (error) {
    if (error instanceof QuellError && ['VENDOR_NOT_FOUND', 'VENDOR_SCOPE'].includes(error.code)) return [];
    throw error;
  }
}

/** Log and factor are written by two services. Further apart they are taken for two registrations. */
const SAME_MS = 120_000;

/** The factor that was registered when the log says that one was: the nearest in time. */
function registeredAt(at: Instant, methods: readonly AuthMethod[]): AuthMethod | undefined {
  const apart = (m: AuthMethod): number =>
    m.createdAt === undefined ? Infinity : Math.abs(Date.parse(m.createdAt) - Date.parse(at));
  return [...methods].sort((a, b) => apart(a) - apart(b)).find((m) => apart(m) <= SAME_MS);
}

/** New value of a property that a change names. */
export const changedTo = (row: DirectoryAudit, name: RegExp): string | undefined =>
  unwrap(
    (row.targetResources ?? []).flatMap((t) => t.modifiedProperties ?? []).find((p) => name.test(p.displayName ?? ''))
      ?.newValue,
  );

/** An administrator consented for everybody, or gave an app its own permissions, which nobody else can. */
export const isAdminConsent = (row: DirectoryAudit): boolean =>
  /^true$/i.test(changedTo(row, /^ConsentContext\.(IsAdminConsent|OnBehalfOfAll)$/i) ?? '') ||
  /AllPrincipals/i.test(changedTo(row, /ConsentAction\.Permissions|DelegatedPermissionGrant\.ConsentType/i) ?? '') ||
  /^add app role assignment to service principal/i.test(row.activityDisplayName);

/** A row of the directory's audit log as evidence. */
export function directoryAuditEvent(context: SourceContext, row: DirectoryAudit): EvidenceEvent {
  const kind = auditKind(row.activityDisplayName, row.category);
  const targets = row.targetResources ?? [];
  const changed = (name: RegExp): string | undefined => changedTo(row, name);
  const user = targets.find((t) => t.type === 'User');
  const servicePrincipal = targets.find((t) => t.type === 'ServicePrincipal' || t.type === 'Application');
  const by = row.initiatedBy;
  const grantedApp =
    kind === 'app_grant'
      ? (changed(/ServicePrincipalNames|ServicePrincipal\.AppId/i) ?? servicePrincipal?.id ?? undefined)
      : undefined;
  const scopes = changed(/ConsentAction\.Permissions|DelegatedPermissionGrant\.Scope|AppRole\.Value/i);
  const target =
    kind === 'app_grant' && grantedApp !== undefined
      ? { type: 'app' as const, id: grantedApp, name: servicePrincipal?.displayName }
      : targetOf(user ?? targets[0]);
  const role =
    kind === 'role_change'
      ? (changed(/^Role\.DisplayName$/i) ?? targets.find((t) => t.type === 'Role')?.displayName ?? undefined)
      : undefined;
  const labels = [
    ...(kind === 'app_grant' && isAdminConsent(row) ? [LABELS.adminConsent] : []),
    ...(role === undefined ? [] : [roleLabel(role)]),
  ];
  return compact({
    id: `microsoft:${SOURCE}:${row.id}`,
    kind,
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'iam' as const,
    at: instant(row.activityDateTime) ?? row.activityDateTime,
    operation: withoutDot(row.activityDisplayName),
    actor: by?.user?.id ?? by?.app?.appId,
    app:
      grantedApp !== undefined
        ? compact({
            id: grantedApp,
            name: servicePrincipal?.displayName,
            scopes: scopes === undefined ? undefined : scopeNames(scopes),
          })
        : by?.app?.appId
          ? compact({ id: by.app.appId, name: by.app.displayName })
          : undefined,
    ip: address(by?.user?.ipAddress),
    userAgent: row.additionalDetails?.find((d) => d.key === 'User-Agent')?.value,
    target: target && compact(target),
    labels: labels.length > 0 ? labels : undefined,
    weakens: weakensInDirectory(withoutDot(row.activityDisplayName), changed),
    outcome: row.result === 'success' ? ('success' as const) : row.result ? ('failure' as const) : undefined,
  });
}

function targetOf(
  row: z.infer<typeof resource> | undefined,
): { type: 'user' | 'app' | 'device' | 'setting'; id: string; name: string | null | undefined } | undefined {
  // A domain has a name alone.
  const id = row?.id || row?.displayName;
  if (!row || !id) return undefined;
  const type =
    row.type === 'User'
      ? 'user'
      : row.type === 'ServicePrincipal' || row.type === 'Application'
        ? 'app'
        : row.type === 'Device'
          ? 'device'
          : 'setting';
  return { type, id, name: row.displayName };
}

/** Values are JSON texts: `"\"Chat.Read\""`, `"[\"guid\"]"`. */
function unwrap(value: string | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  try {
    const inner: unknown = JSON.parse(value);
    const first: unknown = Array.isArray(inner) ? inner[0] : inner;
    return typeof first === 'string' && first !== '' ? first : undefined;
  } catch {
    return value === '' ? undefined : value;
  }
}

/** `Scope: Chat.Read User.Read, CreatedDateTime: …` inside a consent, or plain space-separated names. */
function scopeNames(text: string): readonly string[] {
  const inside = /Scope:\s*([^,\]]*)/i.exec(text)?.[1] ?? text;
  return inside.split(/\s+/).filter((s) => /^[\w.:/-]+$/.test(s));
}
