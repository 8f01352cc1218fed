import type { RateLimit, VendorOperation, VendorRole } from '../operation.js';

/**
 * Every Microsoft operation that Quell calls: the client can call nothing else, the simulator answers nothing else,
 * and the permissions of each role's app registration follow from here.
 * Paths and permissions: Microsoft Graph metadata and the permissions reference (learn.microsoft.com/graph/permissions-reference),
 * Office 365 Management Activity API, Defender for Endpoint API, Bot Connector REST.
 */
export type MicrosoftApi = 'graph' | 'manage' | 'defender' | 'connector';
export type MicrosoftRole = VendorRole;

/** `scopes`: application permissions, each sufficient; the first is the one to ask for. Empty where the token alone is enough. */
export interface MicrosoftOperation extends VendorOperation {
  readonly api: MicrosoftApi;
  /** Graph only. */
  readonly version: 'v1.0' | 'beta';
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
}

const per = (seconds: number, calls: number, counts: RateLimit['counts'] = 'app') => ({ calls, seconds, counts });
/**
 * Limits by what is counted together (learn.microsoft.com/graph/throttling-limits unless said; the numbers may change).
 * Directory: 3,500 resource units in 10 s in the smallest tenants, of which a call takes up to 5. Outlook's limit is for each
 * mailbox, ours for all. SharePoint: 1,200 units a minute in the smallest tenants, a list takes 2 and a permission 5; here
 * shared out. Defender: 100 a minute and 1,500 an hour, so 25 a minute. Where nothing is published: Defender XDR, as for
 * its older API; audit search, Graph's limit for everything.
 */
const LIMITS = {
  directory: per(10, 700),
  'directory writes': per(150, 3000),
  reports: per(10, 5),
  // Conditional Access and Identity Protection, all apps of the tenant together; no Retry-After.
  identity: per(1, 1, 'tenant'),
  'security alerts': per(60, 50),
  'audit search': per(10, 130_000),
  'activity feed': per(60, 2000, 'tenant'),
  'teams exports': per(1, 200),
  'teams messages': per(1, 20),
  teams: per(1, 30),
  files: per(60, 300),
  'file permissions': per(60, 120),
  outlook: per(600, 10_000),
  'defender machines': per(60, 25),
  'defender actions': per(60, 25),
  'defender indicators': per(60, 25),
  intune: per(20, 2000),
  'teams notices': per(1, 5),
  bot: per(1, 50),
} as const satisfies Record<string, Omit<RateLimit, 'bucket'>>;

interface Extra {
  readonly api?: MicrosoftApi;
  readonly version?: MicrosoftOperation['version'];
  /** The property that tells operations of one path apart. */
  readonly body?: string;
  /** A POST that changes nothing. */
  readonly reads?: true;
}

/** One row: route, scopes, roles, what it serves, limit, why. */
function on(
  route: `${MicrosoftOperation['method']} /${string}`,
  scopes: string,
  roles: string,
  serves: string,
  bucket: keyof typeof LIMITS,
  why: string,
  extra: Extra = {},
): MicrosoftOperation {
  const [method, path] = route.split(' ') as [MicrosoftOperation['method'], string];
  return {
    name: extra.body === undefined ? route : `${route} ${extra.body}`,
    api: extra.api ?? 'graph',
    version: extra.version ?? 'v1.0',
    method,
    path,
    scopes: scopes === '' ? [] : scopes.split(' '),
    roles: roles.split(' ') as MicrosoftRole[],
    writes: method !== 'GET' && extra.reads !== true,
    serves: serves.split(' '),
    limit: { bucket: `microsoft ${bucket}`, ...LIMITS[bucket] },
    why,
  };
}

