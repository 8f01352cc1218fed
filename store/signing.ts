import { sign } from 'node:crypto';
import { canonicalJson, verifySignature } from '../domain/canonical.js';
import type { Signed } from '../domain/decision.js';
import type { EvidenceManifest, SignedManifest } from '../domain/evidence.js';
import type { SigningKey, VerifyKey } from './key-ring.js';

/** Ed25519 over the canonical JSON of `body`, base64url; verified by `verifySignature` of domain/canonical. */
export function signatureOf(body: unknown, key: SigningKey): string {
  return sign(null, Buffer.from(canonicalJson(body), 'utf8'), key.privateKey).toString('base64url');
}

export function signBody<T>(body: T, key: SigningKey): Signed<T> {
  return { body, keyId: key.keyId, signature: signatureOf(body, key) };
}

export function signManifest(manifest: EvidenceManifest, key: SigningKey): SignedManifest {
  return { manifest, keyId: key.keyId, signature: signatureOf(manifest, key) };
}

/** True when one of `keys` signed the manifest. */
export function verifyManifest(signed: SignedManifest, keys: readonly VerifyKey[]): boolean {
  return keys.some(
    (key) => key.keyId === signed.keyId && verifySignature(signed.manifest, signed.signature, key.publicKey),
  );
}

/** True when one of `keys` signed the body. Total: whatever it is handed. */
export function isSignedBy(signed: Signed<unknown> | undefined | null, keys: readonly VerifyKey[]): boolean {
  if (!signed) return false;
  return keys.some(
    (key) => key.keyId === signed.keyId && verifySignature(signed.body, signed.signature, key.publicKey),
  );
}
