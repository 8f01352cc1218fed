import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { QuellError } from '../domain/errors.js';
import { KEYS, mayHoldText, ROLE_KEYS, type KeyName, type NameOf, type Role } from './role-keys.js';

/** 32 secret bytes. `keyId` is derived from the key, so that it can't be mistaken. */
export interface SecretKey {
  readonly keyId: string;
  readonly bytes: Uint8Array;
}
/** Public half of an X25519 pair: seals for its holder. */
export interface SealKey {
  readonly keyId: string;
  readonly publicKey: KeyObject;
}
/** Private half: opens what was sealed for it. */
export interface OpenKey extends SealKey {
  readonly privateKey: KeyObject;
}
/** Public half of an Ed25519 pair; `publicKey` is 32 bytes in hex, as `DecisionKey` and `verifySignature` take it. */
export interface VerifyKey {
  readonly keyId: string;
  readonly publicKey: string;
}
export interface SigningKey extends VerifyKey {
  readonly privateKey: KeyObject;
}

type Env = Readonly<Record<string, string | undefined>>;
const MIN_TEXT = 16;

/**
 * Named keys, each from one file (`<name>.key`, public halves `<name>.pub`, sender secrets `<name>.secret`; private ones readable by their
 * owner alone) or from `QUELL_KEY_<NAME>` / `QUELL_KEY_<NAME>_FILE` (public halves `QUELL_KEY_<NAME>_PUB[_FILE]`). Never defaulted.
 * Secrets are 32 bytes in base64url, pairs are PEM (PKCS#8, SPKI), sender secrets are text of 16 characters or more. Errors: CONFIG.
 */
export class KeyRing {
  private constructor(
    private readonly own: ReadonlyMap<KeyName, string>,
    private readonly pub: ReadonlyMap<KeyName, string>,
    private readonly texts: ReadonlyMap<string, string>,
  ) {}

  /** Reads all keys that are there. The environment wins over the folder. */
  static read(source: { readonly dir?: string; readonly env?: Env }): KeyRing {
    const own = new Map<KeyName, string>();
    const pub = new Map<KeyName, string>();
    const texts = new Map<string, string>();
    for (const [name, half, value] of [...fromFolder(source.dir), ...fromEnv(source.env ?? {})]) {
      if (half === 'pub') pub.set(known(name), value);
      else if (isKeyName(name)) own.set(name, value);
      else texts.set(name, checkedText(name, value));
    }
    return new KeyRing(own, pub, texts);
  }

  /** Throws CONFIG when the role lacks a key it needs or holds a private one that it doesn't. Returns itself. */
  forRole(role: Role): this {
    const need = ROLE_KEYS[role];
    const missing = [
      ...need.own.filter((name) => !KEYS[name].optional && !this.own.has(name)),
      ...need.pub.filter((name) => !this.own.has(name) && !this.pub.has(name)).map((name) => `${name} (public half)`),
    ];
    if (missing.length > 0) throw new QuellError('CONFIG', `role ${role} lacks the key ${missing.join(', ')}`);
    const excess = [...this.own.keys()].filter((name) => !need.own.includes(name));
    const held = [...excess, ...[...this.texts.keys()].filter((name) => !mayHoldText(role, name))];
    if (held.length > 0)
      throw new QuellError('CONFIG', `role ${role} was handed keys that it must not hold: ${held.join(', ')}`);
    for (const name of [...need.own, ...need.pub]) this.check(name);
    return this;
  }

  secret(name: NameOf<'secret'>): SecretKey {
    const key = this.maybeSecret(name);
    if (key === undefined) throw missing(name);
    return key;
  }

  maybeSecret(name: NameOf<'secret'>): SecretKey | undefined {
    const text = this.own.get(name);
    if (text === undefined) return undefined;
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length !== 32) throw new QuellError('CONFIG', `key ${name} is not 32 bytes in base64url`);
    return { keyId: keyIdOf(bytes), bytes };
  }

  sealing(name: NameOf<'x25519'>): SealKey {
    const publicKey = this.publicHalf(name);
    return { keyId: keyIdOf(rawPublic(publicKey)), publicKey };
  }

  opening(name: NameOf<'x25519'>): OpenKey {
    return { ...this.sealing(name), privateKey: this.privateHalf(name) };
  }

  verifying(name: NameOf<'ed25519'>): VerifyKey {
    return verifyKeyOf(this.publicHalf(name));
  }

  signing(name: NameOf<'ed25519'>): SigningKey {
    const privateKey = this.privateHalf(name);
    return { ...verifyKeyOf(createPublicKey(privateKey)), privateKey };
  }

  /** A shared secret of a sender, e.g. `source-siem`, `slack-signing`; undefined when none is configured. */
  text(name: string): string | undefined {
    return this.texts.get(name);
  }

  /** A malformed key shows at start, not at its first use. */
  private check(name: KeyName): void {
    if (is(name, 'secret')) this.maybeSecret(name);
    else if (is(name, 'x25519')) this.sealing(name);
    else if (is(name, 'ed25519')) this.verifying(name);
  }

  private privateHalf(name: NameOf<'x25519' | 'ed25519'>): KeyObject {
    const pem = this.own.get(name);
    if (pem === undefined) throw missing(name);
    return parsed(name, () => createPrivateKey(pem), KEYS[name].type);
  }

  private publicHalf(name: NameOf<'x25519' | 'ed25519'>): KeyObject {
    if (this.own.has(name)) return createPublicKey(this.privateHalf(name));
    const pem = this.pub.get(name);
    if (pem === undefined) throw missing(`${name} (public half)`);
    // createPublicKey would take a private key too: a public file must not hold one.
    if (pem.includes('PRIVATE')) throw new QuellError('CONFIG', `the public half of ${name} holds a private key`);
    return parsed(name, () => createPublicKey(pem), KEYS[name].type);
  }
}

