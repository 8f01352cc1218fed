import { mailOf } from '../../../domain/account-names.js';
import { LABELS, type Authentication } from '../../../domain/evidence.js';
import { compact } from '../../kit/compact.js';
import type { EvidenceSource } from '../../ports.js';
import { LOGIN_EVENTS } from './events.js';
import { aboutPerson, actsOf, type Mapper, type ReportEvent, type ReportLog } from './reports.js';
import { inSteps } from '../../kit/steps.js';
import type { SourceContext } from './source.js';

/** Raised by Google about an account: the person stands in `affected_email_address`, not as the actor. */
const ACCOUNT_WARNINGS = [
  'suspicious_login',
  'suspicious_login_less_secure_app',
  'suspicious_programmatic_login',
  'user_signed_out_due_to_suspicious_session_cookie',
  'account_disabled_password_leak',
  'account_disabled_hijacked',
  'account_disabled_generic',
  'account_disabled_spamming',
  'account_disabled_spamming_through_relay',
  'gov_attack_warning',
  'passkey_enrolled',
] as const;

/** Sign-ins, changed credentials and Google's own warnings about the account. Events: Reports API, login and user_accounts. */
export function loginSource(context: SourceContext): EvidenceSource {
  return {
    id: LOGIN_LOG.source,
    logSource: 'user_access',
    depth: 'narrow',
    kinds: ['sign_in', 'sign_in_failed', 'sign_in_stopped', 'credential_change', 'platform_alert', 'mail_rule'],
    lagSeconds: 1800,
    read: inSteps(
      actsOf(context, LOGIN_LOG),
      actsOf(context, { ...LOGIN_LOG, application: 'user_accounts' }),
      ...ACCOUNT_WARNINGS.map((name) => aboutPerson(context, LOGIN_LOG, name, 'affected_email_address')),
    ),
  };
}

/** Types of an event whose name is not known yet. */
const TYPES: Readonly<Record<string, 'credential' | 'alert'>> = {
  '2sv_change': 'credential',
  password_change: 'credential',
  recovery_info_change: 'credential',
  titanium_change: 'credential',
  account_warning: 'alert',
  attack_warning: 'alert',
};

const map: Mapper = (event, query) => {
  const known = LOGIN_EVENTS[event.name] ?? TYPES[event.type];
  const suspicious = event.flag('is_suspicious') === true ? ['suspicious_login'] : undefined;
  switch (known) {
    case 'credential':
      return { kind: 'credential_change', logSource: 'iam', target: { type: 'user', id: query.nativeId } };
    case 'forwarding': {
      const to = event.text('email_forwarding_destination_address');
      return compact({
        kind: 'mail_rule' as const,
        logSource: 'notification_mail' as const,
        target: { type: 'setting' as const, id: 'autoForwarding' },
        reasons: ['forwards_mail'],
        externalRecipients: to === undefined ? undefined : [mailOf(to) ?? to.toLowerCase()],
      });
    }
    case 'alert':
      return compact({
        kind: 'platform_alert' as const,
        logSource: 'platform_alerts' as const,
        actor: query.nativeId,
        outcome: event.name === 'risky_sensitive_action_blocked' ? ('blocked' as const) : undefined,
        reasons: event.name.endsWith('suspicious_session_cookie') ? [event.name, 'suspicious_session'] : [event.name],
      });
    case 'success':
      return compact({
        kind: 'sign_in' as const,
        outcome: 'success' as const,
        authentication: authenticationOf(event),
        labels: event.text('login_type') === 'saml' ? [LABELS.sso] : undefined,
        reasons: suspicious,
      });
    case 'failure':
      return compact({ kind: 'sign_in_failed' as const, outcome: 'failure' as const, reasons: suspicious });
    case 'challenge':
      return challenged(event);
    default:
      return undefined;
  }
};
export const LOGIN_LOG: ReportLog = { source: 'google.login', application: 'login', logSource: 'user_access', map };

/** What Google asks before it asks for more. */
const FIRST = new Set(['password', 'passkey', 'captcha', 'none', 'saml', 'other', 'unknown']);
/**
 * Refused: a failure. Passed: told by the sign-in that follows, unless no more than the password was. Neither: the sign-in stopped there, or
 * goes on; the password before it was right.
 */
function challenged(event: ReportEvent): ReturnType<Mapper> {
  const status = event.text('login_challenge_status') ?? '';
  const asked = event.list('login_challenge_method').map((method) => method.toLowerCase());
  const isMore = asked.length === 0 || asked.some((m) => !FIRST.has(m));
  const hasPassed = /^(?:challenge )?(?:pass(?:ed)?|success\w*|succeeded|completed)\b/i.test(status.trim());
  if (/not passed|fail|abandon|invalid|incorrect|wrong|denied|reject/i.test(status)) {
    const labels = isMore ? [LABELS.knowsFirst] : undefined;
    return compact({ kind: 'sign_in_failed' as const, outcome: 'failure' as const, reasons: [event.name], labels });
  }
  const isStopped = isMore ? !hasPassed : hasPassed && asked.includes('password');
  return isStopped ? { kind: 'sign_in_stopped', outcome: 'blocked' } : undefined;
}

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
