import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digest, verifySignature } from '../../domain/canonical.js';

/** The same value with the keys of every object in another order. */
const reversed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversed)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([k, v]) => [k, reversed(v)]),
        )
      : value;

describe('canonical JSON', () => {
  it('is one text for one meaning, and that meaning again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(JSON.parse(canonicalJson(JSON.parse(text)))));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('is another text for another meaning', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(canonicalJson([a, b]) === canonicalJson([b, a])).toBe(canonicalJson(a) === canonicalJson(b));
        if (canonicalJson(a) === canonicalJson(b))
          expect(JSON.parse(JSON.stringify(a))).toEqual(JSON.parse(JSON.stringify(b)));
      }),
    );
    const texts = [1, '1', true, 'true', null, 'null', [], {}, [[]], ['a,b'], ['a', 'b'], { a: 1 }, { a: '1' }, ''].map(
      canonicalJson,
    );
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('sorts keys by code unit, leaves undefined out, keeps arrays in order', () => {
    expect(canonicalJson({ b: [2, 1], a: undefined, é: 0, Z: { d: null, c: 'x"' } })).toBe(
      '{"Z":{"c":"x\\"","d":null},"b":[2,1],"é":0}',
    );
  });

  it('is the form of RFC 8785, by its own examples', () => {
    const literals = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`;
    expect(canonicalJson(JSON.parse(literals))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalJson(keys)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
  });

  it('is what was signed and hashed before: the digest of a value never changes', () => {
    const value = {
      b: [1.5, -0, 'ä\u2028"\n', null, { z: true, a: undefined }],
      a: { '10': 1, '9': 2, Z: 3, é: 4 },
      '': '',
    };
    expect(digest(value)).toBe('32bed4e85fe517d5567f68d8418999de6f8e16e89c3f6ec9c274ae066d0c2ccc');
  });

  it.each([NaN, Infinity, 1n, undefined, () => 1, Symbol('s'), [undefined]])(
    'refuses what JSON cannot hold: %s',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );

  it('is hashed with SHA-256', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(digest(value)).toBe(createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex'));
      }),
    );
  });
});

describe('a signature', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const hex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  const signed = (body: unknown): string =>
    sign(null, Buffer.from(canonicalJson(body)), privateKey).toString('base64url');

  it('of node:crypto verifies, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(verifySignature(reversed(body), signed(body), hex)).toBe(true);
        expect(verifySignature({ body }, signed(body), hex)).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  it('that is malformed is false, never an error', () => {
    const good = signed({ a: 1 });
    for (const bad of ['', '=', 'not base64!', good.slice(1), `${good}=`, good.toUpperCase(), 'A'.repeat(86)])
      expect(verifySignature({ a: 1 }, bad, hex), bad).toBe(false);
    for (const key of ['', 'zz', hex.slice(2), '0'.repeat(64)])
      expect(verifySignature({ a: 1 }, good, key), key).toBe(false);
    expect(verifySignature({ a: NaN }, good, hex)).toBe(false);
  });
});
