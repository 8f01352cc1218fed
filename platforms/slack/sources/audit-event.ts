import { LABELS, roleLabel, type EventKind, type EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import { compact } from '../../kit/compact.js';
import { needed, readAs, type Notes } from '../../kit/rows.js';
import { roleGiven, weakens } from '../controls.js';
import { actorOf, isSlackItself, listIn, texts, type AuditEntry, type Details } from './audit-entry.js';
import { targetOf } from './audit-target.js';
import { channelOf, reachOf, type Outside } from './audit-share.js';
import { eventOf, type Origin, type SourceContext } from './source.js';

/** What an entry is read with. */
export interface Reading {
  readonly context: SourceContext;
  readonly origin: Origin;
  /** Which channels reach out of the organisation, where the entry does not say. */
  readonly outside: Outside;
}

/** Undefined when the entry, looked at closely, is not of that kind: a file shared inside the organisation is no share. */
export function toEvent(
  { context, origin, outside }: Reading,
  kind: EventKind,
  entry: AuditEntry,
  notes: Notes,
): EvidenceEvent | undefined {
  const at = needed(instantOf(entry.date_create), 'date_create');
  const details = entry.details ?? {};
  const where = channelOf(entry, details, outside);
  const reach = kind === 'share' ? reachOf(entry.action, where) : undefined;
  if (reach === 'inside') return undefined;
  const labels = labelsOf(kind, entry, details, reach === 'outside');
  return eventOf(context, origin, entry.id, {
    kind: isOurs(context, entry) && kind === 'app_grant' ? 'config_change' : kind,
    at,
    operation: entry.action,
    actor: whoseOf(kind, entry),
    app: appOf(context, kind, entry, details),
    ip: notes.address('context.ip_address', entry.context?.ip_address),
    userAgent: entry.context?.ua,
    sessionId: entry.context?.session_id,
    target: targetOf(kind, entry),
    channel: where,
    labels: labels.length > 0 ? labels : undefined,
    reasons: kind === 'platform_alert' ? reasonsOf(entry, details) : undefined,
    previous: kind === 'platform_alert' ? previousOf(details, notes) : undefined,
    weakens: weakens(entry.action, details),
    outcome: outcomeOf(kind, entry.action),
  });
}

/** What one of our own apps did: the approval of a release is no consent of anybody's. */
const isOurs = ({ ownAppIds }: SourceContext, { context }: AuditEntry): boolean =>
  ownAppIds.includes(context?.app?.id ?? '');

/** Who raised an alert is Slack; whose access it is about is whom it names. */
function whoseOf(kind: EventKind, entry: AuditEntry): string | undefined {
  const actor = actorOf(entry);
  return kind === 'platform_alert' && (actor === undefined || isSlackItself(actor))
    ? (entry.entity?.user?.id ?? actor)
    : actor;
}

/** Approved for everybody: by IT, or by the rules that IT made. */
const APPROVALS = new Set(['app_approved', 'org_app_installed', 'org_app_upgraded_to_org_install']);

function labelsOf(kind: EventKind, entry: AuditEntry, details: Details, isOutside: boolean): readonly string[] {
  const role = kind === 'role_change' ? roleGiven(entry.action, details, entry.entity?.role) : undefined;
  return [
    ...(isOutside ? ['outside'] : []),
    ...(APPROVALS.has(entry.action) ? [LABELS.adminConsent] : []),
    ...(kind === 'sign_in' && details['idp_config_id'] ? [LABELS.sso] : []),
    ...(role === undefined ? [] : [roleLabel(role)]),
  ];
}

function outcomeOf(kind: EventKind, action: string): EvidenceEvent['outcome'] {
  if (/_blocked(_by_type)?$/.test(action) || action === 'ip_allowlist_access_denied') return 'blocked';
  return kind === 'sign_in_failed' ? 'failure' : 'success';
}

/** The app that was given access, with what it was given; else the app that acted for the person. Ours stands before any other. */
function appOf(context: SourceContext, kind: EventKind, entry: AuditEntry, details: Details): EvidenceEvent['app'] {
  const isGrant = kind === 'app_grant' && !isOurs(context, entry);
  const added = entry.action === 'app_scopes_expanded' ? addedScopes(details) : undefined;
  const source = (isGrant ? entry.entity?.app : undefined) ?? entry.context?.app;
  // An entry may tell what was added and, being of the workspace, not to which app.
  if (!source) return isGrant && added && added.length > 0 ? { id: 'unknown', scopes: added } : undefined;
  const given = [...new Set([...(source.scopes ?? []), ...(source.scopes_bot ?? []), ...(source.bot_scopes ?? [])])];
  const scopes = added ?? given;
  return compact({ id: source.id, name: source.name, scopes: scopes.length > 0 ? scopes : undefined });
}

function addedScopes(details: Details): readonly string[] | undefined {
  const before = new Set(readAs(texts, details['previous_scopes']) ?? []);
  return readAs(texts, details['new_scopes'])?.filter((s) => !before.has(s));
}

/** Anomaly reasons and what Slack says of the address (`cloud-asn`, `in-ioc-list`). `reason` is a list, a text or an object in real entries. */
function reasonsOf(entry: AuditEntry, details: Details): readonly string[] {
  const names = namesIn(details['reason']);
  return [
    ...new Set([
      ...names,
      ...namesIn(details['ip_address_details']),
      ...namesIn(details['user_agent_change_details']),
      ...(names.length === 0 ? [entry.action] : []),
    ]),
  ];
}

function namesIn(said: unknown): readonly string[] {
  const parts =
    typeof said === 'string'
      ? listIn(said)
      : Array.isArray(said)
        ? (said as readonly unknown[])
        : typeof said === 'object' && said !== null
          ? Object.entries(said).flatMap(([name, holds]) => (holds === false || holds === null ? [] : [name]))
          : [];
  return parts.flatMap((part) => (typeof part === 'string' && part.trim() !== '' ? [part.trim()] : []));
}

/** Both are empty when they did not change since the session began. */
function previousOf(details: Details, notes: Notes): EvidenceEvent['previous'] {
  const agent = details['previous_ua'];
  const before = compact({
    ip: notes.address('details.previous_ip_address', details['previous_ip_address']),
    userAgent: typeof agent === 'string' && agent !== '' ? agent : undefined,
  });
  return Object.keys(before).length === 0 ? undefined : before;
}
