import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { QuellError } from '../domain/errors.js';
import { ByteReader } from './byte-reader.js';
import type { CaseKey } from './case-keys.js';
import { io } from './files.js';
import { deriveKey } from './seal.js';

/*
 * One encrypted file: header (`QEV1`, key id 16, salt 16), then frames of 64 KiB, each AES-256-GCM with its tag. The nonce is the frame's
 * number and whether it is the last (the STREAM construction), so that a file which is cut, joined or reordered doesn't open; the key is
 * derived for this one file, its case and its name.
 */
const MAGIC = Buffer.from('QEV1');
/** Bytes with which a file begins. */
export const HEADER = 4 + 16 + 16;
const CHUNK = 64 * 1024;
const TAG = 16;

export interface Written {
  readonly sha256: string;
  readonly bytes: number;
  /** SHA-256 over the encrypted file, hex. */
  readonly cipherSha256: string;
}

/** Writes `plain` to an open, empty file and makes it durable. Errors of `plain` come through as they are. */
export async function writeSealed(
  file: FileHandle,
  key: CaseKey,
  context: string,
  plain: AsyncIterable<Uint8Array>,
): Promise<Written> {
  const header = Buffer.concat([MAGIC, Buffer.from(key.id, 'hex'), randomBytes(16)]);
  const fileKey = fileKeyOf(key.key, header, context);
  const [plainHash, cipherHash] = [createHash('sha256'), createHash('sha256')];
  let held = Buffer.alloc(0);
  let bytes = 0;
  let frame = 0;
  const put = async (data: Uint8Array): Promise<void> => {
    cipherHash.update(data);
    await io('evidence', () => file.writeFile(data));
  };
  await put(header);
  for await (const part of plain) {
    plainHash.update(part);
    bytes += part.length;
    held = held.length === 0 ? Buffer.from(part) : Buffer.concat([held, part]);
    let from = 0;
    // One byte more than a frame: the last frame must be known to be the last.
    for (; held.length - from > CHUNK; from += CHUNK)
      await put(sealFrame(fileKey, frame++, false, held.subarray(from, from + CHUNK)));
    if (from > 0) held = held.subarray(from);
  }
  await put(sealFrame(fileKey, frame, true, held));
  await io('evidence', () => file.sync());
  return { sha256: plainHash.digest('hex'), bytes, cipherSha256: cipherHash.digest('hex') };
}

/** Key id in the header of a file, of which no more is read. Errors: STORE_TAMPERED, those of `parts`. */
export async function readKeyId(parts: AsyncIterable<Uint8Array>): Promise<string> {
  const file = new ByteReader(parts);
  try {
    return keyIdIn(await takeHeader(file));
  } finally {
    await file.close();
  }
}

/** Plaintext, frame by frame, each authenticated; returns the hashes at the end. Errors: STORE_TAMPERED, those of `parts` and of `keyOf`. */
export async function* readSealed(
  parts: AsyncIterable<Uint8Array>,
  keyOf: (keyId: string) => Promise<Uint8Array>,
  context: string,
): AsyncGenerator<Buffer, Written> {
  const file = new ByteReader(parts);
  try {
    const header = await takeHeader(file);
    const fileKey = fileKeyOf(await keyOf(keyIdIn(header)), header, context);
    const [plainHash, cipherHash] = [createHash('sha256'), createHash('sha256').update(header)];
    let bytes = 0;
    let last = false;
    for (let frame = 0; !last; frame++) {
      const sealed = await file.take(CHUNK + TAG);
      last = await file.isAtEnd();
      cipherHash.update(sealed);
      const plain = openFrame(fileKey, frame, last, sealed);
      plainHash.update(plain);
      bytes += plain.length;
      yield plain;
    }
    return { sha256: plainHash.digest('hex'), bytes, cipherSha256: cipherHash.digest('hex') };
  } finally {
    await file.close();
  }
}

const takeHeader = async (file: ByteReader): Promise<Buffer> => headerIn(await file.take(HEADER));

function headerIn(start: Buffer): Buffer {
  if (start.length < HEADER || !start.subarray(0, 4).equals(MAGIC)) throw tampered('has no valid header');
  return start.subarray(0, HEADER);
}

/** Key id of a file that begins so. Errors: STORE_TAMPERED. */
export const keyIdIn = (start: Buffer): string => headerIn(start).subarray(4, 20).toString('hex');

function fileKeyOf(key: Uint8Array, header: Buffer, context: string): Uint8Array {
  return deriveKey(key, header, `quell evidence v1\0${context}`);
}

function nonce(frame: number, last: boolean): Buffer {
  const out = Buffer.alloc(12);
  out.writeUIntBE(frame, 5, 6);
  out[11] = last ? 1 : 0;
  return out;
}

function sealFrame(key: Uint8Array, frame: number, last: boolean, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(frame, last));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openFrame(key: Uint8Array, frame: number, last: boolean, sealed: Buffer): Buffer {
  if (sealed.length < TAG) throw tampered('was cut');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce(frame, last), { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()]);
  } catch {
    throw tampered('was changed or cut');
  }
}

function tampered(what: string): QuellError {
  return new QuellError('STORE_TAMPERED', `an evidence file ${what}`);
}
