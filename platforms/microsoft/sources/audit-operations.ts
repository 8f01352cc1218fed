import type { EventKind, LogSource } from '../../../domain/evidence.js';
import { AUDIT_CONTROLS } from '../controls.js';

/** What an operation of the unified audit log is here: the kind of row it makes, and the log of the playbook that it belongs to. */
export type AuditMeaning = readonly [EventKind, LogSource];

const each = (names: string, ...meaning: AuditMeaning): Readonly<Record<string, AuditMeaning>> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, meaning]),
  );

/**
 * Operations that are read, by what they show. Names: learn.microsoft.com/purview/audit-log-activities, "Search for eDiscovery activities
 * in the audit log" (MicrosoftDocs/microsoft-365-docs), Teams audit log events, Office 365 Management Activity API schema.
 */
const MEANING: Readonly<Record<string, AuditMeaning>> = {
  // Teams: what was written, read through Graph, taken out, and who listens along
  ...each(
    'MessageSent MessageCreatedHasLink MessageEditedHasLink MessageUpdated MessageDeleted',
    'message',
    'chat_history',
  ),
  ...each(
    'MessagesListed MessageRead ChatRetrieved MessageHostedContentsListed MessageHostedContentRead MessageViewed',
    'conversation_read',
    'chat_history',
  ),
  ...each('MessagesExported TranscriptsExported RecordingExported DataExport', 'export', 'chat_history'),
  ...each('MeetingRecordingDownloaded MeetingTranscriptDownloaded', 'file_download', 'chat_history'),
  ...each(
    'SubscribedToMessages MessageCreatedNotification MessageUpdatedNotification MessageDeletedNotification CopilotInteraction',
    'api_activity',
    'integration',
  ),
  ...each('TeamsSessionStarted', 'session', 'user_access'),
  ...each('AppInstalled AppUpgraded AppPublishedToCatalog AppUpdatedInCatalog', 'app_grant', 'integration'),
  ...each('BotAddedToTeam ConnectorAdded ConnectorUpdated TabAdded TabUpdated', 'app_grant', 'integration'),
  ...each(
    'TeamsTenantSettingChanged TeamSettingChanged ChannelSettingChanged MemberAdded InviteSent Set-CsTeamsClientConfiguration',
    'config_change',
    'integration',
  ),
  ...each('MemberRoleChanged', 'role_change', 'iam'),
  // SharePoint and OneDrive, where files of chats lie
  ...each(
    'FileDownloaded FileSyncDownloadedFull FileSyncDownloadedPartial FileCopied FolderCopied StreamDownloaded',
    'file_download',
    'file_transfer',
  ),
  ...each('FileUploaded FileSyncUploadedFull FileSyncUploadedPartial', 'file_upload', 'file_transfer'),
  ...each(
    `FileAccessed FileAccessedExtended FilePreviewed FileVisited FileTranscriptContentAccessed StreamViewed
     LabelContentExplorerAccessedItem`,
    'file_view',
    'file_transfer',
  ),
  ...each(
    'SearchQueryPerformed SearchQueryInitiatedSharePoint SearchQueryInitiatedExchange AccessRequestCreated',
    'api_activity',
    'file_transfer',
  ),
  ...each(
    `SharingSet SharingInvitationCreated SharingInvitationUpdated AnonymousLinkCreated AnonymousLinkUpdated SecureLinkCreated
     SecureLinkUpdated AddedToSecureLink SharingLinkCreated SharingLinkUpdated AddedToSharingLink CompanyLinkCreated AccessRequestAccepted AccessRequestApproved FileShared`,
    'share',
    'file_transfer',
  ),
  // Exchange
  ...each('New-InboxRule Set-InboxRule Enable-InboxRule UpdateInboxRules', 'mail_rule', 'notification_mail'),
  // Of mails that are thrown away only those that would have told of the intruder: see `hidesNotice`.
  ...each('MoveToDeletedItems SoftDelete HardDelete', 'mail_rule', 'notification_mail'),
  ...each(
    `Add-MailboxPermission Add-RecipientPermission Add-MailboxFolderPermission Set-MailboxFolderPermission AddFolderPermissions
     ModifyFolderPermissions UpdateFolderPermissions UpdateCalendarDelegation Set-Mailbox`,
    'mail_access',
    'iam',
  ),
  ...each(
    'MailItemsAccessed MessageBind FolderBind MailboxLogin Send SendAs SendOnBehalf',
    'api_activity',
    'user_access',
  ),
  // eDiscovery: searching is looking for, previews and documents of a review set are looked at, exports are taken
  ...each(
    `SearchCreated SearchStarted SearchUpdated SearchReport SearchPreviewed PreviewItemListed ViewedSearchPreviewed PreviewWorkingSetSearch
     CreateWorkingSet AddQueryToWorkingSet AddWorkingSetQueryToWorkingSet CreateWorkingSetSearch`,
    'api_activity',
    'file_transfer',
  ),
  ...each('PreviewItemRendered ViewDocument QuarantinePreview', 'file_view', 'file_transfer'),
  ...each('PreviewItemDownloaded DownloadDocument', 'file_download', 'file_transfer'),
  ...each(
    'SearchExported SearchExportDownloaded ViewedSearchExported ExportJob SearchResultsSentToZoom New-ComplianceSearchAction QuarantineExport',
    'export',
    'file_transfer',
  ),
  // The compliance centre's own alerts
  ...each('AlertTriggered AlertEntityGenerated', 'platform_alert', 'platform_alerts'),
  ...Object.fromEntries(
    Object.entries(AUDIT_CONTROLS).map(([name, kind]): [string, AuditMeaning] => [
      name,
      [kind, kind === 'role_change' ? 'iam' : 'integration'],
    ]),
  ),
};

