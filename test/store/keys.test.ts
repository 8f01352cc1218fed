import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, verifySignature } from '../../domain/canonical.js';
import { generateDemoKeys, handOutKeys } from '../../store/demo-keys.js';
import { KeyRing, readSigningKey, readVerifyKey } from '../../store/key-ring.js';
import { KEYS, ROLES, ROLE_KEYS } from '../../store/role-keys.js';
import { openKey, sealKey } from '../../store/seal.js';
import { isSignatureOf, isSignedBy, signBody } from '../../store/signing.js';

const root = mkdtempSync(join(tmpdir(), 'quell-keys-'));
const all = join(root, 'all');
beforeAll(() => {
  generateDemoKeys(all, { senders: ['intake-siem'], people: ['p-1'] });
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('demo keys', () => {
  it('are readable by the owner alone, and a second start keeps them', () => {
    const before = readdirSync(all).map((file) => [file, readFileSync(join(all, file), 'utf8')]);
    for (const [file = ''] of before) expect(statSync(join(all, file)).mode & 0o077).toBe(0);
    expect(statSync(all).mode & 0o077).toBe(0);
    generateDemoKeys(all, { senders: ['intake-siem'], people: ['p-1'] });
    expect(readdirSync(all).map((file) => [file, readFileSync(join(all, file), 'utf8')])).toEqual(before);
  });

  it('are not the same in two folders', () => {
    const other = join(root, 'other');
    generateDemoKeys(other);
    expect(KeyRing.read({ dir: other }).secret('payload').keyId).not.toBe(
      KeyRing.read({ dir: all }).secret('payload').keyId,
    );
  });

  it('hand each role what it needs and nothing private beyond', () => {
    for (const role of ROLES) {
      const dir = join(root, role);
      handOutKeys(all, role, dir);
      const ring = KeyRing.read({ dir }).forRole(role);
      expect(ring.text('intake-siem') !== undefined).toBe(ROLE_KEYS[role].texts === 'senders');
      const own = new Set(
        readdirSync(dir)
          .filter((f) => f.endsWith('.key'))
          .map((f) => f.slice(0, -4)),
      );
      expect(own).toEqual(new Set(ROLE_KEYS[role].own.filter((name) => !KEYS[name].optional)));
    }
  });
});

describe('key ring', () => {
  it('refuses a role that is handed more than it needs', () => {
    expect(() => KeyRing.read({ dir: all }).forRole('playbook')).toThrow(/must not hold/);
    const dir = join(root, 'excess');
    handOutKeys(all, 'playbook', dir);
    const ring = KeyRing.read({ dir, env: { QUELL_KEY_INTAKE_SIEM: 'a'.repeat(20) } });
    expect(() => ring.forRole('playbook')).toThrow(/intake-siem/);
  });

  it('lets the console alone hold what proves its proxy', () => {
    const env = { QUELL_KEY_CONSOLE_PROXY: 'a'.repeat(20) };
    for (const role of ROLES) {
      const dir = join(root, `proxy-${role}`);
      handOutKeys(all, role, dir);
      const ring = KeyRing.read({ dir, env });
      if (role === 'console') expect(ring.forRole(role).text('console-proxy')).toBe(env.QUELL_KEY_CONSOLE_PROXY);
      else expect(() => ring.forRole(role)).toThrow(/must not hold: console-proxy/);
    }
  });

  it('names what a role lacks and defaults nothing', () => {
    expect(() => KeyRing.read({ env: {} }).forRole('records')).toThrow(
      /payload.*seal-records.*audit.*registry.*decision \(public half\)/,
    );
    expect(() => KeyRing.read({}).secret('payload')).toThrow(/payload is missing/);
  });

  it('refuses a key file that others can read', () => {
    const dir = join(root, 'open');
    generateDemoKeys(dir);
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(join(dir, 'payload.key'), mode);
      expect(() => KeyRing.read({ dir })).toThrow(/read by others/);
    }
    chmodSync(join(dir, 'payload.key'), 0o400);
    expect(KeyRing.read({ dir }).secret('payload').bytes).toHaveLength(32);
  });

  it('takes keys from the environment, as text or by file, before the folder', () => {
    const env = {
      QUELL_KEY_PAYLOAD: Buffer.alloc(32, 7).toString('base64url'),
      QUELL_KEY_MANIFEST_PUB: readFileSync(join(all, 'manifest.pub'), 'utf8').replaceAll('\n', '\\n'),
      QUELL_KEY_AUDIT_FILE: join(all, 'audit.key'),
      QUELL_KEY_SLACK_SIGNING: 'sixteen characters',
      OTHER: 'x',
    };
    const ring = KeyRing.read({ dir: join(root, 'playbook'), env });
    expect([...ring.secret('payload').bytes]).toEqual(Array<number>(32).fill(7));
    expect(ring.verifying('manifest')).toEqual(KeyRing.read({ dir: all }).verifying('manifest'));
    expect(ring.signing('audit').keyId).toBe(KeyRing.read({ dir: all }).signing('audit').keyId);
    expect(ring.text('slack-signing')).toBe('sixteen characters');
  });

  it.each([
    ['a short secret', { QUELL_KEY_PAYLOAD: 'c2hvcnQ' }],
    ['a public half with a private key in it', { QUELL_KEY_MANIFEST_PUB_FILE: 'manifest.key' }],
    ['a key of another type', { QUELL_KEY_MANIFEST_FILE: 'inbox.key' }],
    ['text that is no key', { QUELL_KEY_MANIFEST: 'not a key, a password' }],
  ])('refuses %s without showing it', (_, env) => {
    const values = Object.fromEntries(Object.entries(env).map(([k, v]) => [k, k.endsWith('_FILE') ? join(all, v) : v]));
    const use = (): unknown => {
      const ring = KeyRing.read({ env: values });
      return 'QUELL_KEY_PAYLOAD' in env ? ring.secret('payload') : ring.verifying('manifest');
    };
    expect(use).toThrow(expect.objectContaining({ code: 'CONFIG' }));
    expect(use).not.toThrow(/password|c2hvcnQ|BEGIN/);
  });

  it('refuses a sender secret that is too short', () => {
    expect(() => KeyRing.read({ env: { QUELL_KEY_INTAKE_SIEM: 'short' } })).toThrow(/intake-siem is shorter/);
  });
});

describe('signing', () => {
  const ring = (): KeyRing => KeyRing.read({ dir: all });

  it('is verified by the workflow’s own check and by Node’s, for any body; one change breaks it', () => {
    const key = ring().signing('decision');
    const other = ring().verifying('audit');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (fields, extra) => {
        const body = JSON.parse(canonicalJson(fields)) as Record<string, unknown>;
        const signed = signBody(body, key);
        expect(signed.keyId).toBe(key.keyId);
        expect(verifySignature(signed.body, signed.signature, key.publicKey)).toBe(true);
        expect(verifySignature({ ...body, [`new ${extra}`]: 1 }, signed.signature, key.publicKey)).toBe(false);
        expect(verifySignature(body, signed.signature, other.publicKey)).toBe(false);
        expect(isSignedBy(signed, [other, key])).toBe(true);
        expect(isSignedBy({ ...signed, body: { ...body, [`new ${extra}`]: 1 } }, [key])).toBe(false);
        expect(isSignedBy(signed, [{ ...other, keyId: key.keyId }])).toBe(false);
        expect(isSignedBy(signed, [{ ...key, keyId: other.keyId }])).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('has one spelling; what is malformed is false, never an error', () => {
    const key = ring().signing('decision');
    const { body, signature, keyId } = signBody({ a: 1 }, key);
    expect(isSignatureOf(body, { keyId, signature }, [key])).toBe(true);
    // The last sign holds two bits; node:crypto's own reading of base64 ignores the rest of it.
    const last = { A: 'B', Q: 'R', g: 'h', w: 'x' }[signature.at(-1) ?? ''] ?? '';
    expect(Buffer.from(`${signature.slice(0, -1)}${last}`, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
    const bad = ['', '=', 'not base64!', signature.slice(1), `${signature}=`, `${signature.slice(0, -1)}${last}`];
    for (const one of [...bad, signature.toUpperCase(), 'A'.repeat(86), undefined as never])
      expect(isSignatureOf(body, { keyId, signature: one }, [key]), one).toBe(false);
    for (const publicKey of ['', 'zz', key.publicKey.slice(2), '0'.repeat(64)])
      expect(isSignatureOf(body, { keyId, signature }, [{ keyId, publicKey }]), publicKey).toBe(false);
    expect(isSignatureOf({ a: NaN }, { keyId, signature }, [key])).toBe(false);
    expect(isSignedBy(undefined, [key])).toBe(false);
  });

  it('has no second form: the same point with a larger number is refused', () => {
    const key = ring().signing('decision');
    const { body, signature, keyId } = signBody({ a: 1 }, key);
    const bytes = Buffer.from(signature, 'base64url');
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
    const more = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
    const other = Buffer.concat([bytes.subarray(0, 32), more]).toString('base64url');
    expect(isSignatureOf(body, { keyId, signature: other }, [key])).toBe(false);
  });

  it('reads a person’s key from its file', () => {
    const key = readSigningKey(join(all, 'person-p-1.key'));
    expect(readVerifyKey(join(all, 'person-p-1.pub'))).toEqual({ keyId: key.keyId, publicKey: key.publicKey });
    writeFileSync(join(root, 'loose.key'), readFileSync(join(all, 'person-p-1.key')), { mode: 0o644 });
    expect(() => readSigningKey(join(root, 'loose.key'))).toThrow(/read by others/);
  });
});

describe('sealed keys', () => {
  it('open for their holder and for the same purpose only', () => {
    const ring = KeyRing.read({ dir: all });
    const key = Buffer.alloc(32, 1);
    const sealed = [
      sealKey(key, ring.sealing('seal-analysis'), 'case-1'),
      sealKey(key, ring.sealing('seal-records'), 'case-1'),
    ];
    expect(openKey(sealed, ring.opening('seal-records'), 'case-1')).toEqual(key);
    expect(openKey(sealed, ring.opening('seal-people'), 'case-1')).toBeUndefined();
    expect(() => openKey(sealed, ring.opening('seal-records'), 'case-2')).toThrow(/STORE_TAMPERED/);
    const [first] = sealed;
    expect(() => openKey([{ ...first!, ephemeral: 'AAAA' }], ring.opening('seal-analysis'), 'case-1')).toThrow(
      /STORE_TAMPERED/,
    );
  });
});
