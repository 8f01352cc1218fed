import { generateKeyPairSync } from 'node:crypto';
import type { SigningKey } from '../../../store/key-ring.js';

/** A fresh Ed25519 pair in the store's shape. */
export function signingKey(keyId: string): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { keyId, publicKey: raw.toString('hex'), privateKey };
}
