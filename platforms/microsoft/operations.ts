/**
 * Every Microsoft operation that Quell calls: the client can call nothing else, the simulator answers nothing else,
 * and the permissions of each role's app registration follow from here.
 * Paths and permissions: Microsoft Graph v1.0 metadata and the permissions reference (learn.microsoft.com/graph/permissions-reference),
 * Office 365 Management Activity API, Defender for Endpoint API, Bot Connector REST.
 */
export type MicrosoftApi = 'graph' | 'manage' | 'defender' | 'connector';
export type MicrosoftRole = 'evidence' | 'containment' | 'people';

export interface MicrosoftOperation {
  /** The vendor's own words, used for journals, faults and reports. */
  readonly name: string;
  readonly api: MicrosoftApi;
  /** Graph only. */
  readonly version: 'v1.0' | 'beta';
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Application permissions, each sufficient; the first is the one to ask for. Empty where the token alone is enough. */
  readonly permissions: readonly string[];
  readonly roles: readonly MicrosoftRole[];
  readonly why: string;
}

type Extra = Partial<Pick<MicrosoftOperation, 'api' | 'version'>> & { readonly body?: string };

function on(
  method: MicrosoftOperation['method'],
  path: string,
  permissions: string,
  roles: string,
  why: string,
  extra: Extra = {},
): MicrosoftOperation {
  return {
    name: extra.body === undefined ? `${method} ${path}` : `${method} ${path} ${extra.body}`,
    api: extra.api ?? 'graph',
    version: extra.version ?? 'v1.0',
    method,
    path,
    permissions: permissions === '' ? [] : permissions.split(' '),
    roles: roles.split(' ') as MicrosoftRole[],
    why,
  };
}

const FEED = '/api/v1.0/{tenantId}/activity/feed';
const RULES = '/users/{id}/mailFolders/inbox/messageRules';

