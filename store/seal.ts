import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { QuellError } from '../domain/errors.js';
import { rawPublic, type OpenKey, type SealKey } from './key-ring.js';

const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const TAG = 16;
const IV = 12;

/** AES-256-GCM; the result is iv, ciphertext and tag in one. `context` is bound, not stored. */
export function encrypt(key: Uint8Array, plain: Uint8Array, context: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Throws STORE_TAMPERED when key, context or one bit is another. */
export function decrypt(key: Uint8Array, box: Uint8Array, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, IV), { authTagLength: TAG }).setAAD(
      Buffer.from(context),
    );
    decipher.setAuthTag(box.subarray(box.length - TAG));
    return Buffer.concat([decipher.update(box.subarray(IV, box.length - TAG)), decipher.final()]);
  } catch {
    throw new QuellError('STORE_TAMPERED', 'a ciphertext does not open with its key');
  }
}

/** A key sealed for one holder: X25519 with an ephemeral key, HKDF-SHA-256, AES-256-GCM. base64url. */
export interface SealedKey {
  readonly to: string;
  readonly ephemeral: string;
  readonly box: string;
}

/** Seals `key` for the holder of `to`. `context` says what it is for and is bound. */
export function sealKey(key: Uint8Array, to: SealKey, context: string): SealedKey {
  const ephemeral = generateKeyPairSync('x25519');
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: to.publicKey });
  const box = encrypt(wrappingKey(shared, ephemeral.publicKey, to.publicKey), key, context);
  return {
    to: to.keyId,
    ephemeral: Buffer.from(rawPublic(ephemeral.publicKey)).toString('base64url'),
    box: box.toString('base64url'),
  };
}

/** Opens the one that is sealed for `own`; undefined when none is. Errors: STORE_TAMPERED. */
export function openKey(sealed: readonly SealedKey[], own: OpenKey, context: string): Buffer | undefined {
  const mine = sealed.find((one) => one.to === own.keyId);
  if (mine === undefined) return undefined;
  let shared: Buffer;
  let ephemeral: KeyObject;
  try {
    ephemeral = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, Buffer.from(mine.ephemeral, 'base64url')]),
      format: 'der',
      type: 'spki',
    });
    shared = diffieHellman({ privateKey: own.privateKey, publicKey: ephemeral });
  } catch {
    throw new QuellError('STORE_TAMPERED', 'a sealed key is malformed');
  }
  return decrypt(wrappingKey(shared, ephemeral, own.publicKey), Buffer.from(mine.box, 'base64url'), context);
}

function wrappingKey(shared: Buffer, ephemeral: KeyObject, to: KeyObject): Uint8Array {
  return deriveKey(shared, Buffer.concat([rawPublic(ephemeral), rawPublic(to)]), 'quell seal v1');
}

/** HKDF-SHA-256 to 32 bytes. */
export function deriveKey(key: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, 32));
}