/** An Ed25519 private key from a PEM file that its owner alone can read, e.g. a person's for `quell approve`. Errors: CONFIG. */
export function readSigningKey(path: string): SigningKey {
  const privateKey = parsed(path, () => createPrivateKey(readPrivate(path)), 'ed25519');
  return { ...verifyKeyOf(createPublicKey(privateKey)), privateKey };
}

/** An Ed25519 public key from a PEM file. Errors: CONFIG. */
export function readVerifyKey(path: string): VerifyKey {
  return verifyKeyOf(parsed(path, () => createPublicKey(readFileSync(path, 'utf8')), 'ed25519'));
}

function fromFolder(dir: string | undefined): [string, 'own' | 'pub', string][] {
  if (dir === undefined) return [];
  return readdirSync(dir).flatMap((file): [string, 'own' | 'pub', string][] => {
    const [, name = '', kind] = /^([a-z0-9-]+)\.(key|pub|secret)$/.exec(file) ?? [];
    // People's own keys may lie in the demo's folder; no process of Quell uses them.
    if (kind === undefined || name.startsWith('person-')) return [];
    if ((kind === 'secret') === isKeyName(name))
      throw new QuellError('CONFIG', `${file} is not a key that Quell knows`);
    const path = join(dir, file);
    return kind === 'pub' ? [[name, 'pub', readFileSync(path, 'utf8').trim()]] : [[name, 'own', readPrivate(path)]];
  });
}

function fromEnv(env: Env): [string, 'own' | 'pub', string][] {
  return Object.entries(env).flatMap(([variable, value]): [string, 'own' | 'pub', string][] => {
    const match = /^QUELL_KEY_([A-Z0-9_]+?)(_PUB)?(_FILE)?$/.exec(variable);
    if (match === null || value === undefined || value === '') return [];
    const [, upper = '', pub, file] = match;
    const name = upper.toLowerCase().replaceAll('_', '-');
    const half = pub === undefined ? 'own' : 'pub';
    if (file === undefined) return [[name, half, value.replaceAll('\\n', '\n').trim()]];
    return [[name, half, half === 'own' ? readPrivate(value) : readFileSync(value, 'utf8').trim()]];
  });
}

/** Refuses files that others can read. A secret mounted by root for this process's group (Kubernetes `fsGroup`) is as narrow as such a mount can be. */
function readPrivate(path: string): string {
  try {
    const { mode, uid } = statSync(path);
    const mounted = uid === 0 && process.getuid?.() !== 0 && (mode & 0o037) === 0;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0 && !mounted) {
      throw new QuellError('CONFIG', `${path} can be read by others: chmod 600 it`);
    }
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof QuellError) throw cause;
    throw new QuellError('CONFIG', `${path} cannot be read`, { cause });
  }
}

function parsed(name: string, read: () => KeyObject, type: string): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch (cause) {
    if (cause instanceof QuellError) throw cause;
    // The cause is left out: OpenSSL's text says nothing more, and nothing of a key belongs in a log.
    throw new QuellError('CONFIG', `key ${name} is not a PEM key`);
  }
  if (key.asymmetricKeyType !== type) throw new QuellError('CONFIG', `key ${name} is not of type ${type}`);
  return key;
}

function checkedText(name: string, value: string): string {
  if (value.length < MIN_TEXT) throw new QuellError('CONFIG', `secret ${name} is shorter than ${MIN_TEXT} characters`);
  return value;
}

function known(name: string): KeyName {
  if (!isKeyName(name)) throw new QuellError('CONFIG', `${name} is not a key that Quell knows`);
  return name;
}

function isKeyName(name: string): name is KeyName {
  return Object.hasOwn(KEYS, name);
}

function is<T extends 'secret' | 'x25519' | 'ed25519'>(name: KeyName, type: T): name is NameOf<T> {
  return KEYS[name].type === type;
}

function missing(name: string): QuellError {
  return new QuellError('CONFIG', `the key ${name} is missing`);
}

function verifyKeyOf(key: KeyObject): VerifyKey {
  const raw = rawPublic(key);
  return { keyId: keyIdOf(raw), publicKey: Buffer.from(raw).toString('hex') };
}

/** A verification key from its 32 raw bytes in hex, as the configuration gives it. */
export function verifyKeyFromHex(publicKey: string): VerifyKey {
  return { keyId: keyIdOf(Buffer.from(publicKey, 'hex')), publicKey };
}

/** The 32 bytes of an X25519 or Ed25519 public key. */
export function rawPublic(key: KeyObject): Uint8Array {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function keyIdOf(bytes: Uint8Array): string {
  return `k-${createHash('sha256').update('quell key id\0').update(bytes).digest('hex').slice(0, 16)}`;
}
