import { gunzipSync, gzipSync } from 'node:zlib';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { QuellError } from '../domain/errors.js';
import type { KeyRing, SecretKey } from './key-ring.js';
import { decrypt, encrypt } from './seal.js';

/** Keys by id: `current` encodes, both decode. */
export interface PayloadKeys {
  readonly current: SecretKey;
  readonly previous?: SecretKey;
}

export function payloadKeys(ring: KeyRing): PayloadKeys {
  const previous = ring.maybeSecret('payload-previous');
  return { current: ring.secret('payload'), ...(previous === undefined ? {} : { previous }) };
}

/**
 * What to do with a payload that is not encrypted by us:
 * - `refuse`: throw PLAIN_PAYLOAD (clients, activity workers);
 * - `mark`: give `UnreadablePayload` in its place (workflow workers), also for what is encrypted and holds no JSON, or under a key that is
 *   not known here. A throw there fails the workflow task for ever, so that anybody who can send a signal could stop a case; marked, a message
 *   is refused by the workflows' interceptor, and everything else fails the task there, until the key is back;
 * - `pass`: leave as it is (codec server of the UI, replay of decoded histories).
 */
export type PlainPayloads = 'refuse' | 'mark' | 'pass';

/** Stands in a workflow for an argument that could not be decoded. */
export interface UnreadablePayload {
  readonly unreadable: 'PLAIN_PAYLOAD' | 'STORE_TAMPERED' | 'CONFIG';
}

const PACK_FROM_BYTES = 512;
const PACKED = Buffer.from('gzip');
/** Nothing that Quell sends is near it: an endless stream inside a payload ends here. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;
const ENCODING = 'binary/encrypted';
const CONTEXT = 'quell payload v1';
const { Payload: PayloadProto } = proto.temporal.api.common.v1;

/**
 * Puts the whole serialised Payload through AES-256-GCM; metadata: `encoding: binary/encrypted`, `key-id`.
 * An unknown key id is CONFIG; a changed ciphertext is STORE_TAMPERED.
 */
export class EncryptionCodec implements PayloadCodec {
  private readonly byId: ReadonlyMap<string, SecretKey>;
  private readonly current: SecretKey;

  constructor(
    keys: PayloadKeys,
    private readonly plain: PlainPayloads = 'refuse',
  ) {
    this.current = keys.current;
    this.byId = new Map([keys.current, ...(keys.previous ? [keys.previous] : [])].map((key) => [key.keyId, key]));
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    const { keyId, bytes } = this.current;
    const metadata = { encoding: Buffer.from(ENCODING), 'key-id': Buffer.from(keyId) };
    return Promise.resolve(
      payloads.map((payload) => {
        const plain = PayloadProto.encode(payload).finish();
        // States and plans repeat their field names: packed, a case's history is a fraction of its size.
        if (plain.length < PACK_FROM_BYTES) return { metadata, data: encrypt(bytes, plain, CONTEXT) };
        return { metadata: { ...metadata, packed: PACKED }, data: encrypt(bytes, gzipSync(plain), CONTEXT) };
      }),
    );
  }

  // async, so that what is refused rejects and never throws at the caller
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return await Promise.resolve(payloads.map((payload) => this.decodeOne(payload)));
  }

  private decodeOne(payload: Payload): Payload {
    if (metadataText(payload, 'encoding') !== ENCODING) {
      if (this.plain === 'refuse') throw new QuellError('PLAIN_PAYLOAD');
      return this.plain === 'mark' ? unreadable('PLAIN_PAYLOAD') : payload;
    }
    const keyId = metadataText(payload, 'key-id');
    const key = this.byId.get(keyId);
    if (key === undefined) {
      if (this.plain === 'mark') return unreadable('CONFIG');
      throw new QuellError(
        'CONFIG',
        `no payload key has the id ${/^k-[0-9a-f]{16}$/.test(keyId) ? keyId : '(malformed)'}`,
      );
    }
    try {
      const plain = decrypt(key.bytes, payload.data ?? new Uint8Array(), CONTEXT);
      const packed = metadataText(payload, 'packed') !== '';
      const decoded = PayloadProto.decode(packed ? gunzipSync(plain, { maxOutputLength: MAX_UNPACKED_BYTES }) : plain);
      return this.plain === 'mark' && !holdsValue(decoded) ? unreadable('STORE_TAMPERED') : decoded;
    } catch (error) {
      if (this.plain === 'mark') return unreadable('STORE_TAMPERED');
      throw error;
    }
  }
}

/** What the SDK's converter can turn into a value; it throws on anything else, whoever encrypted it. */
function holdsValue(payload: Payload): boolean {
  const encoding = metadataText(payload, 'encoding');
  if (encoding === 'binary/null' || encoding === 'binary/plain') return true;
  if (encoding !== 'json/plain') return false;
  try {
    JSON.parse(Buffer.from(payload.data ?? []).toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function unreadable(code: UnreadablePayload['unreadable']): Payload {
  return {
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from(JSON.stringify({ unreadable: code } satisfies UnreadablePayload)),
  };
}

function metadataText(payload: Payload, name: string): string {
  return Buffer.from(payload.metadata?.[name] ?? []).toString('utf8');
}
