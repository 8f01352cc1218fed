import type { RateLimit, VendorOperation, VendorRole } from '../operation.js';

export type GoogleRole = VendorRole;
export type GoogleApi =
  | 'directory'
  | 'reports'
  | 'alertcenter'
  | 'gmail'
  | 'drive'
  | 'chat'
  | 'accesscontextmanager'
  | 'cloudidentity'
  | 'vault';
/** Whom the service account acts as: the administrator, the person the call is about, our sender's mailbox, or itself. */
type GoogleSubject = 'admin' | 'person' | 'sender' | 'app';

/** `scopes`: each sufficient; the first is the one to ask for. `name`: variants of one method differ by what they set. */
export interface GoogleMethod extends VendorOperation {
  readonly api: GoogleApi;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path as the SDK sends it, `{name}` for one segment, `{+name}` for a resource name. */
  readonly path: string;
  readonly as: readonly GoogleSubject[];
}

const PREFIX = 'https://www.googleapis.com/auth/';

const per = (seconds: number, calls: number, counts: RateLimit['counts'] = 'app') => ({ calls, seconds, counts });
/**
 * Limits as Google's pages name them, by what is counted together. Each role's service account lies in a project of its
 * own (`app`); what a page counts by organisation is `tenant`. Gmail counts units: 6,000 a minute and mailbox, of which
 * a message sent takes 100 and a read 5. Vault: listing matters takes 10 of 120 reads. No number is published for
 * Alert Center and Cloud Identity: those two are our own.
 */
const LIMITS = {
  directory: per(60, 2400),
  'reports filtered': per(60, 250, 'tenant'),
  alertcenter: per(60, 600),
  'chat space reads': per(60, 3000),
  'chat space writes': per(60, 60),
  'chat message reads': per(1, 15),
  'chat message writes': per(60, 3000),
  'gmail reads': per(60, 1200),
  'gmail settings': per(60, 1200),
  'gmail sends': per(60, 60),
  drive: per(60, 12_000),
  cloudidentity: per(60, 600),
  'vault matter reads': per(60, 12),
  'vault matter writes': per(60, 60),
  'vault hold reads': per(60, 228),
  'vault hold writes': per(60, 60),
  'access levels read': per(60, 500, 'tenant'),
  'access levels write': per(60, 50, 'tenant'),
} as const satisfies Record<string, Omit<RateLimit, 'bucket'>>;

/** A method of one API. */
export type MethodOf<A extends GoogleApi> = Omit<GoogleMethod, 'api'> & { readonly api: A };
type ApiOf<Name extends string> = Name extends `${infer A extends GoogleApi}.${string}` ? A : never;

/** One row: name, method and path, scopes, whom as, roles, what it serves, limit, why. */
function on<Name extends string>(
  name: Name,
  route: string,
  scopes: string,
  as: string,
  roles: string,
  serves: string,
  bucket: keyof typeof LIMITS,
  why: string,
): MethodOf<ApiOf<Name>> {
  const [method, path = ''] = route.split(' ');
  return {
    name,
    api: name.split('.')[0] as ApiOf<Name>,
    method: method as GoogleMethod['method'],
    path,
    scopes: scopes.split(' ').map((s) => `${PREFIX}${s}`),
    as: as.split(' ') as GoogleSubject[],
    roles: roles.split(' ') as GoogleRole[],
    writes: method !== 'GET',
    serves: serves.split(' '),
    limit: { bucket: `google ${bucket}`, ...LIMITS[bucket] },
    why,
  };
}

const USER = '/admin/directory/v1/users/{userKey}';
const MAIL = '/gmail/v1/users/{userId}';
const ACCOUNT_ACTS = 'disable_account reset_credentials end_sessions revoke_tokens';
const AS_PERSON = 'remove_mail_rule remove_delegate revoke_share remove_file block_devices';
const DEVICE_USER = '/v1/{+name}';
const HOLDS = '/v1/matters/{matterId}/holds';
const LOGS = 'google.login google.token google.admin google.chat google.drive google.takeout google.vault google.rules';

