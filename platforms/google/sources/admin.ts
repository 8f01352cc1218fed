import { compact } from '../../kit/compact.js';
import { mailOf } from '../../../domain/account-names.js';
import { LABELS, roleLabel, type EventKind, type EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource } from '../../ports.js';
import { weakensInAdmin } from '../controls.js';
import { aboutPerson, actsOf, byAnybody, byApp, type Mapper, type ReportEvent, type ReportLog } from './reports.js';
import { inSteps } from '../../kit/steps.js';
import type { SourceContext } from './source.js';

/** What the admin log's events are in the playbook's words; every other event changes a setting. */
const KINDS: Readonly<Record<string, EventKind>> = {
  ASSIGN_ROLE: 'role_change',
  UNASSIGN_ROLE: 'role_change',
  CREATE_ROLE: 'role_change',
  UPDATE_ROLE: 'role_change',
  ADD_PRIVILEGE: 'role_change',
  GRANT_ADMIN_PRIVILEGE: 'role_change',
  REVOKE_ADMIN_PRIVILEGE: 'role_change',
  REMOVE_PRIVILEGE: 'role_change',
  DELETE_ROLE: 'role_change',
  GRANT_DELEGATED_ADMIN_PRIVILEGES: 'role_change',
  CHANGE_PASSWORD: 'credential_change',
  CHANGE_PASSWORD_ON_NEXT_LOGIN: 'credential_change',
  TURN_OFF_2_STEP_VERIFICATION: 'credential_change',
  UNENROLL_USER_FROM_STRONG_AUTH: 'credential_change',
  CREATE_USER: 'account_change',
  DELETE_USER: 'account_change',
  SUSPEND_USER: 'account_change',
  UNSUSPEND_USER: 'account_change',
  RESET_SIGNIN_COOKIES: 'account_change',
  REVOKE_3LO_TOKEN: 'account_change',
  REVOKE_ASP: 'account_change',
  REVOKE_3LO_DEVICE_TOKENS: 'account_change',
  UNBLOCK_USER_SESSION: 'account_change',
  REQUEST_MAILBOX_DUMP: 'export',
  DOWNLOAD_USERLIST_CSV: 'export',
  SECURITY_INVESTIGATION_EXPORT_QUERY: 'export',
  ADD_TO_TRUSTED_OAUTH2_APPS: 'app_grant',
};
/** Roles that an event names by its own name alone. */
const ROLES: Readonly<Record<string, string>> = {
  GRANT_ADMIN_PRIVILEGE: 'super administrator',
  REVOKE_ADMIN_PRIVILEGE: 'super administrator',
  GRANT_DELEGATED_ADMIN_PRIVILEGES: 'delegated administrator',
};
/** Lets an app act for everybody of the domain. */
const DELEGATION = 'AUTHORIZE_API_CLIENT_ACCESS';
/** By which IT lets an app in for everybody. */
const ADMIN_CONSENTS = new Set([DELEGATION, 'ADD_TO_TRUSTED_OAUTH2_APPS']);
/** What containment leaves here that would else be a finding. */
const OWN_ACTS = new Set(['CHANGE_PASSWORD', 'CHANGE_PASSWORD_ON_NEXT_LOGIN']);
/** Done by others to the person. */
const ABOUT_PERSON = [
  'CHANGE_PASSWORD',
  'TURN_OFF_2_STEP_VERIFICATION',
  'SUSPEND_USER',
  'UNSUSPEND_USER',
  'ASSIGN_ROLE',
  'GRANT_ADMIN_PRIVILEGE',
] as const;

/** What the person did as an administrator, what administrators did to the person, and which apps IT trusts. */
export function adminSource(context: SourceContext): EvidenceSource {
  const log = ADMIN_LOG;
  return {
    id: log.source,
    logSource: 'iam',
    depth: 'narrow',
    kinds: ['config_change', 'role_change', 'credential_change', 'account_change', 'export', 'app_grant'],
    lagSeconds: 1800,
    read: inSteps(
      actsOf(context, log),
      ...ABOUT_PERSON.map((name) => aboutPerson(context, log, name, 'USER_EMAIL')),
      byAnybody(context, log, 'ADD_TO_TRUSTED_OAUTH2_APPS'),
      byApp(context, log, DELEGATION, 'API_CLIENT_NAME'),
    ),
  };
}

const map: Mapper = (event, query) => {
  // Our own acts come back here: they are changes of the account, never findings about the person. Whatever else the
  // account that we act as does is judged like anybody's: it may be the one in the wrong hands.
  const own = event.isOurs && OWN_ACTS.has(event.name);
  const mail = event.text('USER_EMAIL');
  const isPerson = query.emails.includes(mailOf(mail) ?? '');
  const app = appOf(event);
  // A setting of the organisation to whoever makes it; to the app, where the case is about one, what it was given.
  const isGiven = event.name === DELEGATION && app?.id === query.nativeId;
  const kind = own ? 'account_change' : isGiven ? 'app_grant' : kindOf(event);
  const role = kind === 'role_change' ? (event.text('ROLE_NAME') ?? ROLES[event.name]) : undefined;
  const setting = SETTINGS.map((name) => event.text(name)).find((name) => name !== undefined);
  const labels = [
    ...(ADMIN_CONSENTS.has(event.name) ? [LABELS.adminConsent] : []),
    ...(role === undefined ? [] : [roleLabel(role)]),
  ];
  return compact({
    kind,
    app,
    labels: labels.length > 0 ? labels : undefined,
    weakens: weakensInAdmin(event.name, (name) => event.text(name)),
    target:
      app !== undefined
        ? compact({ type: 'app' as const, id: app.id, name: app.name })
        : kind === 'export'
          ? { type: 'export' as const, id: event.text('OBFUSCATED_CUSTOMER_TAKEOUT_REQUEST_ID') ?? event.name }
          : mail !== undefined
            ? { type: 'user' as const, id: isPerson ? query.nativeId : (mailOf(mail) ?? mail) }
            : setting === undefined
              ? undefined
              : { type: 'setting' as const, id: setting },
  });
};
export const ADMIN_LOG: ReportLog = { source: 'google.admin', application: 'admin', logSource: 'iam', map };

/** Parameters that name what was changed, the nearest first. */
const SETTINGS = ['SETTING_NAME', 'RULE_NAME', 'APPLICATION_NAME', 'ROLE_NAME', 'DOMAIN_NAME'] as const;

function appOf(event: ReportEvent): EvidenceEvent['app'] {
  if (event.name === DELEGATION) {
    const id = event.text('API_CLIENT_NAME');
    return id === undefined ? undefined : { id, scopes: scopesIn(event) };
  }
  const id = event.name.endsWith('_OAUTH2_APPS') ? event.text('OAUTH2_APP_ID') : undefined;
  return id === undefined ? undefined : compact({ id, name: event.text('OAUTH2_APP_NAME') });
}

const kindOf = (event: ReportEvent): EventKind =>
  event.type === 'CUSTOMER_TAKEOUT' ? 'export' : (KINDS[event.name] ?? 'config_change');

const scopesIn = (event: ReportEvent): readonly string[] =>
  event.list('API_SCOPES').flatMap((s) => s.split(/[\s,]+/).filter((part) => part !== ''));
