import type { ActionKind } from '../../domain/plan.js';
import type { StoppingOrder } from '../ports.js';

/**
 * Deactivation comes first: a reset of the sessions alone lets a thief with the password or a live session at the
 * identity provider come straight back. Apps are swept after it, because some survive it.
 */
const ORDER: readonly ActionKind[] = [
  'disable_account',
  'end_sessions',
  'reset_credentials',
  'revoke_tokens',
  'remove_app',
  'revoke_share',
  'remove_mail_rule',
  'block_ip',
  'quarantine_device',
];

export const slackStoppingOrder: StoppingOrder = (actions) =>
  [...actions].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
