import type { ActionKind } from '../../domain/plan.js';

/**
 * Deactivation comes first: a reset of the sessions alone lets a thief with the password or a live session at the
 * identity provider come straight back. Apps are swept after it, because some survive it.
 */
export const SLACK_ORDER: readonly ActionKind[] = [
  'hold_data',
  'disable_account',
  'end_sessions',
  'reset_credentials',
  'revoke_tokens',
  'remove_app',
  'revoke_share',
  'remove_file',
  'remove_mail_rule',
  'block_ip',
  'block_devices',
  'confirm_compromised',
  'quarantine_device',
  'retire_device',
];
