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
 * the database too. It is there before the subject's first row, and before the first of all a mark: a place without it is another one, where a missing key says nothing.
 * Errors: STORE, STORE_GONE for a subject that was forgotten, STORE_TAMPERED.
 */
export class SubjectKeys {
  readonly #held = new Map<string, Promise<Uint8Array>>();

  constructor(
    private readonly objects: ObjectStore,
    readonly registry: SecretKey,
  ) {}

  /** Before the first key of a registry. */
  async begin(): Promise<void> {
    if (!(await this.objects.exists(this.mark))) await this.objects.put(this.mark, new Uint8Array());
  }

  /** Errors: also CONFIG for a place where this registry's keys have never been. */
  async requireBegun(): Promise<void> {
    if (!(await this.objects.exists(this.mark)))
      throw new QuellError(
        'CONFIG',
        'the keys of subjects are not where storage.keys says: that place was never begun',
      );
  }

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

  /** Of these subjects those whose key is gone, each asked for by itself. Errors: also CONFIG for another place, and when not one key is there, which no erasure does. */
  async gone(subjectIds: readonly string[]): Promise<readonly string[]> {
    await this.requireBegun();
    const there = new Set<string>();
    for await (const { key } of this.objects.list(FOLDER)) there.add(key);
    const gone: string[] = [];
    for (const id of subjectIds) if (!there.has(keyOf(id)) && !(await this.objects.exists(keyOf(id)))) gone.push(id);
    if (gone.length > 0 && gone.length === subjectIds.length)
      throw new QuellError('CONFIG', 'no subject has a key where storage.keys says: nobody is forgotten by that');
    return gone;
  }

  private get mark(): string {
    return `${FOLDER}registry-${this.registry.keyId}`;
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
