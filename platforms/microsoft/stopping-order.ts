import type { ActionKind } from '../../domain/plan.js';

/**
 * Disabling comes first: it destroys nothing here, and what follows then cannot be undone by the intruder. Sessions are
 * ended after the password is new, or they would be renewed with the old one; the app goes after its grants were read.
 */
export const MICROSOFT_ORDER: readonly ActionKind[] = [
  'hold_data',
  'disable_account',
  'reset_credentials',
  'end_sessions',
  'confirm_compromised',
  'revoke_tokens',
  'remove_app',
  'revoke_share',
  'remove_file',
  'remove_mail_rule',
  'block_ip',
  'block_devices',
  'quarantine_device',
  'retire_device',
];
