import { objectIdOf } from '../../../domain/account-names.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../kit/compact.js';
import { changedTo, changesOf, detail, type AuditTarget, type DirectoryAudit } from './directory-audit-row.js';

/** Client ids by the object ids of service principals: what rows name, where they name an app by its object alone. */
export type AppIds = ReadonlyMap<string, string>;

/** An administrator consented for everybody, or gave an app its own permissions, which nobody else can. */
export const isAdminConsent = (row: DirectoryAudit): boolean =>
  changesOf(row, /^ConsentContext\.(IsAdminConsent|OnBehalfOfAll)$/i).some((v) => /^true$/i.test(v)) ||
  changesOf(row, /ConsentAction\.Permissions|DelegatedPermissionGrant\.ConsentType/i).some((v) =>
    /AllPrincipals/i.test(now(v)),
  ) ||
  /^add app role assignment to service principal/i.test(row.activityDisplayName);

/**
 * The app that was let in, with all that it was given. Rows of a consent are about the app; those of a single grant are about the service
 * that is opened (Microsoft Graph, mostly), and name the app among their properties. Undefined when no row says which app.
 */
export function consentIn(row: DirectoryAudit, appIds: AppIds): NonNullable<EvidenceEvent['app']> | undefined {
  const apps = row.targetResources.filter((t) => t.type === 'ServicePrincipal' || t.type === 'Application');
  const object = objectOf(row, apps);
  const id =
    changesOf(row, /^ServicePrincipal\.AppId$/i).flatMap((v) => objectIdOf(v) ?? [])[0] ??
    (isOfApp(row) ? (namedId(row) ?? objectIdOf(detail(row, 'AppId'))) : undefined) ??
    appIds.get(objectIdOf(object) ?? '') ??
    objectIdOf(detail(row, 'AppId')) ??
    object;
  if (id === undefined) return undefined;
  const name =
    changedTo(row, /^ServicePrincipal\.DisplayName$/i) ??
    apps.find((t) => t.id === object)?.displayName ??
    (isOfApp(row) ? apps[0]?.displayName : undefined);
  const scopes = [...new Set([...scopesOf(row), ...changesOf(row, /^AppRole\.Value$/i)])];
  return compact({ id, name, scopes: scopes.length > 0 ? scopes : undefined });
}

/** The row's first target is the app, and not what the app may use. */
const isOfApp = ({ activityDisplayName }: DirectoryAudit): boolean =>
  !/^add (delegated permission|oauth2permission) ?grant|^add app role assignment to service principal/i.test(
    activityDisplayName,
  );

/** Object id of the app: told among the properties, else the target; of a grant on a service the one that is not the service. */
function objectOf(row: DirectoryAudit, apps: readonly AuditTarget[]): string | undefined {
  const told = changesOf(row, /^ServicePrincipal\.ObjectID$/i)[0];
  return told ?? (isOfApp(row) ? apps[0] : (apps[1] ?? apps[0]))?.id;
}

/** The principal as rows name it that have no client id of it. */
export const granteeOf = (row: DirectoryAudit): string | undefined =>
  objectIdOf(
    objectOf(
      row,
      row.targetResources.filter((t) => t.type === 'ServicePrincipal' || t.type === 'Application'),
    ),
  );

/** Of the names of an app (`https://helper.example.com;4444…`, `api://4444…`) the one that is its client id. */
function namedId(row: DirectoryAudit): string | undefined {
  const names = changesOf(row, /ServicePrincipalNames$/i).flatMap((v) => v.split(/[;,\s]+/));
  return (
    names.flatMap((n) => objectIdOf(n) ?? [])[0] ??
    names.flatMap((n) => objectIdOf(n.replace(/^api:\/\//i, '')) ?? [])[0]
  );
}

/** What a value says after its arrow: before it stands what was there already. */
const now = (value: string): string => value.slice(value.lastIndexOf('=>') + 1);

/** Of each grant of a consent (`[[…, Scope: Chat.Read User.Read, CreatedDateTime: …], […]]`), and the plain names of a single grant. */
function scopesOf(row: DirectoryAudit): readonly string[] {
  const listed = changesOf(row, /^ConsentAction\.Permissions$/i).flatMap((v) =>
    [...now(v).matchAll(/Scope:\s*([^,\]]*)/gi)].map(([, scopes]) => scopes ?? ''),
  );
  return [...listed, ...changesOf(row, /^DelegatedPermissionGrant\.Scope$/i)]
    .flatMap((text) => text.split(/\s+/))
    .filter((s) => /^[\w.:/-]+$/.test(s));
}
