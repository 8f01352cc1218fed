export type GoogleRole = 'evidence' | 'containment' | 'people';
export type GoogleApi =
  'directory' | 'reports' | 'alertcenter' | 'gmail' | 'drive' | 'chat' | 'accesscontextmanager' | 'cloudidentity';
/** Whom the service account acts as: the administrator, the person the call is about, our sender's mailbox, or itself. */
type GoogleSubject = 'admin' | 'person' | 'sender' | 'app';

export interface GoogleMethod {
  /** How journals, reports and faults name it; variants of one method differ by what they set. */
  readonly name: string;
  readonly api: GoogleApi;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path as the SDK sends it, `{name}` for one segment, `{+name}` for a resource name. */
  readonly path: string;
  /** Scopes, each sufficient; the first is the one to ask for. */
  readonly scopes: readonly string[];
  readonly as: readonly GoogleSubject[];
  readonly roles: readonly GoogleRole[];
  readonly why: string;
}

const PREFIX = 'https://www.googleapis.com/auth/';

function on(name: string, route: string, scopes: string, as: string, roles: string, why: string): GoogleMethod {
  const [method, path = ''] = route.split(' ');
  return {
    name,
    api: name.split('.')[0] as GoogleApi,
    method: method as GoogleMethod['method'],
    path,
    scopes: scopes.split(' ').map((s) => `${PREFIX}${s}`),
    as: as.split(' ') as GoogleSubject[],
    roles: roles.split(' ') as GoogleRole[],
    why,
  };
}

const USER = '/admin/directory/v1/users/{userKey}';
const MAIL = '/gmail/v1/users/{userId}';