// A table: one operation a line.
// prettier-ignore
export const OPERATIONS = {
  // People, roles and apps
  user: on('GET', '/users/{id}', 'User.Read.All', 'evidence containment', 'state of an account; read-back of acts'),
  users: on('GET', '/users', 'User.Read.All', 'evidence containment', 'subject registry: directory pages and look-up by address'),
  userRoles: on('GET', '/users/{id}/transitiveMemberOf', 'Directory.Read.All', 'evidence containment', 'directory roles decide protection'),
  roleAssignments: on('GET', '/roleManagement/directory/roleAssignments', 'RoleManagement.Read.Directory', 'evidence containment', 'who holds a role; the last global administrator'),
  mailboxSettings: on('GET', '/users/{id}/mailboxSettings', 'MailboxSettings.Read', 'evidence', 'shared mailboxes and time zones'),
  servicePrincipal: on('GET', '/servicePrincipals/{id}', 'Application.Read.All Application.ReadWrite.All Directory.Read.All', 'evidence containment', 'which app a grant belongs to; read-back of its state'),
  findServicePrincipal: on('GET', '/servicePrincipals', 'Application.Read.All Application.ReadWrite.All Directory.Read.All', 'evidence containment', 'an app by its client id'),
  appOwners: on('GET', '/servicePrincipals/{id}/owners', 'Application.Read.All Directory.Read.All', 'evidence', 'whom to ask about an app'),
  userGrants: on('GET', '/users/{id}/oauth2PermissionGrants', 'Directory.Read.All DelegatedPermissionGrant.ReadWrite.All', 'evidence containment', 'delegated permissions the person gave to apps'),

  // Logs
  signIns: on('GET', '/auditLogs/signIns', 'AuditLog.Read.All', 'evidence', 'user access log, also non-interactive (beta only)', { version: 'beta' }),
  directoryAudits: on('GET', '/auditLogs/directoryAudits', 'AuditLog.Read.All', 'evidence', 'IAM log: consent, roles, credentials, accounts'),
  riskDetections: on('GET', '/identityProtection/riskDetections', 'IdentityRiskEvent.Read.All', 'evidence', 'Identity Protection detections'),
  alerts: on('GET', '/security/alerts_v2', 'SecurityAlert.Read.All', 'evidence', 'Defender alerts'),
  auditQueries: on('GET', '/security/auditLog/queries', 'AuditLogsQuery.Read.All', 'evidence', 'find an audit search that was already begun'),
  createAuditQuery: on('POST', '/security/auditLog/queries', 'AuditLogsQuery.Read.All', 'evidence', 'begin an audit search'),
  auditQuery: on('GET', '/security/auditLog/queries/{id}', 'AuditLogsQuery.Read.All', 'evidence', 'state of an audit search'),
  auditRecords: on('GET', '/security/auditLog/queries/{id}/records', 'AuditLogsQuery.Read.All', 'evidence', 'records of an audit search'),
  activityContent: on('GET', `${FEED}/subscriptions/content`, 'ActivityFeed.Read', 'evidence', 'blobs of the unified audit log', { api: 'manage' }),
  activityBlob: on('GET', `${FEED}/audit/{contentId}`, 'ActivityFeed.Read', 'evidence', 'records of one blob', { api: 'manage' }),

  // Chats, files, mail
  chatMessages: on('GET', '/users/{id}/chats/getAllMessages', 'Chat.Read.All', 'evidence', 'chat history of the person'),
  joinedTeams: on('GET', '/users/{id}/joinedTeams', 'Team.ReadBasic.All', 'evidence', 'teams whose channels the person reads'),
  channelMessages: on('GET', '/teams/{id}/channels/getAllMessages', 'ChannelMessage.Read.All', 'evidence', 'channel messages of the person'),
  driveChanges: on('GET', '/users/{id}/drive/root/delta', 'Files.Read.All', 'evidence', 'files uploaded and shared'),
  mails: on('GET', '/users/{id}/messages', 'Mail.Read Mail.ReadWrite', 'evidence people', 'security notices in the mailbox; a mail we already wrote'),
  mailFolder: on('GET', '/users/{id}/mailFolders/{folderId}', 'Mail.Read', 'evidence', 'which folder is Deleted Items'),
  folderMails: on('GET', '/users/{id}/mailFolders/{folderId}/messages', 'Mail.Read', 'evidence', 'security notices that were purged'),
  mailRules: on('GET', RULES, 'MailboxSettings.Read MailboxSettings.ReadWrite', 'evidence', 'rules that hide or forward mail'),

  // Acts on accounts and apps
  setAccountEnabled: on('PATCH', '/users/{id}', 'User.EnableDisableAccount.All', 'containment', 'disable or enable an account', { body: 'accountEnabled' }),
  setPassword: on('PATCH', '/users/{id}', 'User-PasswordProfile.ReadWrite.All', 'containment', 'reset the password; also needs the directory role User Administrator', { body: 'passwordProfile' }),
  revokeSessions: on('POST', '/users/{id}/revokeSignInSessions', 'User.RevokeSessions.All', 'containment', 'end all sessions'),
  deleteGrant: on('DELETE', '/oauth2PermissionGrants/{id}', 'DelegatedPermissionGrant.ReadWrite.All', 'containment', 'take back a consent'),
  createGrant: on('POST', '/oauth2PermissionGrants', 'DelegatedPermissionGrant.ReadWrite.All', 'containment', 'undo: give a consent back'),
  setAppEnabled: on('PATCH', '/servicePrincipals/{id}', 'Application.ReadWrite.All', 'containment', 'disable or enable an app'),

  // Acts on shares, rules, addresses, devices
  userDrive: on('GET', '/users/{id}/drive', 'Files.ReadWrite.All', 'containment', 'drive of a shared file'),
  listItemFile: on('GET', '/sites/{siteId}/lists/{listId}/items/{itemId}/driveItem', 'Files.ReadWrite.All Sites.ReadWrite.All', 'containment', 'drive item of a file that the audit log names'),
  filePermissions: on('GET', '/drives/{driveId}/items/{itemId}/permissions', 'Files.ReadWrite.All', 'containment', 'links and external shares of a file'),
  deletePermission: on('DELETE', '/drives/{driveId}/items/{itemId}/permissions/{id}', 'Files.ReadWrite.All', 'containment', 'take back a link or an external share'),
  mailRule: on('GET', `${RULES}/{ruleId}`, 'MailboxSettings.ReadWrite', 'containment', 'state of a mail rule'),
  setMailRule: on('PATCH', `${RULES}/{ruleId}`, 'MailboxSettings.ReadWrite', 'containment', 'switch a mail rule off or on'),
  namedLocations: on('GET', '/identity/conditionalAccess/namedLocations', 'Policy.Read.All', 'containment', 'the location that holds blocked addresses; trusted locations'),
  setNamedLocation: on('PATCH', '/identity/conditionalAccess/namedLocations/{id}', 'Policy.ReadWrite.ConditionalAccess', 'containment', 'block or release an address'),
  accessPolicies: on('GET', '/identity/conditionalAccess/policies', 'Policy.Read.All', 'containment', 'that the location is really blocked by a policy'),
  machine: on('GET', '/api/machines/{id}', 'Machine.Read.All', 'containment', 'a device in Defender', { api: 'defender' }),
  machines: on('GET', '/api/machines', 'Machine.Read.All', 'containment', 'a device by its Entra id', { api: 'defender' }),
  machineActions: on('GET', '/api/machineactions', 'Machine.Read.All', 'containment', 'pending and past isolation', { api: 'defender' }),
  isolate: on('POST', '/api/machines/{id}/isolate', 'Machine.Isolate', 'containment', 'isolate a device', { api: 'defender' }),
  release: on('POST', '/api/machines/{id}/unisolate', 'Machine.Isolate', 'containment', 'undo: release a device', { api: 'defender' }),

  // Talking to people
  createDraft: on('POST', '/users/{id}/messages', 'Mail.ReadWrite', 'people', 'write a mail as a draft that can be found again'),
  sendDraft: on('POST', '/users/{id}/messages/{messageId}/send', 'Mail.Send', 'people', 'send that draft'),
  installedApps: on('GET', '/users/{id}/teamwork/installedApps', 'TeamsAppInstallation.ReadWriteSelfForUser.All', 'people', 'is our bot installed for the person'),
  installApp: on('POST', '/users/{id}/teamwork/installedApps', 'TeamsAppInstallation.ReadWriteSelfForUser.All', 'people', 'install our bot for the person'),
  botChat: on('GET', '/users/{id}/teamwork/installedApps/{installationId}/chat', 'TeamsAppInstallation.ReadWriteSelfForUser.All', 'people', 'chat between bot and person'),
  chatHistory: on('GET', '/chats/{id}/messages', 'ChatMessage.Read.Chat Chat.Read.All', 'people', 'was the message already posted'),
  postActivity: on('POST', '/v3/conversations/{id}/activities', '', 'people', 'post a card as the bot', { api: 'connector' }),
} as const satisfies Record<string, MicrosoftOperation>;

/** The permissions that a role's app registration needs, least first choice of each operation, sorted. */
export function permissionsOf(role: MicrosoftRole): readonly string[] {
  const needed = Object.values(OPERATIONS as Record<string, MicrosoftOperation>).filter((o) => o.roles.includes(role));
  const chosen = new Set<string>();
  for (const { permissions } of needed) {
    if (permissions[0] !== undefined) chosen.add(permissions[0]);
  }
  return [...chosen].sort();
}
