import type { ActionKind } from '../../domain/plan.js';

/**
 * Suspension comes last: shares and mail rules can be changed only as the person, and backup codes made void only while
 * the account is active. Grants go before the password, sessions after it, or they would be renewed with the old one.
 */
export const GOOGLE_ORDER: readonly ActionKind[] = [
  'hold_data',
  'revoke_share',
  'remove_file',
  'remove_mail_rule',
  'revoke_tokens',
  'remove_app',
  'reset_credentials',
  'end_sessions',
  'block_devices',
  'block_ip',
  'confirm_compromised',
  'quarantine_device',
  'retire_device',
  'disable_account',
];
