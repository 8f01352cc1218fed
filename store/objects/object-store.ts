import type { FileHandle } from 'node:fs/promises';
import { QuellError } from '../../domain/errors.js';
import { isSafeName } from '../files.js';

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly at: Date;
}

/** An object that is being written: its key may follow from what it holds. */
export interface StagedObject {
  /** Empty, on this machine, for reading and writing; sync it before `keep`. */
  readonly file: FileHandle;
  /** Puts what the file holds under the key, as `ObjectStore.put`. */
  keep(key: string): Promise<boolean>;
  /** To be called in any case, at the end. */
  close(): Promise<void>;
}

/**
 * Objects that are written once, whole or not at all, and durable when the call returns. A key is a path of safe names (`isSafeName`) with `/` between them; a
 * prefix is one that ends with `/`. Errors: STORE; STORE_GONE for an object that is not there; CONFIG for what is not a key, or a store that this role may not use.
 */
export interface ObjectStore {
  /** False when there is an object of that key already: it stays as it is. */
  put(key: string, bytes: Uint8Array): Promise<boolean>;
  /** `prefix` is where the key will be. */
  stage(prefix: string): Promise<StagedObject>;
  read(key: string): AsyncGenerator<Uint8Array>;
  exists(key: string): Promise<boolean>;
  /** What is below a prefix; objects of one parent come one after the other. */
  list(prefix: string): AsyncGenerator<ObjectInfo>;
  /** An object, or all below a prefix, in every version that is kept. Nothing there is fine. */
  remove(keyOrPrefix: string): Promise<void>;
  /** In words, where the place can lock objects: what holds them by itself. */
  lockState?(): Promise<string>;
}

/** Names of a key or prefix. Errors: CONFIG. */
export function namesOf(keyOrPrefix: string): readonly string[] {
  const names = (keyOrPrefix.endsWith('/') ? keyOrPrefix.slice(0, -1) : keyOrPrefix).split('/');
  if (!names.every(isSafeName)) throw new QuellError('CONFIG', 'not the key of an object');
  return names;
}

/** The whole object. Errors: also STORE_TAMPERED above `maxBytes`. */
export async function readWhole(store: ObjectStore, key: string, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of store.read(key)) {
    bytes += part.length;
    if (bytes > maxBytes) throw new QuellError('STORE_TAMPERED', `an object is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
