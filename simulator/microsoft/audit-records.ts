import type { Entity } from './odata.js';
import { guid, type Rows } from './rows.js';
import type { TenantState } from './state.js';

/** Unified audit records in the Management Activity schema, which Purview's `auditData` shares. */
export interface AuditRecordRow {
  readonly visibleAt: Date;
  readonly at: Date;
  readonly contentType: 'Audit.General' | 'Audit.SharePoint' | 'Audit.Exchange';
  readonly userPrincipalName: string;
  readonly record: Entity & { readonly Id: string; readonly Operation: string };
}

export function auditRecords(state: TenantState): readonly AuditRecordRow[] {
  return state.rows.audit.map((row) => toRecord(state, row));
}

function toRecord(state: TenantState, { rowId, at, visibleAt, fields: f }: Rows['audit'][number]): AuditRecordRow {
  const user = state.user(f.user);
  const contentType =
    /InboxRule|MailItems|Mailbox|RecipientPermission|FolderPermissions|CalendarDelegation|Transport|RoleGroup/.test(
      f.operation,
    )
      ? 'Audit.Exchange'
      : /^(File|Sharing|Anonymous|SecureLink|AddedToSecure|SearchQuery)/.test(f.operation)
        ? 'Audit.SharePoint'
        : 'Audit.General';
  const isMailbox = MAILBOX.test(f.operation);
  const app = f.app === undefined ? undefined : state.appBy(f.app);
  const file = f.file === undefined ? {} : fileFields(state, f);
  const external =
    f.external === undefined || f.external === false
      ? {}
      : typeof f.external === 'string'
        ? { TargetUserOrGroupName: f.external, TargetUserOrGroupType: 'Guest' }
        : { ParticipantInfo: { HasForeignTenantUsers: true, HasGuestUsers: false } };
  const messages =
    f.messages === undefined
      ? {}
      : {
          Messages: Array.from({ length: f.messages }, (_, n) => ({
            Id: String(at.getTime() + n),
            ChatThreadId: f.chat === undefined ? null : threadId(f.chat),
            SizeInBytes: 480,
          })),
        };
  return {
    at,
    visibleAt,
    contentType,
    userPrincipalName: user?.upn ?? '',
    record: {
      Id: guid(`audit:${rowId}`),
      RecordType: contentType === 'Audit.Exchange' ? 1 : contentType === 'Audit.SharePoint' ? 6 : 25,
      CreationTime: at.toISOString().slice(0, 19), // UTC without its Z
      Operation: f.operation,
      OrganizationId: guid('tenant'),
      UserType: 0,
      UserKey: f.user,
      Workload:
        contentType === 'Audit.Exchange'
          ? 'Exchange'
          : contentType === 'Audit.SharePoint'
            ? 'OneDrive'
            : 'MicrosoftTeams',
      ResultStatus: 'Succeeded',
      UserId: user?.upn ?? f.user,
      Version: 1,
      ...(isMailbox
        ? mailboxFields(f)
        : f.ip === undefined
          ? {}
          : { ClientIP: contentType === 'Audit.Exchange' ? `${f.ip}:44213` : f.ip }),
      ...(f.userAgent === undefined || isMailbox ? {} : { UserAgent: f.userAgent }),
      ...((f.session === undefined || isMailbox) && !app
        ? {}
        : {
            AppAccessContext: {
              AADSessionId: isMailbox ? '' : (f.session ?? ''),
              ...(app ? { ClientAppId: app.appId, ClientAppName: app.name } : {}),
            },
          }),
      ...(f.object === undefined ? {} : { ObjectId: f.object }),
      ...(f.label === undefined ? {} : { SensitivityLabelId: f.label }),
      ...(f.chat === undefined ? {} : { ChatThreadId: threadId(f.chat), CommunicationType: 'GroupChat' }),
      ...(f.team === undefined
        ? {}
        : {
            TeamGuid: threadId(f.team),
            TeamName: f.team,
            ChannelGuid: threadId(`${f.team}/general`),
            ChannelName: 'General',
            ChannelType: 'Standard',
          }),
      ...(f.urls === undefined ? {} : { MessageURLs: f.urls }),
      ...(f.name === undefined ? {} : { Name: f.name }),
      ...(f.parameters === undefined
        ? {}
        : { Parameters: Object.entries(f.parameters).map(([Name, Value]) => ({ Name, Value })) }),
      ...(f.managed ? { IsManagedDevice: true } : {}),
      ...(f.mails === undefined ? {} : { OperationCount: f.mails }),
      ...file,
      ...external,
      ...messages,
    },
  };
}

/** Of the mailbox's own log, which names address, session and client in its own way. */
const MAILBOX =
  /^(?:MailItemsAccessed|Send|SendAs|SendOnBehalf|SoftDelete|HardDelete|MoveToDeletedItems|MailboxLogin)$/;
const mailboxFields = (f: Rows['audit'][number]['fields']): Entity => ({
  ...(f.ip === undefined ? {} : { ClientIPAddress: f.ip }),
  ...(f.session === undefined ? {} : { SessionId: f.session }),
  ClientInfoString: f.userAgent === undefined ? 'Client=REST;Client=RESTSystem;;' : `Client=OWA;${f.userAgent};`,
});

function fileFields(state: TenantState, f: Rows['audit'][number]['fields']): Entity {
  const owner = f.owner ?? f.user;
  const name = f.file ?? '';
  const site =
    f.team === undefined
      ? `https://example-my.sharepoint.com/personal/${(state.user(owner)?.upn ?? owner).replace(/[^a-z0-9-]/gi, '_')}/`
      : `https://example.sharepoint.com/sites/${encodeURIComponent(f.team)}/`;
  return {
    SiteUrl: site,
    Site: guid(`site:${owner}`),
    ListId: guid(`list:${owner}`),
    ListItemUniqueId: guid(`item:${owner}:${name}`),
    ItemType: 'File',
    SourceFileName: name,
    SourceFileExtension: name.split('.').at(-1) ?? '',
    SourceRelativeUrl: 'Documents/Microsoft Teams Chat Files',
    ...(f.bytes === undefined ? {} : { FileSizeBytes: f.bytes }),
  };
}

/** Thread id in Teams' form from a chat's name; an id stays as it is. */
export function threadId(name: string): string {
  return name.startsWith('19:') ? name : `19:${guid(`chat:${name}`).replaceAll('-', '')}@thread.v2`;
}
