import { guestAddressOf, mailOf, objectIdOf } from '../../../domain/account-names.js';
import { roleLabel, type EventKind, type EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import { withoutDot } from '../../../domain/operation.js';
import type { SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { weakensInAudit } from '../controls.js';
import { doneWith } from '../first-party-apps.js';
import { isServiceApp } from '../first-party-services.js';
import { noticeKind } from '../../notice.js';
import { riskLevel } from '../../risk.js';
import { needed, type Notes } from '../../kit/rows.js';
import { meaningOf } from './audit-operations.js';
import { appIn, clientIn, isPersons, parameter, type AuditRecord } from './audit-record.js';
import { channelOf, ownerOf, targetOf } from './audit-target.js';
import type { SourceContext } from './source.js';

/**
 * One audit record as an event of the subject; none for operations that say nothing here. The id comes from the record alone, so that
 * the same record read from Purview and from the Management API is one event.
 */
export function auditEvents(
  context: SourceContext,
  source: string,
  record: AuditRecord,
  query: SourceQuery,
  notes: Notes,
): readonly EvidenceEvent[] {
  const operation = withoutDot(record.Operation);
  const meaning = meaningOf(operation);
  if (!meaning) return [];
  const at = needed(instantOf(record.CreationTime), 'CreationTime');
  if (meaning[0] === 'platform_alert') return alertOf(context, source, record, query, at);
  const weakens = weakensInAudit(operation, (name) => parameter(record, name));
  const kind = kindOf(record, operation, meaning[0], weakens !== undefined);
  if (kind === undefined) return [];
  const messages = record.Messages.length > 0 ? record.Messages : record.HostedContents;
  const bytes = record.FileSizeBytes ?? sum(messages.map((m) => m.SizeInBytes ?? 0));
  const outside = recipientsOf(record);
  return [
    compact({
      id: `microsoft:audit:${record.Id}`,
      kind,
      platform: context.platform,
      tenant: context.tenant,
      source,
      logSource: meaning[1],
      at,
      operation,
      actor: query.emails.length > 0 ? query.nativeId : personOf(record),
      ...fromWhere(record, kind, notes),
      sessionId: record.AppAccessContext?.AADSessionId ?? record.SessionId,
      deviceKnown: record.IsManagedDevice === true ? true : undefined,
      target: targetOf(record, kind, query),
      owner: ownerOf(record, query),
      channel: channelOf(record),
      visibility: visibilityOf(record, operation, outside),
      count: messages.length > 0 ? messages.length : record.OperationCount || undefined,
      bytes: bytes > 0 ? bytes : undefined,
      urls: record.MessageURLs.length > 0 ? record.MessageURLs : undefined,
      labels: labelsOf(record, kind),
      externalRecipients: outside.length > 0 ? outside : undefined,
      reasons: isAnonymous(record, operation) ? ['anonymous_link'] : undefined,
      weakens,
      outcome: outcomeOf(record),
    }),
  ];
}

/** Undefined for a record of a kind that is read, when it is about something else. */
function kindOf(record: AuditRecord, operation: string, meant: EventKind, weakens: boolean): EventKind | undefined {
  // Of the many settings of a mailbox only where its mail goes, and what keeps it.
  if (operation === 'Set-Mailbox' && parameter(record, /^Forwarding/) === undefined)
    return weakens ? 'config_change' : undefined;
  if (HIDES.has(operation)) return hidesNotice(record) ? meant : undefined;
  // An eDiscovery action may also purge or only preview what a search found.
  if (operation === 'New-ComplianceSearchAction' && parameter(record, /^(Purge|Preview|Report)$/) !== undefined)
    return 'api_activity';
  return meant;
}

const HIDES: ReadonlySet<string> = new Set(['MoveToDeletedItems', 'SoftDelete', 'HardDelete']);
/** What was thrown away would have told of a strange sign-in or a changed password. */
const hidesNotice = ({ AffectedItems, Item }: AuditRecord): boolean =>
  [Item?.Subject, ...AffectedItems.map((i) => i.Subject)].some((s) => s !== undefined && noticeKind(s) !== undefined);

/**
 * The person's address, and what it was done with; of what a service did in the person's name neither is the person's. Exchange names the
 * client in another field than the rest.
 */
function fromWhere(
  record: AuditRecord,
  kind: EventKind,
  notes: Notes,
): Pick<EvidenceEvent, 'app' | 'userAgent' | 'ip'> {
  const id = appIn(record);
  const ofService = isServiceApp(id) || !isPersons(record);
  const done = doneWith({
    id: objectIdOf(id) ?? id,
    name: record.AppAccessContext?.ClientAppName ?? record.ApplicationDisplayName,
    userAgent: ofService ? undefined : clientIn(record),
  });
  const app = isServiceApp(id) ? {} : done;
  const { AddOnGuid, AddOnName } = record;
  const used =
    kind === 'app_grant' && AddOnGuid !== undefined
      ? { ...app, app: compact({ id: AddOnGuid, name: AddOnName }) }
      : app;
  if (isServiceApp(id) || (!isPersons(record) && id === undefined)) return used;
  const ip =
    notes.address('ClientIP', record.ClientIP) ??
    notes.address('ClientIPAddress', record.ClientIPAddress) ??
    notes.address('ActorIpAddress', record.ActorIpAddress);
  return ip === undefined ? used : { ...used, ip };
}

/** In whose name an app acted: an Entra id, else the principal name; nobody when it acted as itself. */
function personOf(record: AuditRecord): string | undefined {
  if (!isPersons(record)) return undefined;
  return objectIdOf(record.UserKey) ?? mailOf(record.UserId);
}

/** An alert of the compliance centre, when it is about the subject. */
function alertOf(
  context: SourceContext,
  source: string,
  record: AuditRecord,
  query: SourceQuery,
  at: string,
): readonly EvidenceEvent[] {
  if (!isAlertAbout(record, query)) return [];
  return [
    compact({
      id: `microsoft:audit:${record.Id}`,
      kind: 'platform_alert' as const,
      platform: context.platform,
      tenant: context.tenant,
      source,
      logSource: 'platform_alerts' as const,
      at,
      operation: record.Name ?? record.Operation,
      actor: query.nativeId,
      target: { type: 'user' as const, id: query.nativeId },
      labels: record.Severity === undefined ? undefined : [record.Severity],
      risk: riskLevel(record.Severity),
      reasons: [record.Category, record.Operation].flatMap((r) => r ?? []),
    }),
  ];
}

/** By the account's address or id; a guest's principal name is made of the address. */
export function isAlertAbout({ AlertEntityId }: AuditRecord, { nativeId, emails }: SourceQuery): boolean {
  const entity = AlertEntityId ?? '';
  const mails = new Set(emails.flatMap((m) => mailOf(m) ?? []));
  return (
    objectIdOf(entity) === nativeId.toLowerCase() ||
    mails.has(mailOf(entity) ?? '') ||
    mails.has(guestAddressOf(entity) ?? '')
  );
}

/** People outside with whom something was shared: a guest by the address that the account was made of. */
function recipientsOf({ TargetUserOrGroupType: type, TargetUserOrGroupName: name }: AuditRecord): readonly string[] {
  if (name === undefined) return [];
  const guest = guestAddressOf(name);
  if (guest === undefined && !/^(?:guest|partner|external)/i.test(type ?? '')) return [];
  return [guest ?? mailOf(name) ?? name];
}

/** A link that opens to whoever holds it. */
const isAnonymous = ({ SharingLinkScope }: AuditRecord, operation: string): boolean =>
  operation.startsWith('AnonymousLink') || /^any(?:one|body)$/i.test(SharingLinkScope ?? '');

function visibilityOf(record: AuditRecord, operation: string, outside: readonly string[]): EvidenceEvent['visibility'] {
  if (outside.length > 0 || isAnonymous(record, operation)) return 'outside';
  return operation.startsWith('CompanyLink') || /^organization/i.test(record.SharingLinkScope ?? '')
    ? 'inside'
    : undefined;
}

function labelsOf(record: AuditRecord, kind: EventKind): readonly string[] | undefined {
  const role = kind === 'role_change' ? roleOf(record) : undefined;
  const labels = [
    ...(record.SensitivityLabelId === undefined ? [] : [record.SensitivityLabelId]),
    ...(role === undefined ? [] : [roleLabel(role)]),
  ];
  return labels.length > 0 ? labels : undefined;
}

/** Of a team's member 2 is an owner; commands name a role or its group. */
function roleOf(record: AuditRecord): string | undefined {
  const [member] = record.Members;
  if (member?.Role !== undefined) return member.Role === 2 ? 'team owner' : 'team member';
  if (record.Operation === 'SiteCollectionAdminAdded') return 'site collection admin';
  return parameter(record, /^Role$/) ?? parameter(record, /^Identity$/) ?? record.Operation.replace(/^\w+-/, '');
}

function outcomeOf({ ResultStatus }: AuditRecord): EvidenceEvent['outcome'] {
  if (ResultStatus === undefined) return undefined;
  return /^(?:success|succeeded|true|partiallysucceeded|0)$/i.test(ResultStatus) ? 'success' : 'failure';
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
