import type { Compartment } from './compartment.js';
import type { SealedKey } from './seal.js';

/** What the key of a case is for: wrapped, it opens for this alone. */
export interface KeyUse {
  readonly compartment: Compartment;
  readonly caseId: string;
  readonly keyId: string;
}

/** The key of a case as it is kept: in one of these ways. */
export interface WrappedKey {
  /** For each reader, by the public half of a key file. */
  readonly sealed?: readonly SealedKey[];
  /** By a key of AWS KMS; base64. */
  readonly kms?: string;
}

/** Wraps the keys of cases for those who read their compartment. */
export interface KeyWrapper {
  /** Errors: STORE, STORE_REFUSED when this role may not, CONFIG. */
  wrap(key: Uint8Array, use: KeyUse): Promise<WrappedKey>;
}

/** Opens what was wrapped for one reader. */
export interface KeyOpener {
  /** Undefined for a key that was wrapped for others, or in another way. Errors: STORE, STORE_REFUSED when this role may not, STORE_TAMPERED for another use. */
  open(wrapped: WrappedKey, use: KeyUse): Promise<Uint8Array | undefined>;
}

export interface KeyWrapping extends KeyWrapper, KeyOpener {}

/** Opens by the first that can: what was wrapped before another way was chosen stays readable. */
export const openedByAny = (openers: readonly KeyOpener[]): KeyOpener => ({
  open: async (wrapped, use) => {
    for (const opener of openers) {
      const key = await opener.open(wrapped, use);
      if (key !== undefined) return key;
    }
    return undefined;
  },
});
