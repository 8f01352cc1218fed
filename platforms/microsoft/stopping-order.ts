import type { ActionKind } from '../../domain/plan.js';
import type { StoppingOrder } from '../ports.js';

/**
 * Disabling comes first: it destroys nothing here, and what follows then cannot be undone by the intruder. Sessions are
 * ended after the password is new, or they would be renewed with the old one; the app goes after its grants were read.
 */
const ORDER: readonly ActionKind[] = [
  'disable_account',
  'reset_credentials',
  'end_sessions',
  'revoke_tokens',
  'remove_app',
  'revoke_share',
  'remove_mail_rule',
  'block_ip',
  'quarantine_device',
];

export const microsoftStoppingOrder: StoppingOrder = (actions) =>
  [...actions].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
