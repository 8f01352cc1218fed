import { LABELS, type Authentication } from '../../../domain/evidence.js';
import { compact } from '../../compact.js';
import type { EvidenceSource } from '../../ports.js';
import { aboutPerson, actsOf, type Mapper, type ReportEvent, type ReportLog } from './reports.js';
import { inSteps } from '../../steps.js';
import type { SourceContext } from './source.js';

/** Raised by Google about an account: the person stands in `affected_email_address`, not as the actor. */
const ACCOUNT_WARNINGS = [
  'suspicious_login',
  'suspicious_login_less_secure_app',
  'suspicious_programmatic_login',
  'user_signed_out_due_to_suspicious_session_cookie',
  'account_disabled_password_leak',
  'account_disabled_hijacked',
  'gov_attack_warning',
] as const;
const CREDENTIAL_TYPES = ['2sv_change', 'password_change', 'recovery_info_change', 'titanium_change'];

/** Sign-ins, changed credentials and Google's own warnings about the account. Events: Reports API, login and user_accounts. */
export function loginSource(context: SourceContext): EvidenceSource {
  const login: ReportLog = { source: 'google.login', application: 'login', logSource: 'user_access', map };
  return {
    id: login.source,
    logSource: 'user_access',
    depth: 'narrow',
    kinds: ['sign_in', 'sign_in_failed', 'credential_change', 'platform_alert', 'mail_rule'],
    lagSeconds: 1800,
    read: inSteps(
      actsOf(context, login),
      actsOf(context, { ...login, application: 'user_accounts' }),
      ...ACCOUNT_WARNINGS.map((name) => aboutPerson(context, login, name, 'affected_email_address')),
    ),
  };
}

const map: Mapper = (event, query) => {
  const to = event.text('email_forwarding_destination_address');
  if (CREDENTIAL_TYPES.includes(event.type) || event.name.startsWith('passkey_'))
    return { kind: 'credential_change', logSource: 'iam', target: { type: 'user', id: query.nativeId } };
  if (event.name === 'email_forwarding_out_of_domain')
    return {
      kind: 'mail_rule',
      logSource: 'notification_mail',
      target: { type: 'setting', id: 'autoForwarding' },
      reasons: ['forwards_mail'],
      ...(to === undefined ? {} : { externalRecipients: [to.toLowerCase()] }),
    };
  if (event.type === 'account_warning' || event.type === 'attack_warning')
    return {
      kind: 'platform_alert',
      logSource: 'platform_alerts',
      actor: query.nativeId,
      reasons: event.name.endsWith('suspicious_session_cookie') ? [event.name, 'suspicious_session'] : [event.name],
    };
  if (event.name === 'login_success')
    return compact({
      kind: 'sign_in' as const,
      outcome: 'success' as const,
      authentication: authenticationOf(event),
      labels: event.text('login_type') === 'saml' ? [LABELS.sso] : undefined,
      reasons: event.flag('is_suspicious') ? ['suspicious_login'] : undefined,
    });
  if (event.name === 'login_failure')
    return compact({
      kind: 'sign_in_failed' as const,
      outcome: 'failure' as const,
      reasons: event.flag('is_suspicious') ? ['suspicious_login'] : undefined,
    });
  // Google asked for more, and did not get it: the password before it was right.
  if (CHALLENGES.includes(event.name) && /fail|abandon|invalid/i.test(event.text('login_challenge_status') ?? ''))
    return { kind: 'sign_in_failed', outcome: 'failure', reasons: [event.name] };
  if (event.name === 'risky_sensitive_action_blocked')
    return { kind: 'platform_alert', logSource: 'platform_alerts', outcome: 'blocked', reasons: [event.name] };
  return undefined;
};

const CHALLENGES = ['login_challenge', 'login_verification'];
const RESISTANT = new Set(['security_key', 'passkey']);
/** Challenges that are no second factor: the list that Google publishes is not closed, what is not here counts as one. */
const NO_FACTOR = new Set(['password', 'none', 'saml', 'captcha', 'login_location', 'other', 'unknown']);

/** By the challenges that were passed. Who signs in by SAML proves nothing to Google; an exchange makes a session of a token. */
function authenticationOf(event: ReportEvent): Authentication | undefined {
  const type = event.text('login_type');
  if (type === 'exchange') return 'token';
  if (type === 'saml') return undefined;
  const passed = event.list('login_challenge_method');
  if (passed.some((m) => RESISTANT.has(m))) return 'phishing_resistant';
  if (passed.some((m) => !NO_FACTOR.has(m)) || event.flag('is_second_factor') === true) return 'mfa';
  return passed.includes('password') || type === 'google_password' ? 'password' : undefined;
}
