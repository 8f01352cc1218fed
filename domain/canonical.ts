import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import library from 'canonicalize';

/** The package's types say that the function is its `default`; what it exports is the function itself. */
const canonicalize = library as unknown as (value: unknown) => string;

/**
 * JSON in one form (RFC 8785): keys sorted, undefined left out. It is what is hashed and signed. Throws a TypeError for what JSON can't hold,
 * which two different values must not share a text with.
 */
export function canonicalJson(value: unknown): string {
  if (value === undefined) throw new TypeError('canonicalJson: nothing');
  JSON.stringify(value, refusedWhereLost);
  return canonicalize(value);
}

function refusedWhereLost(this: unknown, _key: string, value: unknown): unknown {
  const isLost =
    ['bigint', 'function', 'symbol'].includes(typeof value) ||
    (typeof value === 'number' && !Number.isFinite(value)) ||
    (value === undefined && Array.isArray(this));
  if (isLost) throw new TypeError(`canonicalJson: cannot hold a ${typeof value}`);
  return value;
}

/** SHA-256 over the canonical JSON, lower-case hex. */
export function digest(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}

const SIGNATURE_BYTES = 64;

/**
 * Verifies an Ed25519 signature (base64url) over the canonical JSON of `body`, by the strict rules of RFC 8032: one
 * body and key have one signature, in one spelling. Pure and synchronous: it runs in the workflow sandbox. Malformed input is `false`.
 */
export function verifySignature(body: unknown, signature: string, publicKeyHex: string): boolean {
  try {
    const bytes = base64UrlToBytes(signature);
    return (
      bytes.length === SIGNATURE_BYTES &&
      ed25519.verify(bytes, utf8ToBytes(canonicalJson(body)), hexToBytes(publicKeyHex), { zip215: false })
    );
  } catch {
    return false;
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Without padding, and with no bit left over: two texts never stand for the same bytes. */
function base64UrlToBytes(text: string): Uint8Array {
  const out = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const char of text) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) throw new TypeError('not base64url');
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 0xff;
      held &= (1 << bits) - 1;
    }
  }
  if (held !== 0 || bits >= 6) throw new TypeError('not base64url');
  return out;
}
