import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../domain/errors.js';
import { jsonOf } from '../domain/json.js';
import type { Place } from './compartment.js';
import { isSafeName } from './files.js';
import type { KeyOpener, KeyUse, KeyWrapper, WrappedKey } from './key-wrapping.js';
import { readWhole } from './objects/object-store.js';

/** A random key of one case and writer. */
export interface CaseKey {
  /** 16 bytes, hex. */
  readonly id: string;
  readonly key: Uint8Array;
}

/** The keys' part of a compartment. */
export type KeyPlace = Pick<Place, 'compartment' | 'keys'>;

const KeyFile: z.ZodType<WrappedKey> = z.strictObject({
  sealed: z.array(z.strictObject({ to: z.string(), ephemeral: z.string(), box: z.string() })).exactOptional(),
  kms: z.base64().exactOptional(),
});
const MAX_BYTES = 64 * 1024;
const HELD = 1000;

/** Keys of the cases that a writer has in hand: in memory in the clear, kept wrapped for those who read the compartment. */
export class CaseKeys {
  private readonly held = new Map<string, Promise<CaseKey>>();

  constructor(
    private readonly place: KeyPlace,
    private readonly wrapper: KeyWrapper,
  ) {}

  /** The key to write with. A case that was shredded meanwhile gets a new one. */
  async for(caseId: string): Promise<CaseKey> {
    const held = this.held.get(caseId);
    if (held !== undefined) {
      const key = await held;
      if (await this.place.keys.exists(caseKeyName(this.useOf(caseId, key.id)))) return key;
      if (this.held.get(caseId) === held) this.held.delete(caseId);
      return this.for(caseId);
    }
    const made = this.make(caseId);
    this.held.set(caseId, made);
    for (const oldest of this.held.keys()) {
      if (this.held.size <= HELD) break;
      this.held.delete(oldest);
    }
    made.catch(() => this.held.delete(caseId));
    return made;
  }

  private async make(caseId: string): Promise<CaseKey> {
    const made = { id: randomBytes(16).toString('hex'), key: randomBytes(32) };
    const use = this.useOf(caseId, made.id);
    const wrapped = await this.wrapper.wrap(made.key, use);
    await this.place.keys.put(caseKeyName(use), Buffer.from(JSON.stringify(wrapped)));
    return made;
  }

  private useOf(caseId: string, keyId: string): KeyUse {
    return { compartment: this.place.compartment, caseId, keyId };
  }
}

/** Errors: STORE_GONE when the case was shredded or the key is not for this reader, STORE_TAMPERED. */
export async function readCaseKey(
  { compartment, keys }: KeyPlace,
  caseId: string,
  keyId: string,
  opener: KeyOpener,
): Promise<Uint8Array> {
  const use = { compartment, caseId, keyId };
  const file = KeyFile.safeParse(jsonOf((await readWhole(keys, caseKeyName(use), MAX_BYTES)).toString('utf8')));
  if (!file.success) throw new QuellError('STORE_TAMPERED', 'a case key file is malformed');
  const key = await opener.open(file.data, use);
  if (key === undefined) throw new QuellError('STORE_GONE', 'the file was not written for the key of this role');
  return key;
}

/** Destroys the keys of a case in one compartment, in every version that is kept: its files stay, unreadable for ever. */
export async function shredCase(place: KeyPlace, caseId: string): Promise<void> {
  await place.keys.remove(folderOf(place, caseId));
}

function folderOf({ compartment }: Pick<KeyPlace, 'compartment'>, caseId: string): string {
  if (!isSafeName(caseId)) throw new QuellError('CONFIG', 'not a case id');
  return `${compartment}/keys/${caseId}/`;
}

/** Where a key lies among the objects of a place. Errors: CONFIG for what is no case id. */
export const caseKeyName = (use: KeyUse): string => `${folderOf(use, use.caseId)}${use.keyId}.json`;