const FEED = '/api/v1.0/{tenantId}/activity/feed';
const ACCOUNT_ACTS = 'disable_account reset_credentials end_sessions';
const RULES = '/users/{id}/mailFolders/inbox/messageRules';
const FACTORS = '/users/{id}/authentication';
/** Lets every kind of factor be removed, and registered too; a permission of one kind alone is enough for that kind. */
const EVERY_FACTOR = 'UserAuthenticationMethod.ReadWrite.All';

// A table: one operation a line.
// prettier-ignore
export const OPERATIONS = {
  // People, roles and apps
  user: on('GET /users/{id}', 'User.Read.All', 'evidence containment', `directory protection microsoft.activity_feed microsoft.audit_search ${ACCOUNT_ACTS}`, 'directory', 'state of an account; whose it is; read-back of acts'),
  users: on('GET /users', 'User.Read.All', 'evidence containment', 'directory protection', 'directory', 'subject registry: directory pages and look-up by address'),
  userRoles: on('GET /users/{id}/transitiveMemberOf', 'Directory.Read.All', 'evidence containment', 'directory protection', 'directory', 'directory roles decide protection'),
  roleAssignments: on('GET /roleManagement/directory/roleAssignments', 'RoleManagement.Read.Directory', 'evidence containment', 'directory protection', 'directory', 'who holds a role; the last global administrator'),
  mailboxSettings: on('GET /users/{id}/mailboxSettings', 'MailboxSettings.Read', 'evidence', 'directory', 'outlook', 'shared mailboxes and time zones'),
  servicePrincipal: on('GET /servicePrincipals/{id}', 'Application.Read.All Directory.Read.All', 'evidence', 'microsoft.grants microsoft.directory_audits', 'directory', 'which app a grant belongs to, and which one acted'),
  findServicePrincipal: on('GET /servicePrincipals', 'Application.Read.All Application.ReadWrite.All Directory.Read.All', 'evidence containment', 'directory sightings microsoft.grants microsoft.directory_audits protection remove_app revoke_tokens', 'directory', 'an app by its client id'),
  appOwners: on('GET /servicePrincipals/{id}/owners', 'Application.Read.All Directory.Read.All', 'evidence', 'directory', 'directory', 'whom to ask about an app'),
  appGrants: on('GET /oauth2PermissionGrants', 'Directory.Read.All DelegatedPermissionGrant.ReadWrite.All', 'evidence containment', 'sightings microsoft.grants protection', 'directory', 'who allowed an app: who else an attacker’s app reaches, and whom its removal hits'),
  userGrants: on('GET /users/{id}/oauth2PermissionGrants', 'Directory.Read.All DelegatedPermissionGrant.ReadWrite.All', 'evidence containment', 'microsoft.grants revoke_tokens', 'directory', 'delegated permissions the person gave to apps'),

  // Logs
  signIns: on('GET /auditLogs/signIns', 'AuditLog.Read.All', 'evidence', 'microsoft.sign_ins sightings', 'reports', 'user access log, also non-interactive (beta only)', { version: 'beta' }),
  directoryAudits: on('GET /auditLogs/directoryAudits', 'AuditLog.Read.All', 'evidence', 'microsoft.directory_audits microsoft.grants sightings', 'reports', 'IAM log: consent, roles, credentials, accounts'),
  riskDetections: on('GET /identityProtection/riskDetections', 'IdentityRiskEvent.Read.All', 'evidence', 'microsoft.risk_detections', 'identity', 'Identity Protection detections'),
  alerts: on('GET /security/alerts_v2', 'SecurityAlert.Read.All', 'evidence', 'microsoft.alerts', 'security alerts', 'Defender alerts'),
  incidents: on('GET /security/incidents', 'SecurityIncident.Read.All', 'evidence', 'microsoft.incidents', 'security alerts', 'what Defender put together from alerts, and how it was judged'),
  auditQueries: on('GET /security/auditLog/queries', 'AuditLogsQuery.Read.All', 'evidence', 'microsoft.audit_search', 'audit search', 'find an audit search that was already begun'),
  createAuditQuery: on('POST /security/auditLog/queries', 'AuditLogsQuery.Read.All', 'evidence', 'microsoft.audit_search', 'audit search', 'begin an audit search; nothing of the tenant changes', { reads: true }),
  auditQuery: on('GET /security/auditLog/queries/{id}', 'AuditLogsQuery.Read.All', 'evidence', 'microsoft.audit_search', 'audit search', 'state of an audit search'),
  auditRecords: on('GET /security/auditLog/queries/{id}/records', 'AuditLogsQuery.Read.All', 'evidence', 'microsoft.audit_search', 'audit search', 'records of an audit search'),
  activitySubscriptions: on(`GET ${FEED}/subscriptions/list`, 'ActivityFeed.Read', 'evidence', 'microsoft.activity_feed', 'activity feed', 'which content the tenant collects for this app', { api: 'manage' }),
  activityContent: on(`GET ${FEED}/subscriptions/content`, 'ActivityFeed.Read', 'evidence', 'microsoft.activity_feed', 'activity feed', 'blobs of the unified audit log', { api: 'manage' }),
  activityBlob: on(`GET ${FEED}/audit/{contentId}`, 'ActivityFeed.Read', 'evidence', 'microsoft.activity_feed', 'activity feed', 'records of one blob', { api: 'manage' }),

  // Chats, files, mail
  chatMessages: on('GET /users/{id}/chats/getAllMessages', 'Chat.Read.All', 'evidence', 'microsoft.messages', 'teams exports', 'chat history of the person'),
  joinedTeams: on('GET /users/{id}/joinedTeams', 'Team.ReadBasic.All', 'evidence', 'microsoft.messages', 'teams', 'teams whose channels the person reads'),
  channelMessages: on('GET /teams/{id}/channels/getAllMessages', 'ChannelMessage.Read.All', 'evidence', 'microsoft.messages', 'teams exports', 'channel messages of the person'),
  driveChanges: on('GET /users/{id}/drive/root/delta', 'Files.Read.All', 'evidence', 'microsoft.files', 'files', 'files uploaded and shared'),
  mails: on('GET /users/{id}/messages', 'Mail.Read Mail.ReadWrite', 'evidence people', 'microsoft.notices talk', 'outlook', 'security notices in the mailbox; a mail we already wrote'),
  mailFolder: on('GET /users/{id}/mailFolders/{folderId}', 'Mail.Read', 'evidence', 'microsoft.notices', 'outlook', 'which folder is Deleted Items'),
  folderMails: on('GET /users/{id}/mailFolders/{folderId}/messages', 'Mail.Read', 'evidence', 'microsoft.notices', 'outlook', 'security notices that were purged'),
  mailRules: on(`GET ${RULES}`, 'MailboxSettings.Read', 'evidence containment', 'microsoft.notices protection remove_mail_rule', 'outlook', 'rules that hide or forward mail'),

  // Acts on accounts and apps
  setAccountEnabled: on('PATCH /users/{id}', 'User.EnableDisableAccount.All', 'containment', 'disable_account', 'directory writes', 'disable or enable an account', { body: 'accountEnabled' }),
  setPassword: on('PATCH /users/{id}', 'User-PasswordProfile.ReadWrite.All', 'containment', 'reset_credentials', 'directory writes', 'reset the password; also needs the directory role User Administrator', { body: 'passwordProfile' }),
  revokeSessions: on('POST /users/{id}/revokeSignInSessions', 'User.RevokeSessions.All', 'containment', 'end_sessions', 'directory writes', 'end all sessions'),
  deleteGrant: on('DELETE /oauth2PermissionGrants/{id}', 'DelegatedPermissionGrant.ReadWrite.All', 'containment', 'revoke_tokens', 'directory writes', 'take back a consent'),
  createGrant: on('POST /oauth2PermissionGrants', 'DelegatedPermissionGrant.ReadWrite.All', 'containment', 'revoke_tokens', 'directory writes', 'undo: give a consent back'),
  setAppEnabled: on('PATCH /servicePrincipals/{id}', 'Application.ReadWrite.All', 'containment', 'remove_app', 'directory writes', 'disable or enable an app'),
  riskyUser: on('GET /identityProtection/riskyUsers/{id}', 'IdentityRiskyUser.Read.All', 'containment', 'confirm_compromised', 'identity', 'risk state of an account'),
  confirmCompromised: on('POST /identityProtection/riskyUsers/confirmCompromised', 'IdentityRiskyUser.ReadWrite.All', 'containment', 'confirm_compromised', 'identity', 'tell Identity Protection that the account is compromised'),
  dismissRisk: on('POST /identityProtection/riskyUsers/dismiss', 'IdentityRiskyUser.ReadWrite.All', 'containment', 'confirm_compromised', 'identity', 'undo: take that back'),

  // Factors of a person. The list is behind the deletions: who may delete them all may list them.
  deleteAuthenticator: on(`DELETE ${FACTORS}/microsoftAuthenticatorMethods/{factorId}`, `${EVERY_FACTOR} UserAuthMethod-MicrosoftAuthApp.ReadWrite.All`, 'containment', 'remove_auth_method', 'directory writes', 'remove an Authenticator app'),
  deletePasskey: on(`DELETE ${FACTORS}/fido2Methods/{factorId}`, `${EVERY_FACTOR} UserAuthMethod-Passkey.ReadWrite.All`, 'containment', 'remove_auth_method', 'directory writes', 'remove a passkey or a security key'),
  deletePhone: on(`DELETE ${FACTORS}/phoneMethods/{factorId}`, `${EVERY_FACTOR} UserAuthMethod-Phone.ReadWrite.All`, 'containment', 'remove_auth_method', 'directory writes', 'remove a phone number that codes go to'),
  deleteEmail: on(`DELETE ${FACTORS}/emailMethods/{factorId}`, `${EVERY_FACTOR} UserAuthMethod-Email.ReadWrite.All`, 'containment', 'remove_auth_method', 'directory writes', 'remove the recovery address'),
  deleteSoftwareOath: on(`DELETE ${FACTORS}/softwareOathMethods/{factorId}`, `${EVERY_FACTOR} UserAuthMethod-SoftwareOATH.ReadWrite.All`, 'containment', 'remove_auth_method', 'directory writes', 'remove an app that makes one-time codes'),
  deleteAccessPass: on(`DELETE ${FACTORS}/temporaryAccessPassMethods/{factorId}`, `${EVERY_FACTOR} UserAuthMethod-TAP.ReadWrite.All`, 'containment', 'remove_auth_method', 'directory writes', 'take a temporary access pass back'),
  deleteWindowsHello: on(`DELETE ${FACTORS}/windowsHelloForBusinessMethods/{factorId}`, `${EVERY_FACTOR} UserAuthMethod-WindowsHello.ReadWrite.All`, 'containment', 'remove_auth_method', 'directory writes', 'remove Windows Hello of a device'),
  deletePlatformCredential: on(`DELETE ${FACTORS}/platformCredentialMethods/{factorId}`, `${EVERY_FACTOR} UserAuthMethod-PlatformCred.ReadWrite.All`, 'containment', 'remove_auth_method', 'directory writes', 'remove the platform credential of a device'),
  authMethods: on(`GET ${FACTORS}/methods`, `UserAuthenticationMethod.Read.All ${EVERY_FACTOR}`, 'evidence containment', 'protection microsoft.directory_audits remove_auth_method', 'directory', 'factors of the person, each with when it was registered'),

  // Acts on shares, rules, addresses, devices
  userDrive: on('GET /users/{id}/drive', 'Files.ReadWrite.All', 'containment', 'protection revoke_share remove_file', 'files', 'drive of a shared file'),
  drive: on('GET /drives/{driveId}', 'Files.ReadWrite.All', 'containment', 'protection', 'files', 'whose drive a file is in'),
  listItemFile: on('GET /sites/{siteId}/lists/{listId}/items/{itemId}/driveItem', 'Files.ReadWrite.All Sites.ReadWrite.All', 'containment', 'protection revoke_share remove_file', 'files', 'drive item of a file that the audit log names'),
  filePermissions: on('GET /drives/{driveId}/items/{itemId}/permissions', 'Files.ReadWrite.All', 'containment', 'revoke_share', 'file permissions', 'links and external shares of a file'),
  deletePermission: on('DELETE /drives/{driveId}/items/{itemId}/permissions/{id}', 'Files.ReadWrite.All', 'containment', 'revoke_share', 'file permissions', 'take back a link or an external share'),
  file: on('GET /drives/{driveId}/items/{itemId}', 'Files.ReadWrite.All', 'containment', 'protection remove_file', 'files', 'is a file there, and who put it there'),
  deleteFile: on('DELETE /drives/{driveId}/items/{itemId}', 'Files.ReadWrite.All', 'containment', 'remove_file', 'files', 'move a file to the recycle bin'),
  mailRule: on(`GET ${RULES}/{ruleId}`, 'MailboxSettings.Read', 'containment', 'protection remove_mail_rule', 'outlook', 'state of a mail rule'),
  setMailRule: on(`PATCH ${RULES}/{ruleId}`, 'MailboxSettings.ReadWrite', 'containment', 'remove_mail_rule', 'outlook', 'switch a mail rule off or on'),
  namedLocations: on('GET /identity/conditionalAccess/namedLocations', 'Policy.Read.All', 'containment', 'block_ip protection', 'identity', 'the location that holds blocked addresses; trusted locations'),
  setNamedLocation: on('PATCH /identity/conditionalAccess/namedLocations/{id}', 'Policy.ReadWrite.ConditionalAccess', 'containment', 'block_ip', 'identity', 'block or release an address'),
  accessPolicies: on('GET /identity/conditionalAccess/policies', 'Policy.Read.All', 'containment', 'block_ip', 'identity', 'that the location is really blocked by a policy'),
  setDeviceEnabled: on('PATCH /devices/{id}', 'Device.ReadWrite.All', 'containment', 'disable_device', 'directory writes', 'disable or enable a device', { body: 'accountEnabled' }),
  devices: on('GET /devices', 'Directory.Read.All', 'containment', 'protection disable_device', 'directory', 'a device in Entra by the id that sign-ins name'),
  deviceOwners: on('GET /devices/{id}/registeredOwners', 'Directory.Read.All', 'containment', 'protection', 'directory', 'who registered a device'),
  deviceUsers: on('GET /devices/{id}/registeredUsers', 'Directory.Read.All', 'containment', 'protection', 'directory', 'whom a device is registered for'),
  machine: on('GET /api/machines/{id}', 'Machine.Read.All', 'containment', 'protection disable_device retire_device', 'defender machines', 'a device in Defender', { api: 'defender' }),
  machines: on('GET /api/machines', 'Machine.Read.All', 'containment', 'protection', 'defender machines', 'a device by its Entra id', { api: 'defender' }),
  machineActions: on('GET /api/machineactions', 'Machine.Read.All', 'containment', 'quarantine_device', 'defender machines', 'pending and past isolation', { api: 'defender' }),
  isolate: on('POST /api/machines/{id}/isolate', 'Machine.Isolate', 'containment', 'quarantine_device', 'defender actions', 'isolate a device', { api: 'defender' }),
  release: on('POST /api/machines/{id}/unisolate', 'Machine.Isolate', 'containment', 'quarantine_device', 'defender actions', 'undo: release a device', { api: 'defender' }),
  indicators: on('GET /api/indicators', 'Ti.ReadWrite Ti.ReadWrite.All', 'containment', 'block_ip', 'defender indicators', 'addresses that managed devices are kept from', { api: 'defender' }),
  submitIndicator: on('POST /api/indicators', 'Ti.ReadWrite Ti.ReadWrite.All', 'containment', 'block_ip', 'defender indicators', 'keep managed devices from an address', { api: 'defender' }),
  deleteIndicator: on('DELETE /api/indicators/{id}', 'Ti.ReadWrite Ti.ReadWrite.All', 'containment', 'block_ip', 'defender indicators', 'undo: release an address', { api: 'defender' }),
  managedDevices: on('GET /deviceManagement/managedDevices', 'DeviceManagementManagedDevices.Read.All', 'containment', 'protection quarantine_device retire_device', 'intune', 'a device in Intune by its Entra id, and whom it is enrolled for'),
  managedDevice: on('GET /deviceManagement/managedDevices/{id}', 'DeviceManagementManagedDevices.Read.All', 'containment', 'quarantine_device retire_device', 'intune', 'how far lock and retirement of a device are'),
  lockDevice: on('POST /deviceManagement/managedDevices/{id}/remoteLock', 'DeviceManagementManagedDevices.PrivilegedOperations.All', 'containment', 'quarantine_device', 'intune', 'lock a device that Defender does not know'),
  retireDevice: on('POST /deviceManagement/managedDevices/{id}/retire', 'DeviceManagementManagedDevices.PrivilegedOperations.All', 'containment', 'retire_device', 'intune', 'take the data of the organisation off a device'),

  // Talking to people
  createDraft: on('POST /users/{id}/messages', 'Mail.ReadWrite', 'people', 'talk', 'outlook', 'write a mail as a draft that can be found again'),
  sendDraft: on('POST /users/{id}/messages/{messageId}/send', 'Mail.Send', 'people', 'talk', 'outlook', 'send that draft'),
  installedApps: on('GET /users/{id}/teamwork/installedApps', 'TeamsAppInstallation.ReadWriteAndConsentSelfForUser.All', 'people', 'talk', 'teams', 'is our bot installed for the person'),
  installApp: on('POST /users/{id}/teamwork/installedApps', 'TeamsAppInstallation.ReadWriteAndConsentSelfForUser.All', 'people', 'talk', 'teams', 'install our bot for the person'),
  botChat: on('GET /users/{id}/teamwork/installedApps/{installationId}/chat', 'TeamsAppInstallation.ReadWriteSelfForUser.All TeamsAppInstallation.ReadForUser.All', 'people', 'talk', 'teams', 'chat between bot and person'),
  chatHistory: on('GET /chats/{id}/messages', 'ChatMessage.Read.Chat Chat.Read.All', 'people', 'talk', 'teams messages', 'was the message already posted'),
  notifyActivity: on('POST /users/{id}/teamwork/sendActivityNotification', 'TeamsActivity.Send', 'people', 'talk', 'teams notices', 'point to the bot’s card in the activity feed'),
  postActivity: on('POST /v3/conversations/{id}/activities', '', 'people', 'talk', 'bot', 'post a card as the bot', { api: 'connector' }),
} as const satisfies Record<string, MicrosoftOperation>;

/** Permissions to ask for, so that each operation has one: what some operation cannot do without, and the first choice of those that are not served by it. */
export function askedFor(operations: readonly MicrosoftOperation[]): ReadonlySet<string> {
  const chosen = new Set<string>();
  for (const { scopes } of [...operations].sort((a, b) => a.scopes.length - b.scopes.length)) {
    if (scopes[0] !== undefined && !scopes.some((s) => chosen.has(s))) chosen.add(scopes[0]);
  }
  return chosen;
}

/** The permissions that a role's app registration needs, sorted. */
export function permissionsOf(role: MicrosoftRole): readonly string[] {
  return [...askedFor(Object.values(OPERATIONS).filter((o) => o.roles.includes(role)))].sort();
}
