import { createHmac } from 'node:crypto';
import type { SecretKey } from '../key-ring.js';
import { decrypt, deriveKey, encrypt } from '../seal.js';
import { aliasKey, type Alias } from './alias.js';
import { AliasSchema, ProfileSchema, type SubjectProfile } from './profile.js';

const bytesOf = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const valueOf = (plain: Buffer): unknown => JSON.parse(plain.toString('utf8'));
const profileOf = (subjectId: string): string => `quell subject profile v1\0${subjectId}`;
const aliasOf = (subjectId: string, alias: Buffer): string =>
  `quell subject alias v1\0${subjectId}\0${alias.toString('hex')}`;

/** What names somebody, as the tables hold it: hashed to be found, encrypted and bound to its row to be read. */
export class SubjectCipher {
  private readonly hashing: Uint8Array;

  constructor(private readonly key: SecretKey) {
    this.hashing = deriveKey(key.bytes, new Uint8Array(), 'quell subject alias hash v1');
  }

  /** HMAC-SHA-256 of the alias's one form: 32 bytes that say nothing without the key. */
  hash(alias: Alias): Buffer {
    return createHmac('sha256', this.hashing).update(aliasKey(alias)).digest();
  }

  sealAlias(alias: Alias, subjectId: string): Buffer {
    return encrypt(this.key.bytes, bytesOf(alias), aliasOf(subjectId, this.hash(alias)));
  }

  /** Errors: STORE_TAMPERED for a box of another row. */
  openAlias(box: Buffer, subjectId: string, hash: Buffer): Alias {
    return AliasSchema.parse(valueOf(decrypt(this.key.bytes, box, aliasOf(subjectId, hash))));
  }

  sealProfile(profile: SubjectProfile): Buffer {
    return encrypt(this.key.bytes, bytesOf(profile), profileOf(profile.subjectId));
  }

  /** Errors: STORE_TAMPERED for a box of another row. */
  openProfile(box: Buffer, subjectId: string): SubjectProfile {
    return ProfileSchema.parse(valueOf(decrypt(this.key.bytes, box, profileOf(subjectId))));
  }
}