/** Operations of the same pages that are not read, with the reason. What stands in neither table is new, or has nothing to do with messages, files and mail. */
export const NOT_READ: Readonly<Record<string, string>> = {
  ...reasons(
    'FileDeleted FileRecycled FolderRecycled FileDeletedFirstStageRecycleBin FileDeletedSecondStageRecycleBin FolderDeleted FileVersionRecycled FileVersionsAllRecycled FileVersionsAllMinorsRecycled FileRestored',
    'nothing is read or taken when a file goes to the recycle bin, and the file’s own rows stay in the log',
  ),
  ...reasons(
    'FileModified FileModifiedExtended FileRenamed FileMoved FileCheckedIn FileCheckedOut FileCheckOutDiscarded FolderCreated FolderModified FolderMoved FolderRenamed',
    'work on a file; opening it is a row of its own (FileAccessed)',
  ),
  ...reasons(
    'PageViewed PageViewedExtended PagePrefetched ClientViewSignaled',
    'pages of an intranet; browsers fetch them ahead of anybody’s wish',
  ),
  ...reasons(
    'AnonymousLinkUsed SecureLinkUsed SharingLinkUsed CompanyLinkUsed SharingInvitationAccepted',
    'the way to a file by its link; what is done with the file there is a row of its own, and who uses an anonymous link is nobody’s account',
  ),
  ...reasons(
    'SharingRevoked AnonymousLinkRemoved CompanyLinkRemoved SecureLinkDeleted RemovedFromSecureLink SharingLinkDeleted RemovedFromSharingLink SharingInvitationRevoked SharingInvitationBlocked AccessRequestDenied AccessRequestUpdated AccessRequestRejected',
    'less can be seen than before, or as much',
  ),
  ...reasons(
    'SharingInheritanceBroken SharingInheritanceReset PermissionLevelsInheritanceBroken AddedToGroup RemovedFromGroup GroupAdded GroupUpdated PermissionLevelAdded',
    'SharePoint’s own bookkeeping beside a share, which is a row of its own',
  ),
  ...reasons(
    'ChatCreated ChatUpdated MemberRemoved BotRemovedFromTeam ConnectorRemoved TabRemoved AppUninstalled',
    'nothing is read, and nobody is let in',
  ),
  ...reasons(
    'MeetingDetail MeetingParticipantDetail MeetingCreated MeetingUpdated MeetingStarted MeetingEnded CallRecorded',
    'who met whom; what was said is in recordings and transcripts',
  ),
  ...reasons('Create Copy Move Update', 'mail that is written or filed; reading it is MailItemsAccessed'),
  ...reasons(
    'CaseAdded CaseUpdated CaseViewed CaseMemberAdded SearchViewed SearchStopped TagFiles TagJob RunAlgo AnnotateDocument',
    'the order of an eDiscovery case; what is looked at and taken has rows of its own',
  ),
  ...reasons(
    'DLPRuleMatch DLPRuleUndo DlpInfo',
    'what a rule found; a rule that is to be told of raises an alert at Defender, which is read',
  ),
  ...reasons('UserLoggedIn UserLoginFailed', 'Entra’s sign-in log says the same and more'),
};

function reasons(names: string, why: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, why]));
}

export const AUDIT_OPERATIONS: readonly string[] = Object.keys(MEANING);
export const AUDIT_KINDS: readonly EventKind[] = [...new Set(Object.values(MEANING).map(([kind]) => kind))];

/** Undefined for operations that say nothing here. Entra's own carry a dot at the end. */
export const meaningOf = (operation: string): AuditMeaning | undefined =>
  Object.hasOwn(MEANING, operation) ? MEANING[operation] : undefined;
