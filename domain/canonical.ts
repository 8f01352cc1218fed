import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** JSON with keys sorted and undefined left out: the one form that is hashed and signed. Throws on numbers that JSON can't hold. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonicalJson: not a finite number');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
  }
  throw new TypeError(`canonicalJson: cannot hold a ${typeof value}`);
}

/** SHA-256 over the canonical JSON, lower-case hex. */
export function digest(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}

/** Verifies an Ed25519 signature (base64url) over the canonical JSON of `body`. Pure and synchronous: it runs in the workflow sandbox. Malformed input is `false`. */
export function verifySignature(body: unknown, signature: string, publicKeyHex: string): boolean {
  try {
    return ed25519.verify(base64UrlToBytes(signature), utf8ToBytes(canonicalJson(body)), hexToBytes(publicKeyHex));
  } catch {
    return false;
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Strict: no padding, no spare bits, so that one signature has one text and a changed text is never the same signature. */
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
  if (bits >= 6 || held !== 0) throw new TypeError('not base64url');
  return out;
}