/** Every method that is called, with the least scope it needs. Scopes: JSDoc of googleapis 178. */
// A table: one method a line.
// prettier-ignore
export const METHODS = {
  // Directory
  user: on('directory.users.get', `GET ${USER}`, 'admin.directory.user.readonly admin.directory.user', 'admin', 'evidence containment people', 'state of an account; address of a person'),
  users: on('directory.users.list', 'GET /admin/directory/v1/users', 'admin.directory.user.readonly admin.directory.user', 'admin', 'evidence containment', 'subject registry; the last super administrator'),
  tokens: on('directory.tokens.list', `GET ${USER}/tokens`, 'admin.directory.user.security', 'admin', 'containment', 'apps that hold a grant of the person'),
  asps: on('directory.asps.list', `GET ${USER}/asps`, 'admin.directory.user.security', 'admin', 'containment', 'app passwords of the person'),
  backupCodes: on('directory.verificationCodes.list', `GET ${USER}/verificationCodes`, 'admin.directory.user.security', 'admin', 'containment', 'how many backup codes are valid'),

  // Logs
  activities: on('reports.activities.list', 'GET /admin/reports/v1/activity/users/{userKey}/applications/{applicationName}', 'admin.reports.audit.readonly', 'admin', 'evidence containment', 'audit logs; proof of our own acts'),
  alerts: on('alertcenter.alerts.list', 'GET /v1beta1/alerts', 'apps.alerts', 'admin', 'evidence', 'detections of Google'),

  // Chat and mail, as the person
  spaces: on('chat.spaces.list', 'GET /v1/spaces', 'chat.spaces.readonly chat.spaces', 'person', 'evidence', 'spaces of the person'),
  messages: on('chat.spaces.messages.list', 'GET /v1/{+parent}/messages', 'chat.messages.readonly chat.messages', 'person', 'evidence', 'chat history of the person'),
  mails: on('gmail.users.messages.list', `GET ${MAIL}/messages`, 'gmail.readonly', 'person sender', 'evidence people', 'security notices in the mailbox; a mail we already sent'),
  mail: on('gmail.users.messages.get', `GET ${MAIL}/messages/{id}`, 'gmail.readonly', 'person', 'evidence', 'headers of a security notice'),
  filters: on('gmail.users.settings.filters.list', `GET ${MAIL}/settings/filters`, 'gmail.readonly gmail.settings.basic', 'person', 'evidence', 'filters that hide or forward mail'),
  forwarding: on('gmail.users.settings.getAutoForwarding', `GET ${MAIL}/settings/autoForwarding`, 'gmail.readonly gmail.settings.basic', 'person', 'evidence', 'forwarding of all mail'),

  // Acts
  suspend: on('directory.users.update suspended', `PUT ${USER}`, 'admin.directory.user', 'admin', 'containment', 'suspend or restore an account'),
  setPassword: on('directory.users.update password', `PUT ${USER}`, 'admin.directory.user', 'admin', 'containment', 'reset the password'),
  signOut: on('directory.users.signOut', `POST ${USER}/signOut`, 'admin.directory.user.security', 'admin', 'containment', 'end all sessions'),
  deleteToken: on('directory.tokens.delete', `DELETE ${USER}/tokens/{clientId}`, 'admin.directory.user.security', 'admin', 'containment', 'take an app’s grant back'),
  deleteAsp: on('directory.asps.delete', `DELETE ${USER}/asps/{codeId}`, 'admin.directory.user.security', 'admin', 'containment', 'take an app password back'),
  invalidateCodes: on('directory.verificationCodes.invalidate', `POST ${USER}/verificationCodes/invalidate`, 'admin.directory.user.security', 'admin', 'containment', 'make backup codes void'),
  permissions: on('drive.permissions.list', 'GET /drive/v3/files/{fileId}/permissions', 'drive', 'person', 'containment', 'links and external shares of a file'),
  deletePermission: on('drive.permissions.delete', 'DELETE /drive/v3/files/{fileId}/permissions/{permissionId}', 'drive', 'person', 'containment', 'take back a link or an external share'),
  filter: on('gmail.users.settings.filters.get', `GET ${MAIL}/settings/filters/{id}`, 'gmail.settings.basic', 'person', 'containment', 'state of a mail filter'),
  deleteFilter: on('gmail.users.settings.filters.delete', `DELETE ${MAIL}/settings/filters/{id}`, 'gmail.settings.basic', 'person', 'containment', 'remove a mail filter'),
  ownFilters: on('gmail.users.settings.filters.list', `GET ${MAIL}/settings/filters`, 'gmail.settings.basic', 'person', 'containment', 'undo: is the filter there again'),
  createFilter: on('gmail.users.settings.filters.create', `POST ${MAIL}/settings/filters`, 'gmail.settings.basic', 'person', 'containment', 'undo: put a filter back'),
  ownForwarding: on('gmail.users.settings.getAutoForwarding', `GET ${MAIL}/settings/autoForwarding`, 'gmail.settings.basic', 'person', 'containment', 'state of the forwarding of all mail'),
  setForwarding: on('gmail.users.settings.updateAutoForwarding', `PUT ${MAIL}/settings/autoForwarding`, 'gmail.settings.sharing', 'person', 'containment', 'switch the forwarding of all mail off'),
  accessLevels: on('accesscontextmanager.accessPolicies.accessLevels.list', 'GET /v1/{+parent}/accessLevels', 'cloud-platform', 'app', 'containment', 'the deny list of addresses, and the ranges that are trusted'),
  setAccessLevel: on('accesscontextmanager.accessPolicies.accessLevels.patch', 'PATCH /v1/{+name}', 'cloud-platform', 'app', 'containment', 'put an address on the deny list or take it off'),

  // Talking to people
  findDm: on('chat.spaces.findDirectMessage', 'GET /v1/spaces:findDirectMessage', 'chat.bot', 'app', 'people', 'chat between our app and the person'),
  setupDm: on('chat.spaces.setup', 'POST /v1/spaces:setup', 'chat.spaces.create', 'person', 'people', 'open that chat, as the person'),
  message: on('chat.spaces.messages.get', 'GET /v1/{+name}', 'chat.bot', 'app', 'people', 'was the message already posted'),
  post: on('chat.spaces.messages.create', 'POST /v1/{+parent}/messages', 'chat.bot', 'app', 'people', 'post a card as our app'),
  send: on('gmail.users.messages.send', `POST ${MAIL}/messages/send`, 'gmail.send', 'sender', 'people', 'send a mail'),
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
