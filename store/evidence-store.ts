import { createHash } from 'node:crypto';
import type { EvidenceRef, SignedManifest } from '../domain/evidence.js';
import { QuellError, type ErrorCode } from '../domain/errors.js';
import { CaseKeys, readCaseKey } from './case-keys.js';
import type { Place } from './compartment.js';
import { isSafeName } from './files.js';
import type { KeyOpener, KeyWrapper } from './key-wrapping.js';
import { HEADER, keyIdIn, readKeyId, readSealed, writeSealed } from './sealed-file.js';

const HASH = 40;
const KEY_PATTERN = new RegExp(`^([A-Za-z0-9][A-Za-z0-9._-]{0,80})\\.([0-9a-f]{${HASH}})$`);
const MAX_BYTES = 64 * 1024 * 1024;
/** Name under which signed manifests lie beside the files that they vouch for. */
export const MANIFEST = 'manifest';
/** Names of a report's two forms. */
export const REPORT_NAMES = { html: 'report-html', json: 'report-json' } as const;

/**
 * Appends encrypted files to a compartment: with what wraps keys alone it can't read back what it wrote. A random key per case and writer.
 * Names are content addressed over the ciphertext: a retry makes a second file and overwrites nothing; the reference that is kept decides.
 * Case ids and names: letters, digits, `.`, `_`, `-`; no personal data in them. Errors: STORE, CONFIG for a name that isn't allowed.
 */
export class EvidenceWriter {
  private readonly keys: CaseKeys;

  constructor(
    private readonly place: Place,
    wrapper: KeyWrapper,
  ) {
    this.keys = new CaseKeys(place, wrapper);
  }

  /** One JSON line per row, streamed. An error of `rows` comes through and leaves no file. */
  async writeRows(caseId: string, name: string, rows: AsyncIterable<object> | Iterable<object>): Promise<EvidenceRef> {
    let count = 0;
    async function* lines(): AsyncGenerator<Buffer> {
      for await (const row of rows) {
        count++;
        yield Buffer.from(`${JSON.stringify(row)}\n`);
      }
    }
    const written = await this.write(caseId, name, lines());
    return { ...written, rows: count };
  }

  /** `rows` of the reference is 0. */
  async writeBytes(caseId: string, name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<EvidenceRef> {
    return { ...(await this.write(caseId, name, bytes instanceof Uint8Array ? once(bytes) : bytes)), rows: 0 };
  }

  /** One JSON document (a row file with one row). */
  writeJson(caseId: string, name: string, value: object): Promise<EvidenceRef> {
    return this.writeRows(caseId, name, [value]);
  }

  /** Keeps a signed manifest beside its file, for `verifyState`. */
  writeManifest(signed: SignedManifest): Promise<EvidenceRef> {
    return this.writeJson(signed.manifest.caseId, MANIFEST, signed);
  }

  /** Takes a file back that nobody was told of. */
  async remove(caseId: string, key: string): Promise<void> {
    keyParts(caseId, key);
    await this.place.files.remove(`${folderOf(this.place, caseId)}${key}`);
  }

  private async write(
    caseId: string,
    name: string,
    plain: AsyncIterable<Uint8Array>,
  ): Promise<Omit<EvidenceRef, 'rows'>> {
    const folder = folderOf(this.place, caseId);
    if (!KEY_PATTERN.test(`${name}.${'0'.repeat(HASH)}`))
      throw new QuellError('CONFIG', 'not a name for an evidence file');
    const key = await this.keys.for(caseId);
    const staged = await this.place.files.stage(folder);
    try {
      const { sha256, bytes, cipherSha256 } = await writeSealed(staged.file, key, `${caseId}\0${name}`, batched(plain));
      const fileName = `${name}.${cipherSha256.slice(0, HASH)}`;
      await staged.keep(`${folder}${fileName}`);
      return { key: fileName, sha256, bytes };
    } finally {
      await staged.close();
    }
  }
}

/** What is needed to read: the whole reference, or its `key` alone (a key names the ciphertext, so that it can't be exchanged either). */
export interface EvidenceKey extends Partial<EvidenceRef> {
  readonly key: string;
}

/** The key is not there, or not for this reader. */
const CLOSED: ReadonlySet<ErrorCode> = new Set(['STORE_GONE', 'STORE_REFUSED']);

/** Reads a compartment as one of its readers. Errors: STORE, STORE_GONE (never written, shredded), STORE_TAMPERED (changed, cut, exchanged). */
export class EvidenceReader {
  constructor(
    private readonly place: Place,
    private readonly opener: KeyOpener,
  ) {}

  /** Streams rows. The hash is known at the end: a loop that ends without an error has read the file that `ref` names; conclude nothing before. */
  async *readRows<T extends object>(caseId: string, ref: EvidenceKey): AsyncGenerator<T> {
    let rest: Buffer = Buffer.alloc(0);
    let rows = 0;
    for await (const part of this.read(caseId, ref)) {
      rest = rest.length === 0 ? part : Buffer.concat([rest, part]);
      let from = 0;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
        rows++;
        yield parseRow(rest.subarray(from, end)) as T;
        from = end + 1;
      }
      rest = rest.subarray(from);
    }
    if (rest.length > 0 || (ref.rows !== undefined && ref.rows !== rows))
      throw new QuellError('STORE_TAMPERED', 'an evidence file has other rows than its reference');
  }

