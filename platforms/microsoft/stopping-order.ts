import type { Phase } from '../../domain/acts/index.js';

/**
 * Disabling comes first: it destroys nothing here, and what follows then cannot be undone by the intruder. Sessions are
 * ended after the password is new, or they would be renewed with the old one; an app goes after its grants were read.
 */
export const MICROSOFT_ORDER: readonly Phase[] = [
  'preserve',
  'lock',
  'credentials',
  'sessions',
  'risk',
  'grants',
  'content',
  'network',
  'devices',
];
