import type { ActionKind } from '../../domain/plan.js';
import type { StoppingOrder } from '../ports.js';

/**
 * Suspension comes last: shares and mail rules can be changed only as the person, and backup codes made void only while
 * the account is active. Grants go before the password, sessions after it, or they would be renewed with the old one.
 */
const ORDER: readonly ActionKind[] = [
  'revoke_share',
  'remove_mail_rule',
  'revoke_tokens',
  'remove_app',
  'reset_credentials',
  'end_sessions',
  'disable_account',
  'block_ip',
  'quarantine_device',
];

export const googleStoppingOrder: StoppingOrder = (actions) =>
  [...actions].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