  /** Into memory. Errors also: STORE_TAMPERED above `maxBytes`. */
  async readBytes(caseId: string, ref: EvidenceKey, maxBytes: number = MAX_BYTES): Promise<Uint8Array> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of this.read(caseId, ref)) {
      bytes += part.length;
      if (bytes > maxBytes) throw new QuellError('STORE_TAMPERED', `an evidence file is larger than ${maxBytes} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  /** UTF-8, into memory. */
  async readText(caseId: string, ref: EvidenceKey): Promise<string> {
    return Buffer.from(await this.readBytes(caseId, ref)).toString('utf8');
  }

  async readJson<T extends object>(caseId: string, ref: EvidenceKey): Promise<T> {
    const rows: T[] = [];
    for await (const row of this.readRows<T>(caseId, ref)) rows.push(row);
    const [value] = rows;
    if (value === undefined || rows.length !== 1)
      throw new QuellError('STORE_TAMPERED', 'an evidence file is not one document');
    return value;
  }

  /** Whether the file was written for this reader. Errors: STORE_GONE when it is not there, STORE_TAMPERED. */
  async canOpen(caseId: string, key: string): Promise<boolean> {
    const keyId = await readKeyId(this.place.files.read(fileOf(this.place, caseId, key)));
    try {
      await readCaseKey(this.place, caseId, keyId, this.opener);
      return true;
    } catch (error) {
      if (error instanceof QuellError && CLOSED.has(error.code)) return false;
      throw error;
    }
  }

  /** Reads a file to its end and keeps nothing: it is there, whole, and the one that `ref` names. */
  async check(caseId: string, ref: EvidenceKey): Promise<void> {
    const parts = this.read(caseId, ref);
    while ((await parts.next()).done !== true);
  }

  /** Keys of the files that were written under `name` (an alert's id, `manifest`), or of all; oldest first. */
  list(caseId: string, name?: string): Promise<readonly string[]> {
    return listEvidence(this.place, caseId, name);
  }

  private async *read(caseId: string, ref: EvidenceKey): AsyncGenerator<Buffer> {
    const { name, hash } = keyParts(caseId, ref.key);
    const found = yield* readSealed(
      this.place.files.read(fileOf(this.place, caseId, ref.key)),
      (keyId) => readCaseKey(this.place, caseId, keyId, this.opener),
      `${caseId}\0${name}`,
    );
    const asNamed =
      found.cipherSha256.startsWith(hash) &&
      (ref.sha256 ?? found.sha256) === found.sha256 &&
      (ref.bytes ?? found.bytes) === found.bytes;
    if (!asNamed) throw new QuellError('STORE_TAMPERED', 'an evidence file is not the one that its reference names');
  }
}

/** Keys of a case's files, oldest first; needs no key. */
export async function listEvidence(place: Place, caseId: string, name?: string): Promise<readonly string[]> {
  const folder = folderOf(place, caseId);
  const found: { readonly key: string; readonly at: Date }[] = [];
  for await (const { key, at } of place.files.list(folder)) found.push({ key: key.slice(folder.length), at });
  return found
    .filter(({ key }) => (name === undefined ? KEY_PATTERN.test(key) : KEY_PATTERN.exec(key)?.[1] === name))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.key < b.key ? -1 : 1))
    .map(({ key }) => key);
}

/** Every case of a compartment with the keys of its files; needs no key. */
export async function* listCases(place: Place): AsyncGenerator<readonly [caseId: string, keys: readonly string[]]> {
  const folder = `${place.compartment}/files/`;
  let current: readonly [string, string[]] | undefined;
  for await (const { key } of place.files.list(folder)) {
    const [caseId = '', file = ''] = key.slice(folder.length).split('/');
    if (!KEY_PATTERN.test(file)) continue;
    if (current && current[0] !== caseId) yield current;
    if (current?.[0] !== caseId) current = [caseId, []];
    current[1].push(file);
  }
  if (current) yield current;
}

/** Without any key: whether the encrypted file is still the one that its name says. Answers the id of the key that opens it. Errors: STORE, STORE_GONE, STORE_TAMPERED. */
export async function checkCiphertext(place: Place, caseId: string, key: string): Promise<string> {
  const { hash } = keyParts(caseId, key);
  const sum = createHash('sha256');
  let start: Buffer = Buffer.alloc(0);
  for await (const part of place.files.read(fileOf(place, caseId, key))) {
    sum.update(part);
    if (start.length < HEADER) start = Buffer.concat([start, part.subarray(0, HEADER)]);
  }
  if (!sum.digest('hex').startsWith(hash))
    throw new QuellError('STORE_TAMPERED', 'an evidence file is not the one that its key names');
  return keyIdIn(start);
}

function folderOf({ compartment }: Place, caseId: string): string {
  if (!isSafeName(caseId)) throw new QuellError('CONFIG', 'not a case id');
  return `${compartment}/files/${caseId}/`;
}

function fileOf(place: Place, caseId: string, key: string): string {
  keyParts(caseId, key);
  return `${folderOf(place, caseId)}${key}`;
}

function keyParts(caseId: string, key: string): { readonly name: string; readonly hash: string } {
  const [, name, hash] = KEY_PATTERN.exec(key) ?? [];
  if (!isSafeName(caseId) || name === undefined || hash === undefined)
    throw new QuellError('STORE_TAMPERED', 'not the key of an evidence file');
  return { name, hash };
}

function parseRow(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    throw new QuellError('STORE_TAMPERED', 'an evidence file holds a line that is no JSON');
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** Joins small parts, so that hashing and encrypting work on blocks. */
async function* batched(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of parts) {
    held.push(part);
    bytes += part.length;
    if (bytes < 64 * 1024) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
