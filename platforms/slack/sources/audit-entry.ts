import { z } from 'zod';
import { LABELS, roleLabel, type EventKind, type EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../compact.js';
import { roleGiven, weakens } from '../controls.js';
import { addressOf, eventOf, instantOf, metadata, type Origin, type SourceContext } from './source.js';

const text = z.string().nullish().catch(undefined);
const texts = z
  .union([z.array(z.string()), z.string().transform((s) => (s === '' ? [] : s.split(',')))])
  .nullish()
  .catch(undefined);
const app = z.looseObject({ id: z.string(), name: text, scopes: texts, scopes_bot: texts, bot_scopes: texts });
const channel = z.looseObject({
  id: z.string(),
  name: text,
  privacy: text,
  is_shared: z.boolean().nullish().catch(undefined),
});
const named = z.looseObject({ id: z.string(), name: text });

/**
 * An entry of the Audit Logs API. Only what identifies it is required; everything else differs by action and is taken as it comes
 * (`session_id` is a number, a string or null; lists come as arrays or text).
 */
export const auditEntry = z.looseObject({
  id: z.string(),
  date_create: z.coerce.number(),
  action: z.string(),
  actor: z.looseObject({ user: z.looseObject({ id: z.string() }) }),
  entity: z
    .looseObject({
      type: text,
      user: named.nullish().catch(undefined),
      role: named.nullish().catch(undefined),
      file: named.nullish().catch(undefined),
      channel: channel.nullish().catch(undefined),
      app: app.nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
  context: z
    .looseObject({
      ua: text,
      ip_address: text,
      session_id: z.union([z.string(), z.number()]).nullish().catch(undefined),
      app: app.nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
  details: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});
export type AuditEntry = z.infer<typeof auditEntry>;
export const auditPage = z.looseObject({ entries: z.array(z.unknown()), response_metadata: metadata });
/** Slack does not know a name of our list: everything is read instead. */
export const UNKNOWN_ACTION = { entries: [], invalid_action: true } as const;

/** Undefined when the entry, looked at closely, is not of that kind: a file shared inside the organisation is no share. */
export function toEvent(
  context: SourceContext,
  origin: Origin,
  kind: EventKind,
  entry: AuditEntry,
): EvidenceEvent | undefined {
  const details = entry.details ?? {};
  const where = channelOf(entry, details);
  const labels = labelsOf(kind, entry, details);
  if (entry.action === 'file_shared' && where?.external !== true) return undefined;
  return eventOf(context, origin, entry.id, {
    kind,
    at: instantOf(entry.date_create),
    operation: entry.action,
    actor: actorOf(kind, entry),
    app: appOf(kind, entry, details),
    ip: addressOf(entry.context?.ip_address),
    userAgent: entry.context?.ua || undefined,
    sessionId:
      entry.context?.session_id === undefined || entry.context.session_id === null
        ? undefined
        : String(entry.context.session_id),
    target: targetOf(kind, entry),
    channel: where,
    labels: labels.length > 0 ? labels : undefined,
    reasons: kind === 'platform_alert' ? reasonsOf(entry, details) : undefined,
    previous: kind === 'platform_alert' ? previousOf(details) : undefined,
    weakens: weakens(entry.action, details),
    outcome: outcomeOf(kind, entry.action),
  });
}

/** Who raised an alert is Slack; whose access it is about is whom it names. */
function actorOf(kind: EventKind, { actor, entity }: AuditEntry): string {
  return kind === 'platform_alert' && actor.user.id.startsWith('USLACK')
    ? (entity?.user?.id ?? actor.user.id)
    : actor.user.id;
}

/** Approved for everybody: by IT, or by the rules that IT made. */
const APPROVALS = new Set(['app_approved', 'org_app_installed', 'org_app_upgraded_to_org_install']);

function labelsOf(kind: EventKind, entry: AuditEntry, details: Readonly<Record<string, unknown>>): readonly string[] {
  const role = kind === 'role_change' ? roleGiven(entry.action, details, entry.entity?.role) : undefined;
  return [
    // Only shares that leave the organisation get this far.
    ...(kind === 'share' ? ['outside'] : []),
    ...(APPROVALS.has(entry.action) ? [LABELS.adminConsent] : []),
    ...(kind === 'sign_in' && details['idp_config_id'] ? [LABELS.sso] : []),
    ...(role === undefined ? [] : [roleLabel(role)]),
  ];
}

function outcomeOf(kind: EventKind, action: string): EvidenceEvent['outcome'] {
  if (action.endsWith('_blocked') || action === 'ip_allowlist_access_denied') return 'blocked';
  return kind === 'sign_in_failed' ? 'failure' : 'success';
}

/** The app that was given access, with what it was given; else the app that acted for the person. */
function appOf(kind: EventKind, entry: AuditEntry, details: Readonly<Record<string, unknown>>): EvidenceEvent['app'] {
  const source = (kind === 'app_grant' ? entry.entity?.app : undefined) ?? entry.context?.app;
  if (!source) return undefined;
  const given = [...new Set([...(source.scopes ?? []), ...(source.scopes_bot ?? []), ...(source.bot_scopes ?? [])])];
  const added = entry.action === 'app_scopes_expanded' ? addedScopes(details) : undefined;
  const scopes = added ?? given;
  return compact({ id: source.id, name: source.name || undefined, scopes: scopes.length > 0 ? scopes : undefined });
}

function addedScopes(details: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const before = new Set(texts.parse(details['previous_scopes']) ?? []);
  return texts.parse(details['new_scopes'])?.filter((s) => !before.has(s));
}

/** Canvases and lists are files of their own kind; their sibling key has the type's name. */
const document = z.looseObject({ id: z.string(), name: text, title: text });

function targetOf(kind: EventKind, entry: AuditEntry): EvidenceEvent['target'] {
  const { action, entity } = entry;
  const holder = kind === 'role_change' ? holderOf(entry) : undefined;
  if (holder !== undefined) return holder;
  if (kind === 'export') return { type: 'export', id: exportId(entry) };
  if (kind === 'config_change' && !entity?.app)
    return compact({ type: 'setting' as const, id: action, name: settingName(entry) });
  if (!entity) return undefined;
  for (const type of ['file', 'app', 'channel'] as const) {
    const named = entity[type];
    if (named) return compact({ type, id: named.id, name: named.name || undefined });
  }
  if (entity.user) return { type: 'user', id: entity.user.id };
  const other = document.safeParse(entity[entity.type ?? '']).data;
  if (!other) return undefined;
  if (entity.type === 'message') return { type: 'message', id: other.id };
  if (entity.type !== 'canvas' && entity.type !== 'list') return undefined;
  return compact({ type: 'file' as const, id: other.id, name: other.name || other.title || undefined });
}

const person = z.union([z.string(), z.looseObject({ id: z.string() }).transform((u) => u.id)]);

/** Who has the role now: the entity of a change of the account's own role, a detail where the entity is the role. */
function holderOf({ entity, details }: AuditEntry): EvidenceEvent['target'] {
  const id = entity?.user?.id ?? person.safeParse(details?.['target_user'] ?? details?.['target_entity_id']).data;
  return id === undefined ? undefined : { type: 'user', id };
}

/** Of a hold, a rule, a provider: its name, where the entry has one. */
const settingName = ({ entity }: AuditEntry): string | undefined => {
  const thing = document.safeParse(entity?.[entity.type ?? '']).data;
  return entity?.type === 'enterprise' || entity?.type === 'workspace' || entity?.type === 'user'
    ? undefined
    : thing?.name || thing?.title || undefined;
};

/** Started, completed and downloaded are steps of one export, told apart by the time it covers. */
function exportId({ id, action, details }: AuditEntry): string {
  const start = z.coerce.string().safeParse(details?.['export_start_ts'] ?? id).data ?? id;
  return `${action.replace(/_(started|completed|downloaded)$/, '')}:${start}`;
}

function channelOf(entry: AuditEntry, details: Readonly<Record<string, unknown>>): EvidenceEvent['channel'] {
  const found = entry.entity?.channel ?? channel.safeParse(details['channel']).data;
  const shared = details['shared_with'];
  if (!found && shared === undefined) return undefined;
  const outside = found?.is_shared ?? sharedOutside(shared);
  const id = found?.id ?? firstId(shared);
  if (id === undefined) return undefined;
  return compact({
    id,
    name: found?.name === 'REDACTED' ? undefined : found?.name,
    private: found?.privacy === undefined || found.privacy === null ? undefined : found.privacy !== 'public',
    external: outside,
  });
}

const sharedWith = z.array(z.looseObject({ id: z.string().nullish(), is_shared: z.boolean().nullish() }));
function sharedOutside(shared: unknown): boolean | undefined {
  return sharedWith.safeParse(shared).data?.some((s) => s.is_shared === true);
}
function firstId(shared: unknown): string | undefined {
  return sharedWith.safeParse(shared).data?.find((s) => s.id)?.id ?? undefined;
}

/** Anomaly reasons and what Slack says of the address (`cloud-asn`, `in-ioc-list`). `reason` is a list, a text or an object in real entries. */
function reasonsOf(entry: AuditEntry, details: Readonly<Record<string, unknown>>): readonly string[] {
  const reason = details['reason'];
  const names = texts.parse(reason) ?? (typeof reason === 'object' && reason !== null ? Object.keys(reason) : []);
  return [
    ...new Set([
      ...names,
      ...(texts.parse(details['ip_address_details']) ?? []),
      ...(texts.parse(details['user_agent_change_details']) ?? []),
      ...(names.length === 0 ? [entry.action] : []),
    ]),
  ];
}

/** Both are empty when they did not change since the session began. */
function previousOf(details: Readonly<Record<string, unknown>>): EvidenceEvent['previous'] {
  const before = compact({
    ip: addressOf(text.parse(details['previous_ip_address'])),
    userAgent: text.parse(details['previous_ua']) || undefined,
  });
  return Object.keys(before).length === 0 ? undefined : before;
}
