import type { Facts } from './activities.js';
import { ACCOUNT_WARNINGS } from './event-types.js';
import type { Rows } from './rows.js';
import type { TenantState } from './state.js';

const CHALLENGES = {
  password: ['password'],
  mfa: ['password', 'google_prompt'],
  phishing_resistant: ['passkey'],
  token: ['none'],
  sso: ['saml'],
} as const;

/** A row of the login log; warnings name the person in a parameter. */
export function loginFacts(f: Rows['login'][number]['fields'], state: TenantState): Facts {
  const network = { ip: f.ip, country: f.country, asn: f.asn };
  if (ACCOUNT_WARNINGS.includes(f.event))
    return {
      ...network,
      type: 'account_warning',
      name: f.event,
      parameters: { affected_email_address: state.users.get(f.user)?.email },
    };
  return {
    ...network,
    actor: f.user,
    type: 'login',
    name: f.event,
    parameters: {
      login_type: f.auth === 'token' ? 'exchange' : f.auth === 'sso' ? 'saml' : 'google_password',
      login_challenge_method: f.auth === undefined ? f.challenge : CHALLENGES[f.auth],
      login_challenge_status: f.status,
      is_suspicious: f.suspicious ?? false,
    },
  };
}
