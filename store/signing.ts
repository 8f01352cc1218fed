import type { Signed } from '../domain/decision.js';
import type { EvidenceManifest, SignedManifest } from '../domain/evidence.js';
import { QuellError } from '../domain/errors.js';
import type { SigningKey } from './key-ring.js';

/** Ed25519 over the canonical JSON of `body`; verified by `verifySignature` of domain/canonical. */
export function signBody<T>(_body: T, _key: SigningKey): Signed<T> {
  throw new QuellError('CONFIG', 'not there yet');
}

/** The same over a manifest. */
export function signManifest(_manifest: EvidenceManifest, _key: SigningKey): SignedManifest {
  throw new QuellError('CONFIG', 'not there yet');
}
