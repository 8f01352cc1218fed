import { compact } from '../../compact.js';
import type { EventKind } from '../../../domain/evidence.js';
import type { EvidenceSource } from '../../ports.js';
import { isOwnCall, type GoogleSettings } from '../settings.js';
import { aboutPerson, actsOf, type Mapper, type ReportEvent, type ReportLog } from './reports.js';
import { inSteps } from '../../steps.js';
import type { SourceContext } from './source.js';

/** What the admin log's events are in the playbook's words; every other event changes a setting. */
const KINDS: Readonly<Record<string, EventKind>> = {
  ASSIGN_ROLE: 'role_change',
  UNASSIGN_ROLE: 'role_change',
  CREATE_ROLE: 'role_change',
  ADD_PRIVILEGE: 'role_change',
  GRANT_ADMIN_PRIVILEGE: 'role_change',
  REVOKE_ADMIN_PRIVILEGE: 'role_change',
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
  REQUEST_MAILBOX_DUMP: 'export',
};
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

/** What the person did as an administrator, and what administrators did to the person. */
export function adminSource(context: SourceContext): EvidenceSource {
  const log: ReportLog = {
    source: 'google.admin',
    application: 'admin',
    logSource: 'iam',
    map: mapperFor(context.settings),
  };
  return {
    id: log.source,
    logSource: 'iam',
    depth: 'narrow',
    kinds: ['config_change', 'role_change', 'credential_change', 'account_change', 'export'],
    lagSeconds: 1800,
    read: inSteps(actsOf(context, log), ...ABOUT_PERSON.map((name) => aboutPerson(context, log, name, 'USER_EMAIL'))),
  };
}

function mapperFor(settings: GoogleSettings): Mapper {
  return (event, query) => {
    // Our own acts come back here: they are changes of the account, never findings about the person. Whatever else the
    // account that we act as does is judged like anybody's: it may be the one in the wrong hands.
    const own = OWN_ACTS.has(event.name) && isOwnCall(settings, event.actorEmail);
    const kind = own ? 'account_change' : kindOf(event);
    const mail = event.text('USER_EMAIL');
    const client = event.name === 'AUTHORIZE_API_CLIENT_ACCESS' ? event.text('API_CLIENT_NAME') : undefined;
    const setting = event.text('SETTING_NAME') ?? event.text('APPLICATION_NAME') ?? event.text('ROLE_NAME');
    return compact({
      kind,
      app: client === undefined ? undefined : { id: client, scopes: scopesIn(event) },
      target:
        client !== undefined
          ? { type: 'app' as const, id: client }
          : kind === 'export'
            ? { type: 'export' as const, id: event.text('OBFUSCATED_CUSTOMER_TAKEOUT_REQUEST_ID') ?? event.name }
            : mail !== undefined
              ? { type: 'user' as const, id: query.emails.includes(mail.toLowerCase()) ? query.nativeId : mail }
              : setting === undefined
                ? undefined
                : { type: 'setting' as const, id: setting },
    });
  };
}

const kindOf = (event: ReportEvent): EventKind =>
  event.type === 'CUSTOMER_TAKEOUT' ? 'export' : (KINDS[event.name] ?? 'config_change');

const scopesIn = (event: ReportEvent): readonly string[] =>
  event.list('API_SCOPES').flatMap((s) => s.split(/[\s,]+/).filter((part) => part !== ''));
