import { z } from 'zod';
import { roleLabel, type EventKind, type EvidenceEvent, type LogSource } from '../../../domain/evidence.js';
import { withoutDot } from '../../../domain/operation.js';
import type { SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { AUDIT_CONTROLS, weakensInAudit } from '../controls.js';
import { doneWith } from '../first-party-apps.js';
import { address, instant, type SourceContext } from './source.js';

/** What an operation of the unified audit log means here. Names: learn.microsoft.com/purview/audit-log-activities. */
const MEANING: Readonly<Record<string, readonly [EventKind, LogSource]>> = {
  MessageSent: ['message', 'chat_history'],
  MessageCreatedHasLink: ['message', 'chat_history'],
  MessageEditedHasLink: ['message', 'chat_history'],
  MessageUpdated: ['message', 'chat_history'],
  MessageDeleted: ['message', 'chat_history'],
  MessagesListed: ['conversation_read', 'chat_history'],
  MessageRead: ['conversation_read', 'chat_history'],
  ChatRetrieved: ['conversation_read', 'chat_history'],
  MessageHostedContentsListed: ['conversation_read', 'chat_history'],
  MessageHostedContentRead: ['conversation_read', 'chat_history'],
  MessagesExported: ['export', 'chat_history'],
  SubscribedToMessages: ['api_activity', 'integration'],
  MessageCreatedNotification: ['api_activity', 'integration'],
  TeamsSessionStarted: ['session', 'user_access'],
  AppInstalled: ['app_grant', 'integration'],
  BotAddedToTeam: ['app_grant', 'integration'],
  ConnectorAdded: ['app_grant', 'integration'],
  TabAdded: ['app_grant', 'integration'],
  TeamsTenantSettingChanged: ['config_change', 'integration'],
  TeamSettingChanged: ['config_change', 'integration'],
  ChannelSettingChanged: ['config_change', 'integration'],
  MemberAdded: ['config_change', 'integration'],
  'Set-CsTeamsClientConfiguration': ['config_change', 'integration'],
  MemberRoleChanged: ['role_change', 'iam'],
  FileDownloaded: ['file_download', 'file_transfer'],
  FileSyncDownloadedFull: ['file_download', 'file_transfer'],
  FileUploaded: ['file_upload', 'file_transfer'],
  FileCopied: ['file_download', 'file_transfer'],
  FileAccessed: ['file_view', 'file_transfer'],
  FilePreviewed: ['file_view', 'file_transfer'],
  SearchQueryPerformed: ['api_activity', 'file_transfer'],
  SharingSet: ['share', 'file_transfer'],
  SharingInvitationCreated: ['share', 'file_transfer'],
  AnonymousLinkCreated: ['share', 'file_transfer'],
  AnonymousLinkUpdated: ['share', 'file_transfer'],
  SecureLinkCreated: ['share', 'file_transfer'],
  AddedToSecureLink: ['share', 'file_transfer'],
  'New-InboxRule': ['mail_rule', 'notification_mail'],
  'Set-InboxRule': ['mail_rule', 'notification_mail'],
  UpdateInboxRules: ['mail_rule', 'notification_mail'],
  'Add-MailboxPermission': ['mail_access', 'iam'],
  'Add-RecipientPermission': ['mail_access', 'iam'],
  AddFolderPermissions: ['mail_access', 'iam'],
  ModifyFolderPermissions: ['mail_access', 'iam'],
  UpdateCalendarDelegation: ['mail_access', 'iam'],
  'Set-Mailbox': ['mail_access', 'iam'],
  MailItemsAccessed: ['api_activity', 'user_access'],
  SearchCreated: ['api_activity', 'file_transfer'],
  SearchExported: ['export', 'file_transfer'],
  SearchExportDownloaded: ['export', 'file_transfer'],
  'New-ComplianceSearchAction': ['export', 'file_transfer'],
  ...Object.fromEntries(
    Object.entries(AUDIT_CONTROLS).map(([name, kind]): [string, [EventKind, LogSource]] => [
      name,
      [kind, kind === 'role_change' ? 'iam' : 'integration'],
    ]),
  ),
};
export const AUDIT_OPERATIONS: readonly string[] = Object.keys(MEANING);
export const AUDIT_KINDS: readonly EventKind[] = [...new Set(Object.values(MEANING).map(([kind]) => kind))];

const text = z.string().nullish();
/** A record of the Office 365 Management Activity schema; Purview's `auditData` is the same. */
export const auditRecord = z.looseObject({
  Id: z.string(),
  CreationTime: z.string(),
  Operation: z.string(),
  UserId: text,
  UserKey: text,
  UserType: z.number().nullish(),
  ClientIP: text,
  /** Exchange's records have their own names for address, session and client. */
  ClientIPAddress: text,
  SessionId: text,
  ClientInfoString: text,
  UserAgent: text,
  /** SharePoint: true on a device that the organisation manages. */
  IsManagedDevice: z.boolean().nullish().catch(undefined),
  ResultStatus: text,
  ObjectId: text,
  AppAccessContext: z.looseObject({ AADSessionId: text, ClientAppId: text, ClientAppName: text }).nullish(),
  ApplicationId: text,
  ApplicationDisplayName: text,
  Site: text,
  SiteUrl: text,
  ListId: text,
  ListItemUniqueId: text,
  SourceFileName: text,
  FileSizeBytes: z.number().nullish(),
  SensitivityLabelId: text,
  TargetUserOrGroupName: text,
  TargetUserOrGroupType: text,
  TeamGuid: text,
  TeamName: text,
  ChannelGuid: text,
  ChannelName: text,
  ChannelType: text,
  ChatThreadId: text,
  ParticipantInfo: z
    .looseObject({ HasForeignTenantUsers: z.boolean().nullish(), HasGuestUsers: z.boolean().nullish() })
    .nullish(),
  MessageId: text,
  MessageURLs: z.array(z.string()).nullish(),
  Messages: z.array(z.looseObject({ ChatThreadId: text, SizeInBytes: z.number().nullish() })).nullish(),
  HostedContents: z.array(z.looseObject({ SizeInBytes: z.number().nullish() })).nullish(),
  /** Mails that one row of `MailItemsAccessed` stands for. */
  OperationCount: z.number().nullish(),
  Members: z.array(z.looseObject({ UPN: text, Role: z.number().nullish() })).nullish(),
  Name: text,
  Parameters: z.array(z.looseObject({ Name: text, Value: text })).nullish(),
  AddOnGuid: text,
  AddOnName: text,
});
export type AuditRecord = z.infer<typeof auditRecord>;

/**
 * One audit record as an event of the subject; undefined for operations that say nothing here. The id comes from the
 * record alone, so that the same record read from Purview and from the Management API is one event.
 */
export function auditEvent(
  context: SourceContext,
  source: string,
  record: AuditRecord,
  query: SourceQuery,
): EvidenceEvent | undefined {
  const operation = withoutDot(record.Operation);
  const meaning = MEANING[operation];
  const at = instant(record.CreationTime);
  if (!meaning || at === undefined) return undefined;
  const weakens = weakensInAudit(operation, (name) => parameter(record, name));
  // Of the many settings of a mailbox only where its mail goes, and what keeps it.
  const forwards = operation !== 'Set-Mailbox' || parameter(record, /^Forwarding/) !== undefined;
  if (!forwards && weakens === undefined) return undefined;
  const kind = !forwards ? 'config_change' : isExport(record) ? meaning[0] : 'api_activity';
  const messages = record.Messages ?? record.HostedContents ?? [];
  const bytes = record.FileSizeBytes ?? sum(messages.map((m) => m.SizeInBytes ?? 0));
  return compact({
    id: `microsoft:audit:${record.Id}`,
    kind,
    platform: context.platform,
    tenant: context.tenant,
    source,
    logSource: meaning[1],
    at,
    operation,
    actor: query.emails.length > 0 ? query.nativeId : personOf(record),
    ip: address(record.ClientIP) ?? address(record.ClientIPAddress),
    ...withWhat(record, kind),
    sessionId: record.AppAccessContext?.AADSessionId || record.SessionId || undefined,
    deviceKnown: record.IsManagedDevice === true ? true : undefined,
    target: targetOf(record, kind, query),
    owner: ownerOf(record, query),
    channel: channelOf(record, record.Messages?.[0]?.ChatThreadId),
    count: messages.length > 0 ? messages.length : record.OperationCount || undefined,
    bytes: bytes > 0 ? bytes : undefined,
    urls: record.MessageURLs?.length ? record.MessageURLs : undefined,
    labels: labelsOf(record, kind),
    externalRecipients:
      record.TargetUserOrGroupType === 'Guest' && record.TargetUserOrGroupName
        ? [record.TargetUserOrGroupName]
        : undefined,
    reasons: operation.startsWith('AnonymousLink') ? ['anonymous_link'] : undefined,
    weakens,
    outcome: record.ResultStatus
      ? /^(success|succeeded|true|partiallysucceeded)$/i.test(record.ResultStatus)
        ? ('success' as const)
        : ('failure' as const)
      : undefined,
  });
}

/** The app that was let in, else what it was done with. */
function withWhat(record: AuditRecord, kind: EventKind): Pick<EvidenceEvent, 'app' | 'userAgent'> {
  const { AppAccessContext: caller, AddOnGuid, AddOnName, ApplicationId, ApplicationDisplayName } = record;
  const done = doneWith({
    id: caller?.ClientAppId || ApplicationId,
    name: caller?.ClientAppName || ApplicationDisplayName,
    userAgent: record.UserAgent || record.ClientInfoString,
  });
  if (kind !== 'app_grant' || !AddOnGuid) return done;
  return { ...done, app: compact({ id: AddOnGuid, name: AddOnName }) };
}

/** An eDiscovery action may also purge or only preview what a search found. */
const isExport = (record: AuditRecord): boolean =>
  record.Operation !== 'New-ComplianceSearchAction' || parameter(record, /^(Purge|Preview|Report)$/) === undefined;

/** In whose name an app acted: an Entra id, else the principal name; nobody when it acted as itself. */
function personOf({ UserKey, UserId, UserType }: AuditRecord): string | undefined {
  if (UserType === 4 || UserType === 5) return undefined; // system, application
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(UserKey ?? '')) return UserKey ?? undefined;
  return UserId?.includes('@') === true ? UserId.toLowerCase() : undefined;
}

