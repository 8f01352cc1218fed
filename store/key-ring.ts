import type { KeyObject } from 'node:crypto';
import { QuellError } from '../domain/errors.js';
import type { NameOf, Role } from './role-keys.js';

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

/**
 * Named keys, each from one file (`<name>.key`, public halves `<name>.pub`, sender secrets `<name>.secret`; private ones readable by their
 * owner alone) or from `QUELL_KEY_<NAME>` / `QUELL_KEY_<NAME>_FILE` (public halves `QUELL_KEY_<NAME>_PUB[_FILE]`). Never defaulted.
 * Errors: CONFIG.
 */
export class KeyRing {
  /** Reads all keys that are there. The environment wins over the folder. */
  static read(_source: { readonly dir?: string; readonly env?: Readonly<Record<string, string | undefined>> }): KeyRing {
    throw new QuellError('CONFIG', 'not there yet');
  }
  /** Throws CONFIG when the role lacks a key it needs or holds a private one that it doesn't. Returns itself. */
  forRole(_role: Role): this {
    throw new QuellError('CONFIG', 'not there yet');
  }
  secret(_name: NameOf<'secret'>): SecretKey {
    throw new QuellError('CONFIG', 'not there yet');
  }
  maybeSecret(_name: NameOf<'secret'>): SecretKey | undefined {
    throw new QuellError('CONFIG', 'not there yet');
  }
  sealing(_name: NameOf<'x25519'>): SealKey {
    throw new QuellError('CONFIG', 'not there yet');
  }
  opening(_name: NameOf<'x25519'>): OpenKey {
    throw new QuellError('CONFIG', 'not there yet');
  }
  verifying(_name: NameOf<'ed25519'>): VerifyKey {
    throw new QuellError('CONFIG', 'not there yet');
  }
  signing(_name: NameOf<'ed25519'>): SigningKey {
    throw new QuellError('CONFIG', 'not there yet');
  }
  /** A shared secret of a sender, e.g. `intake-siem`, `slack-signing`; undefined when none is configured. */
  text(_name: string): string | undefined {
    throw new QuellError('CONFIG', 'not there yet');
  }
}

/** Demo profile: makes every key that is missing in `dir` (mode 0700), sender secrets for `senders` and pairs `person-<id>` for `people`. Existing files stay. */
export function generateDemoKeys(_dir: string, _more?: { readonly senders?: readonly string[]; readonly people?: readonly string[] }): void {
  throw new QuellError('CONFIG', 'not there yet');
}

/** Copies into `to` exactly the halves that `role` needs. */
export function handOutKeys(_from: string, _role: Role, _to: string): void {
  throw new QuellError('CONFIG', 'not there yet');
}

/** An Ed25519 private key from a PEM file that its owner alone can read, e.g. a person's for `quell approve`. */
export function readSigningKey(_path: string): SigningKey {
  throw new QuellError('CONFIG', 'not there yet');
}
