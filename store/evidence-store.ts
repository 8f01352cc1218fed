import type { EvidenceRef, SignedManifest } from '../domain/evidence.js';
import { QuellError } from '../domain/errors.js';
import type { OpenKey, SealKey } from './key-ring.js';

/**
 * Appends encrypted files with the recipients' public keys alone: it can't read back what it wrote. `root` is the folder of a compartment
 * (`statePaths().evidence` or `.dossier`). A random key per case and writer, sealed for each recipient under `keys/<caseId>/`.
 * Names are content addressed over the ciphertext: a retry makes a second file and overwrites nothing; the reference that is kept decides.
 * Case ids and names: letters, digits, `.`, `_`, `-`; no personal data in them. Errors: STORE.
 */
export class EvidenceWriter {
  constructor(
    readonly root: string,
    readonly recipients: readonly SealKey[],
  ) {}
  /** One JSON line per row, streamed. */
  writeRows(_caseId: string, _name: string, _rows: AsyncIterable<object> | Iterable<object>): Promise<EvidenceRef> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** `rows` of the reference is 0. */
  writeBytes(_caseId: string, _name: string, _bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<EvidenceRef> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** One JSON document (a row file with one row). */
  writeJson(_caseId: string, _name: string, _value: object): Promise<EvidenceRef> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Keeps a signed manifest beside its file, for `verifyState`. */
  writeManifest(_signed: SignedManifest): Promise<EvidenceRef> {
    throw new QuellError('STORE', 'not there yet');
  }
}

/** What is needed to read: the whole reference, or its `key` alone (a key names the ciphertext, so that it can't be exchanged either). */
export type EvidenceKey = Pick<EvidenceRef, 'key'> & Partial<EvidenceRef>;

/** Reads a compartment with the private key of one recipient. Errors: STORE (cannot be read, shredded), STORE_TAMPERED (changed, cut, exchanged). */
export class EvidenceReader {
  constructor(
    readonly root: string,
    readonly key: OpenKey,
  ) {}
  /** Streams rows. The hash is known at the end: a loop that ends without an error has read the file that `ref` names; use nothing before. */
  readRows<T extends object>(_caseId: string, _ref: EvidenceKey): AsyncGenerator<T> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Into memory; refuses files above `maxBytes` (64 MiB unless said otherwise). */
  readBytes(_caseId: string, _ref: EvidenceKey, _maxBytes?: number): Promise<Uint8Array> {
    throw new QuellError('STORE', 'not there yet');
  }
  readJson<T extends object>(_caseId: string, _ref: EvidenceKey): Promise<T> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Keys of the files that were written under `name` (an alert's id, `manifest`), or of all; oldest first. */
  list(_caseId: string, _name?: string): Promise<readonly string[]> {
    throw new QuellError('STORE', 'not there yet');
  }
}

/** Deletes the keys of a case in one compartment: its files stay, unreadable for ever. */
export function shredCase(_root: string, _caseId: string): Promise<void> {
  throw new QuellError('STORE', 'not there yet');
}