function labelsOf(record: AuditRecord, kind: EventKind): readonly string[] | undefined {
  const role = kind === 'role_change' ? roleOf(record) : undefined;
  const labels = [
    ...(record.SensitivityLabelId ? [record.SensitivityLabelId] : []),
    ...(role ? [roleLabel(role)] : []),
  ];
  return labels.length > 0 ? labels : undefined;
}

/** Of a team's member 2 is an owner; commands name a role or its group. */
function roleOf(record: AuditRecord): string | undefined {
  const [member] = record.Members ?? [];
  if (member?.Role !== undefined && member.Role !== null) return member.Role === 2 ? 'team owner' : 'team member';
  return parameter(record, /^Role$/) ?? parameter(record, /^Identity$/) ?? record.Operation.replace(/^\w+-/, '');
}

/** A personal site is named by its owner's principal name with `_` for what is no letter; other sites are named by themselves. */
function ownerOf(record: AuditRecord, { emails }: SourceQuery): string | undefined {
  if (!record.SourceFileName && !record.ListItemUniqueId) return undefined;
  const [, kind, name] = /\/(personal|sites|teams)\/([^/]+)/.exec(record.SiteUrl ?? record.ObjectId ?? '') ?? [];
  if (name === undefined || kind !== 'personal') return name === undefined ? undefined : decodeURIComponent(name);
  return emails.find((m) => m.toLowerCase().replace(/[^a-z0-9-]/g, '_') === name.toLowerCase()) ?? name.toLowerCase();
}