/** Every method that is called, with the least scope it needs. Scopes: JSDoc of the installed `googleapis`. */
// A table: one method a line.
// prettier-ignore
export const METHODS = {
  // Directory
  user: on('directory.users.get', `GET ${USER}`, 'admin.directory.user.readonly admin.directory.user', 'admin', 'evidence containment people', `directory google.messages google.notices google.files protection talk ${ACCOUNT_ACTS} remove_auth_method ${AS_PERSON}`, 'directory', 'state of an account; address of a person'),
  users: on('directory.users.list', 'GET /admin/directory/v1/users', 'admin.directory.user.readonly admin.directory.user', 'admin', 'evidence containment', 'directory protection', 'directory', 'subject registry; the last super administrator'),
  tokens: on('directory.tokens.list', `GET ${USER}/tokens`, 'admin.directory.user.security', 'admin', 'containment', 'revoke_tokens remove_app protection', 'directory', 'apps that hold a grant of the person'),
  asps: on('directory.asps.list', `GET ${USER}/asps`, 'admin.directory.user.security', 'admin', 'containment', 'revoke_tokens remove_auth_method protection', 'directory', 'app passwords of the person'),
  backupCodes: on('directory.verificationCodes.list', `GET ${USER}/verificationCodes`, 'admin.directory.user.security', 'admin', 'containment', 'revoke_tokens remove_auth_method', 'directory', 'how many backup codes are valid'),

  // Logs
  activities: on('reports.activities.list', 'GET /admin/reports/v1/activity/users/{userKey}/applications/{applicationName}', 'admin.reports.audit.readonly', 'admin', 'evidence containment', `${LOGS} sightings reset_credentials end_sessions`, 'reports filtered', 'audit logs; who else an attacker’s traces lead to; proof of our own acts'),
  alerts: on('alertcenter.alerts.list', 'GET /v1beta1/alerts', 'apps.alerts', 'admin', 'evidence', 'google.alerts', 'alertcenter', 'detections of Google'),

  // Chat and mail, as the person
  spaces: on('chat.spaces.list', 'GET /v1/spaces', 'chat.spaces.readonly chat.spaces', 'person', 'evidence', 'google.messages', 'chat space reads', 'spaces of the person'),
  messages: on('chat.spaces.messages.list', 'GET /v1/{+parent}/messages', 'chat.messages.readonly chat.messages', 'person', 'evidence', 'google.messages', 'chat message reads', 'chat history of the person'),
  mails: on('gmail.users.messages.list', `GET ${MAIL}/messages`, 'gmail.readonly', 'person sender', 'evidence people', 'google.notices talk', 'gmail reads', 'security notices in the mailbox; a mail we already sent'),
  mail: on('gmail.users.messages.get', `GET ${MAIL}/messages/{id}`, 'gmail.readonly', 'person', 'evidence', 'google.notices', 'gmail reads', 'headers of a security notice'),
  filters: on('gmail.users.settings.filters.list', `GET ${MAIL}/settings/filters`, 'gmail.readonly gmail.settings.basic', 'person', 'evidence', 'google.notices', 'gmail settings', 'filters that hide or forward mail'),
  forwarding: on('gmail.users.settings.getAutoForwarding', `GET ${MAIL}/settings/autoForwarding`, 'gmail.readonly gmail.settings.basic', 'person', 'evidence', 'google.notices', 'gmail settings', 'forwarding of all mail'),
  delegates: on('gmail.users.settings.delegates.list', `GET ${MAIL}/settings/delegates`, 'gmail.readonly gmail.settings.basic', 'person', 'evidence', 'google.notices', 'gmail settings', 'who else reads and writes in the mailbox'),
  sendAs: on('gmail.users.settings.sendAs.list', `GET ${MAIL}/settings/sendAs`, 'gmail.readonly gmail.settings.basic', 'person', 'evidence', 'google.notices', 'gmail settings', 'addresses that the mailbox writes as'),
  forwardingAddresses: on('gmail.users.settings.forwardingAddresses.list', `GET ${MAIL}/settings/forwardingAddresses`, 'gmail.readonly gmail.settings.basic', 'person', 'evidence', 'google.notices', 'gmail settings', 'addresses that mail may be forwarded to'),

  files: on('drive.files.list', 'GET /drive/v3/files', 'drive.metadata.readonly drive', 'person', 'evidence', 'google.files', 'drive', 'what the person put into Drive, and what of it is open to the outside'),

  // Acts
  suspend: on('directory.users.update suspended', `PUT ${USER}`, 'admin.directory.user', 'admin', 'containment', 'disable_account', 'directory', 'suspend or restore an account'),
  setPassword: on('directory.users.update password', `PUT ${USER}`, 'admin.directory.user', 'admin', 'containment', 'reset_credentials', 'directory', 'reset the password'),
  signOut: on('directory.users.signOut', `POST ${USER}/signOut`, 'admin.directory.user.security', 'admin', 'containment', 'end_sessions', 'directory', 'end all sessions'),
  deleteToken: on('directory.tokens.delete', `DELETE ${USER}/tokens/{clientId}`, 'admin.directory.user.security', 'admin', 'containment', 'revoke_tokens remove_app', 'directory', 'take an app’s grant back'),
  deleteAsp: on('directory.asps.delete', `DELETE ${USER}/asps/{codeId}`, 'admin.directory.user.security', 'admin', 'containment', 'revoke_tokens remove_auth_method', 'directory', 'take an app password back'),
  invalidateCodes: on('directory.verificationCodes.invalidate', `POST ${USER}/verificationCodes/invalidate`, 'admin.directory.user.security', 'admin', 'containment', 'revoke_tokens remove_auth_method', 'directory', 'make backup codes void'),
  permissions: on('drive.permissions.list', 'GET /drive/v3/files/{fileId}/permissions', 'drive', 'person', 'containment', 'revoke_share', 'drive', 'links and external shares of a file'),
  deletePermission: on('drive.permissions.delete', 'DELETE /drive/v3/files/{fileId}/permissions/{permissionId}', 'drive', 'person', 'containment', 'revoke_share', 'drive', 'take back a link or an external share'),
  filter: on('gmail.users.settings.filters.get', `GET ${MAIL}/settings/filters/{id}`, 'gmail.settings.basic', 'person', 'containment', 'remove_mail_rule', 'gmail settings', 'state of a mail filter'),
  deleteFilter: on('gmail.users.settings.filters.delete', `DELETE ${MAIL}/settings/filters/{id}`, 'gmail.settings.basic', 'person', 'containment', 'remove_mail_rule', 'gmail settings', 'remove a mail filter'),
  ownFilters: on('gmail.users.settings.filters.list', `GET ${MAIL}/settings/filters`, 'gmail.settings.basic', 'person', 'containment', 'remove_mail_rule protection', 'gmail settings', 'whose a filter is; undo: is it there again'),
  createFilter: on('gmail.users.settings.filters.create', `POST ${MAIL}/settings/filters`, 'gmail.settings.basic', 'person', 'containment', 'remove_mail_rule', 'gmail settings', 'undo: put a filter back'),
  ownForwarding: on('gmail.users.settings.getAutoForwarding', `GET ${MAIL}/settings/autoForwarding`, 'gmail.settings.basic', 'person', 'containment', 'remove_mail_rule', 'gmail settings', 'state of the forwarding of all mail'),
  setForwarding: on('gmail.users.settings.updateAutoForwarding', `PUT ${MAIL}/settings/autoForwarding`, 'gmail.settings.sharing', 'person', 'containment', 'remove_mail_rule', 'gmail settings', 'switch the forwarding of all mail off'),
  ownDelegates: on('gmail.users.settings.delegates.list', `GET ${MAIL}/settings/delegates`, 'gmail.settings.basic', 'person', 'containment', 'remove_delegate protection', 'gmail settings', 'is a delegate there'),
  deleteDelegate: on('gmail.users.settings.delegates.delete', `DELETE ${MAIL}/settings/delegates/{delegateEmail}`, 'gmail.settings.sharing', 'person', 'containment', 'remove_delegate', 'gmail settings', 'keep somebody else out of the mailbox'),
  ownSendAs: on('gmail.users.settings.sendAs.list', `GET ${MAIL}/settings/sendAs`, 'gmail.settings.basic', 'person', 'containment', 'remove_delegate protection', 'gmail settings', 'is an address to write as there'),
  deleteSendAs: on('gmail.users.settings.sendAs.delete', `DELETE ${MAIL}/settings/sendAs/{sendAsEmail}`, 'gmail.settings.sharing', 'person', 'containment', 'remove_delegate', 'gmail settings', 'take an address to write as from the mailbox'),
  ownForwardingAddresses: on('gmail.users.settings.forwardingAddresses.list', `GET ${MAIL}/settings/forwardingAddresses`, 'gmail.settings.basic', 'person', 'containment', 'remove_delegate protection', 'gmail settings', 'is an address to forward to there'),
  deleteForwardingAddress: on('gmail.users.settings.forwardingAddresses.delete', `DELETE ${MAIL}/settings/forwardingAddresses/{forwardingEmail}`, 'gmail.settings.sharing', 'person', 'containment', 'remove_delegate', 'gmail settings', 'take an address to forward to from the mailbox'),
  ownFile: on('drive.files.get', 'GET /drive/v3/files/{fileId}', 'drive', 'person', 'containment', 'remove_file protection', 'drive', 'whose a file is, is it in the trash, and may the person put it there'),
  trashFile: on('drive.files.update', 'PATCH /drive/v3/files/{fileId}', 'drive', 'person', 'containment', 'remove_file', 'drive', 'move a file to the trash or take it out'),
  matters: on('vault.matters.list', 'GET /v1/matters', 'ediscovery', 'admin', 'containment', 'hold_data', 'vault matter reads', 'the matter that our holds are in'),
  createMatter: on('vault.matters.create', 'POST /v1/matters', 'ediscovery', 'admin', 'containment', 'hold_data', 'vault matter writes', 'make that matter, once'),
  holds: on('vault.matters.holds.list', `GET ${HOLDS}`, 'ediscovery', 'admin', 'containment', 'hold_data', 'vault hold reads', 'is the account held'),
  createHold: on('vault.matters.holds.create', `POST ${HOLDS}`, 'ediscovery', 'admin', 'containment', 'hold_data', 'vault hold writes', 'keep mail, chat and files of an account'),
  deleteHold: on('vault.matters.holds.delete', `DELETE ${HOLDS}/{holdId}`, 'ediscovery', 'admin', 'containment', 'hold_data', 'vault hold writes', 'undo: release a hold of ours'),
  deviceUsers: on('cloudidentity.devices.deviceUsers.list', 'GET /v1/{+parent}/deviceUsers', 'cloud-identity.devices.readonly cloud-identity.devices', 'admin', 'containment', 'block_devices', 'cloudidentity', 'devices that synchronise the account'),
  blockDevice: on('cloudidentity.devices.deviceUsers.block', `POST ${DEVICE_USER}:block`, 'cloud-identity.devices', 'admin', 'containment', 'block_devices', 'cloudidentity', 'block the account on a device'),
  approveDevice: on('cloudidentity.devices.deviceUsers.approve', `POST ${DEVICE_USER}:approve`, 'cloud-identity.devices', 'admin', 'containment', 'block_devices', 'cloudidentity', 'undo: let the account synchronise there again'),
  accessLevels: on('accesscontextmanager.accessPolicies.accessLevels.list', 'GET /v1/{+parent}/accessLevels', 'cloud-platform', 'app', 'containment', 'block_ip protection', 'access levels read', 'the deny list of addresses, and the ranges that are trusted'),
  setAccessLevel: on('accesscontextmanager.accessPolicies.accessLevels.patch', 'PATCH /v1/{+name}', 'cloud-platform', 'app', 'containment', 'block_ip', 'access levels write', 'put an address on the deny list or take it off'),

  // Talking to people
  findDm: on('chat.spaces.findDirectMessage', 'GET /v1/spaces:findDirectMessage', 'chat.bot', 'app', 'people', 'talk', 'chat space reads', 'chat between our app and the person'),
  setupDm: on('chat.spaces.setup', 'POST /v1/spaces:setup', 'chat.spaces.create', 'person', 'people', 'talk', 'chat space writes', 'open that chat, as the person'),
  message: on('chat.spaces.messages.get', 'GET /v1/{+name}', 'chat.bot', 'app', 'people', 'talk', 'chat message reads', 'was the message already posted'),
  post: on('chat.spaces.messages.create', 'POST /v1/{+parent}/messages', 'chat.bot', 'app', 'people', 'talk', 'chat message writes', 'post a card as our app'),
  send: on('gmail.users.messages.send', `POST ${MAIL}/messages/send`, 'gmail.send', 'sender', 'people', 'talk', 'gmail sends', 'send a mail'),
} as const satisfies Record<string, GoogleMethod>;

/** The scopes of a role's domain-wide delegation, the first choice of each method, sorted. */
export function scopesOf(role: GoogleRole): readonly string[] {
  return needed(role, ({ as }) => as.some((who) => who !== 'app'));
}

/** The scopes that a role's service account uses as itself; they need no delegation but a role in Google Cloud or the Chat API's set-up. */
export function ownScopesOf(role: GoogleRole): readonly string[] {
  return needed(role, ({ as }) => as.includes('app'));
}

function needed(role: GoogleRole, fits: (method: GoogleMethod) => boolean): readonly string[] {
  const methods = Object.values(METHODS as Record<string, GoogleMethod>).filter(
    (m) => m.roles.includes(role) && fits(m),
  );
  return [...new Set(methods.map((m) => m.scopes[0] ?? ''))].sort();
}
