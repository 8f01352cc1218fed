import type { Payload, PayloadCodec } from '@temporalio/common';
import { QuellError } from '../domain/errors.js';
import type { KeyRing, SecretKey } from './key-ring.js';

/** Keys by id: the first encodes, all decode. */
export interface PayloadKeys {
  readonly current: SecretKey;
  readonly previous?: SecretKey;
}
export function payloadKeys(_ring: KeyRing): PayloadKeys {
  throw new QuellError('CONFIG', 'not there yet');
}

/**
 * Puts the whole serialised Payload through AES-256-GCM; metadata: `encoding: binary/encrypted`, `key-id`.
 * Decoding a plain payload: PLAIN_PAYLOAD with `refusePlain` (workers and clients), passed through without (UI codec server, replay of decoded fixtures).
 * An unknown key id or a changed ciphertext: STORE_TAMPERED.
 */
export class EncryptionCodec implements PayloadCodec {
  constructor(
    readonly keys: PayloadKeys,
    readonly options: { readonly refusePlain: boolean } = { refusePlain: true },
  ) {}
  encode(_payloads: Payload[]): Promise<Payload[]> {
    throw new QuellError('CONFIG', 'not there yet');
  }
  decode(_payloads: Payload[]): Promise<Payload[]> {
    throw new QuellError('CONFIG', 'not there yet');
  }
}
