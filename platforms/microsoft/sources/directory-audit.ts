import { objectIdOf } from '../../../domain/account-names.js';
import { LABELS, roleLabel, type EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import { withoutDot } from '../../../domain/operation.js';
import { compact } from '../../kit/compact.js';
import { weakensInDirectory } from '../controls.js';
import { isContextualConsent, isServiceAccount, isWrittenBySignInService } from '../first-party-services.js';
import { needed, type Notes } from '../../kit/rows.js';
import { consentIn, isAdminConsent, type AppIds } from './consent.js';
import {
  auditKind,
  changedTo,
  detail,
  hasSucceeded,
  type AuditTarget,
  type DirectoryAudit,
} from './directory-audit-row.js';
import type { SourceContext } from './source.js';

export const DIRECTORY_AUDITS = 'microsoft.directory_audits';

/** A row of the directory's audit log as evidence. Throws, for `mapRows`, when the row has no time. */
export function directoryAuditEvent(
  context: SourceContext,
  row: DirectoryAudit,
  notes: Notes,
  appIds: AppIds = new Map(),
): EvidenceEvent {
  const activity = withoutDot(row.activityDisplayName);
  const kind = auditKind(activity, row.category);
  const targets = row.targetResources;
  const granted = kind === 'app_grant' ? consentIn(row, appIds) : undefined;
  const target = granted ? { type: 'app' as const, id: granted.id, name: granted.name } : targetOf(targets);
  const role =
    kind === 'role_change'
      ? (changedTo(row, /^Role\.DisplayName$/i) ?? targets.find((t) => t.type === 'Role')?.displayName)
      : undefined;
  const labels = [
    ...(kind === 'app_grant' && isAdminConsent(row) ? [LABELS.adminConsent] : []),
    ...(role === undefined ? [] : [roleLabel(role)]),
  ];
  const { user, app } = row.initiatedBy ?? {};
  const by = app && (objectIdOf(app.appId) ?? appIds.get(objectIdOf(app.servicePrincipalId) ?? '') ?? app.appId);
  const succeeded = hasSucceeded(row);
  return compact({
    id: `microsoft:${DIRECTORY_AUDITS}:${row.id}`,
    kind,
    platform: context.platform,
    tenant: context.tenant,
    source: DIRECTORY_AUDITS,
    logSource: 'iam' as const,
    at: needed(instantOf(row.activityDateTime), 'activityDateTime'),
    operation: activity,
    // A contextual consent names a person whose hand did not give it.
    actor: isContextualConsent(activity) ? undefined : (user?.id ?? by),
    app: granted ?? (by === undefined ? undefined : compact({ id: by, name: app?.displayName })),
    ...fromWhere(row, activity, notes),
    target: target && compact(target),
    labels: labels.length > 0 ? labels : undefined,
    weakens: weakensInDirectory(activity, (name) => changedTo(row, name)),
    outcome: succeeded === undefined ? undefined : succeeded ? ('success' as const) : ('failure' as const),
  });
}

/** The person's address and client; those of a service that wrote the row say nothing of the person. */
function fromWhere(row: DirectoryAudit, activity: string, notes: Notes): Pick<EvidenceEvent, 'ip' | 'userAgent'> {
  const user = row.initiatedBy?.user;
  const userAgent = detail(row, 'User-Agent');
  if (
    isContextualConsent(activity) ||
    isServiceAccount(user?.userPrincipalName) ||
    isWrittenBySignInService(activity, userAgent)
  )
    return {};
  return compact({ ip: notes.address('initiatedBy.user.ipAddress', user?.ipAddress), userAgent });
}

function targetOf(
  targets: readonly AuditTarget[],
):
  | { readonly type: 'user' | 'app' | 'device' | 'setting'; readonly id: string; readonly name: string | undefined }
  | undefined {
  const row = targets.find((t) => t.type === 'User') ?? targets[0];
  // A domain has a name alone; a deleted user its principal name.
  const id = row?.id ?? row?.displayName ?? row?.userPrincipalName;
  if (!row || id === undefined) return undefined;
  return { type: TARGETS[row.type ?? ''] ?? 'setting', id, name: row.displayName };
}
const TARGETS: Readonly<Record<string, 'user' | 'app' | 'device'>> = {
  User: 'user',
  ServicePrincipal: 'app',
  Application: 'app',
  Device: 'device',
};
