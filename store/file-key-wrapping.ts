import type { OpenKey, SealKey } from './key-ring.js';
import type { KeyOpener, KeyUse, KeyWrapper } from './key-wrapping.js';
import { openKey, sealKey } from './seal.js';

/** By the public half of each reader's key file. */
export function sealedFor(recipients: readonly SealKey[]): KeyWrapper {
  return {
    wrap: async (key, use) => ({ sealed: recipients.map((to) => sealKey(key, to, contextOf(use))) }),
  };
}

/** By the private half of one reader's key file. */
export function openedBy(own: OpenKey): KeyOpener {
  return { open: async ({ sealed = [] }, use) => openKey(sealed, own, contextOf(use)) };
}

const contextOf = ({ caseId, keyId }: KeyUse): string => `quell case key v1\0${caseId}\0${keyId}`;
