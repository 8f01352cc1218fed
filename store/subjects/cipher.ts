import { createHmac } from 'node:crypto';
import { decrypt, deriveKey, encrypt } from '../seal.js';
import { aliasKey, type Alias } from './alias.js';
import { AliasSchema, ProfileSchema, type SubjectProfile } from './profile.js';
import type { SubjectKeys } from './subject-keys.js';

const bytesOf = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const valueOf = (plain: Buffer): unknown => JSON.parse(plain.toString('utf8'));
const profileOf = (subjectId: string): string => `quell subject profile v1\0${subjectId}`;
const aliasOf = (subjectId: string, alias: Buffer): string =>
  `quell subject alias v1\0${subjectId}\0${alias.toString('hex')}`;

/** What names somebody, as the tables hold it: hashed with the registry key to be found, encrypted with the subject's own key and bound to its row to be read. Errors: those of `SubjectKeys`. */
export class SubjectCipher {
  private readonly hashing: Uint8Array;

  constructor(private readonly keys: Pick<SubjectKeys, 'of' | 'registry'>) {
    this.hashing = deriveKey(keys.registry.bytes, new Uint8Array(), 'quell subject alias hash v1');
  }

  /** HMAC-SHA-256 of the alias's one form: 32 bytes that say nothing without the key. */
  hash(alias: Alias): Buffer {
    return createHmac('sha256', this.hashing).update(aliasKey(alias)).digest();
  }

  async sealAlias(alias: Alias, subjectId: string): Promise<Buffer> {
    return encrypt(await this.keys.of(subjectId), bytesOf(alias), aliasOf(subjectId, this.hash(alias)));
  }

  /** Errors also: STORE_TAMPERED for a box of another row. */
  async openAlias(box: Buffer, subjectId: string, hash: Buffer): Promise<Alias> {
    return AliasSchema.parse(valueOf(decrypt(await this.keys.of(subjectId), box, aliasOf(subjectId, hash))));
  }

  async sealProfile(profile: SubjectProfile): Promise<Buffer> {
    return encrypt(await this.keys.of(profile.subjectId), bytesOf(profile), profileOf(profile.subjectId));
  }

  /** Errors also: STORE_TAMPERED for a box of another row. */
  async openProfile(box: Buffer, subjectId: string): Promise<SubjectProfile> {
    return ProfileSchema.parse(valueOf(decrypt(await this.keys.of(subjectId), box, profileOf(subjectId))));
  }
}
