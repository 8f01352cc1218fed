import type { Compartment } from './compartment.js';
import type { SealedKey } from './seal.js';

/** What a wrapped key is for: it opens for this alone. */
export interface KeyUse {
  readonly compartment: Compartment;
  readonly caseId: string;
  readonly keyId: string;
}

/** The key of a case, wrapped: what is kept of it. */
export interface WrappedKey {
  /** For each reader, by the public half of a key file. */
  readonly sealed?: readonly SealedKey[];
}

/** Wraps the keys of cases for whoever may read a compartment. */
export interface KeyWrapper {
  /** Errors: STORE, CONFIG when this role may not. */
  wrap(key: Uint8Array, use: KeyUse): Promise<WrappedKey>;
}

/** Opens what was wrapped for one reader. */
export interface KeyOpener {
  /** Undefined for a key that was wrapped for others. Errors: STORE, STORE_TAMPERED for another use. */
  open(wrapped: WrappedKey, use: KeyUse): Promise<Uint8Array | undefined>;
}
