import { checkPrimeSync, createHash, createPrivateKey } from 'node:crypto';

const E = 65537n;
const PRIME_BITS = 1024;

/**
 * The RSA key of a simulated service account, the same in every process that asks for the seed: the tenant and the
 * demo's configuration are made apart, and no private key lies in the sources. Good for nothing but the simulator.
 */
export function rsaKeyOf(seed: string): { readonly privateKey: string } {
  const p = primeOf(`${seed}:p`);
  const q = primeOf(`${seed}:q`);
  const d = inverse(E, (p - 1n) * (q - 1n));
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n: base64url(p * q),
      e: base64url(E),
      d: base64url(d),
      p: base64url(p),
      q: base64url(q),
      dp: base64url(d % (p - 1n)),
      dq: base64url(d % (q - 1n)),
      qi: base64url(inverse(q, p)),
    },
  });
  return { privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** The first prime above a number derived from the seed, with its two top bits set and fit for `E`. */
function primeOf(seed: string): bigint {
  const blocks = Array.from({ length: PRIME_BITS / 256 }, (_, n) =>
    createHash('sha256')
      .update(`${seed}:${String(n)}`)
      .digest('hex'),
  );
  let candidate = BigInt(`0x${blocks.join('')}`) | (3n << BigInt(PRIME_BITS - 2)) | 1n;
  while (candidate % E === 1n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** Inverse of `a` modulo `m` (extended Euclid). */
function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1, t0, t1] = [m, a % m, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return ((t0 % m) + m) % m;
}

function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