function targetOf(record: AuditRecord, kind: EventKind, query: SourceQuery): EvidenceEvent['target'] {
  if (record.SourceFileName || record.ListItemUniqueId) {
    // Site, list and item ids lead to the file without carrying its name or its owner's address.
    const { Site, ListId, ListItemUniqueId, ObjectId } = record;
    const id =
      Site && ListId && ListItemUniqueId
        ? `sites/${Site}/lists/${ListId}/items/${ListItemUniqueId}`
        : (ListItemUniqueId ?? ObjectId ?? record.Id);
    return compact({ type: 'file' as const, id, name: record.SourceFileName });
  }
  // Exchange's cmdlets name what they make among their parameters.
  if (kind === 'mail_rule')
    return compact({
      type: 'mailbox' as const,
      id: query.nativeId,
      name: parameter(record, /^Name$/) ?? record.Name,
    });
  if (kind === 'mail_access') {
    // A setting of Exchange names the mailbox it is about, which an administrator's own need not be.
    const identity = parameter(record, /^Identity$/)?.toLowerCase();
    const id = identity === undefined || query.emails.includes(identity) ? query.nativeId : record.Id;
    return compact({ type: 'mailbox' as const, id, name: parameter(record, /^(User|Trustee|Forwarding.*)$/) });
  }
  if (kind === 'role_change') {
    const member = record.Members?.[0]?.UPN ?? parameter(record, /^(Member|User|SecurityGroup)$/);
    if (member === undefined) return undefined;
    return { type: 'user', id: query.emails.includes(member.toLowerCase()) ? query.nativeId : member, name: member };
  }
  if (kind === 'export' || /^(SearchCreated|New-ComplianceSearch)/.test(record.Operation))
    return compact({
      type: 'export' as const,
      id: record.ObjectId || record.ChatThreadId || parameter(record, /^SearchName$/) || record.Id,
      name: record.Name,
    });
  if (kind === 'config_change')
    return compact({
      type: 'setting' as const,
      id: record.ObjectId || record.TeamGuid || parameter(record, /^Identity$/) || record.Operation,
      name: record.Name || parameter(record, /^(Identity|Name)$/) || record.ObjectId,
    });
  if (kind === 'app_grant' && record.AddOnGuid)
    return compact({ type: 'app' as const, id: record.AddOnGuid, name: record.AddOnName });
  return record.MessageId ? { type: 'message', id: record.MessageId } : undefined;
}

const parameter = ({ Parameters }: AuditRecord, name: RegExp): string | undefined =>
  Parameters?.find((p) => name.test(p.Name ?? '') && (p.Value ?? '') !== '')?.Value ?? undefined;

function channelOf(record: AuditRecord, firstThread: string | null | undefined): EvidenceEvent['channel'] {
  const id = record.ChatThreadId || firstThread || record.ChannelGuid || record.TeamGuid;
  if (!id) return undefined;
  const chat = Boolean(record.ChatThreadId || firstThread);
  const people = record.ParticipantInfo;
  return compact({
    id,
    name: record.ChannelName ?? record.TeamName,
    private: chat ? true : record.ChannelType ? /private|shared/i.test(record.ChannelType) : undefined,
    external: people ? Boolean(people.HasForeignTenantUsers || people.HasGuestUsers) : undefined,
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
