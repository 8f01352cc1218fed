import type { Phase } from '../../domain/acts/index.js';

/**
 * Suspension comes last: shares, mail rules and delegates can be changed only as the person, and backup codes made void only
 * while the account is active. Grants go before the password, sessions after it, or they would be renewed with the old one.
 */
export const GOOGLE_ORDER: readonly Phase[] = [
  'preserve',
  'content',
  'grants',
  'credentials',
  'sessions',
  'devices',
  'network',
  'risk',
  'lock',
];
