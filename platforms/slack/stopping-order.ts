import type { Phase } from '../../domain/acts/index.js';

/**
 * Deactivation comes first: a reset of the sessions alone lets a thief with the password or a live session at the
 * identity provider come straight back. Apps are swept after it, because some survive it.
 */
export const SLACK_ORDER: readonly Phase[] = [
  'preserve',
  'lock',
  'sessions',
  'credentials',
  'grants',
  'content',
  'network',
  'risk',
  'devices',
];
