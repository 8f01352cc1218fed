import { randomBytes } from 'node:crypto';
import { QuellError } from '../../domain/errors.js';
import { isSafeName } from '../files.js';
import type { SecretKey } from '../key-ring.js';
import { readWhole, type ObjectStore } from '../objects/object-store.js';
import { decrypt, encrypt } from '../seal.js';

const FOLDER = 'subjects/';
const HELD = 10_000;
const MAX_BYTES = 1_024;
const contextOf = (subjectId: string): string => `quell subject key v1\0${subjectId}`;

/**
 * A random key of each subject, under the registry key, where the keys of cases lie: apart from the rows that it opens. Destroyed, those rows are unreadable, in every backup of
 * the database too. It is there before the subject's first row. Errors: STORE, STORE_GONE for a subject that was forgotten, STORE_TAMPERED.
 */
export class SubjectKeys {
  readonly #held = new Map<string, Promise<Uint8Array>>();

  constructor(
    private readonly objects: ObjectStore,
    readonly registry: SecretKey,
  ) {}

  /** For an id that nobody has yet. */
  async make(subjectId: string): Promise<void> {
    await this.objects.put(keyOf(subjectId), encrypt(this.registry.bytes, randomBytes(32), contextOf(subjectId)));
  }

  of(subjectId: string): Promise<Uint8Array> {
    const held = this.#held.get(subjectId);
    if (held) return held;
    const read = this.read(subjectId);
    this.#held.set(subjectId, read);
    read.catch(() => this.#held.delete(subjectId));
    const [oldest] = this.#held.keys();
    if (this.#held.size > HELD && oldest !== undefined) this.#held.delete(oldest);
    return read;
  }

  async destroy(subjectIds: readonly string[]): Promise<void> {
    for (const subjectId of subjectIds) {
      this.#held.delete(subjectId);
      await this.objects.remove(keyOf(subjectId));
    }
  }

  /** Of these subjects those whose key is gone. */
  async gone(subjectIds: readonly string[]): Promise<readonly string[]> {
    const there = new Set<string>();
    for await (const { key } of this.objects.list(FOLDER)) there.add(key);
    return subjectIds.filter((id) => !there.has(keyOf(id)));
  }

  private async read(subjectId: string): Promise<Uint8Array> {
    const box = await readWhole(this.objects, keyOf(subjectId), MAX_BYTES);
    return decrypt(this.registry.bytes, box, contextOf(subjectId));
  }
}

function keyOf(subjectId: string): string {
  if (!isSafeName(subjectId)) throw new QuellError('STORE_GONE', 'no subject has that id');
  return `${FOLDER}${subjectId}`;
}
