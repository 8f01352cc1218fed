import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceRef, SignedManifest } from '../domain/evidence.js';
import { QuellError } from '../domain/errors.js';
import { CaseKeys, readCaseKey } from './case-keys.js';
import { ensureDir, errno, FILE_MODE, io, isSafeName, syncDir } from './files.js';
import type { OpenKey, SealKey } from './key-ring.js';
import { readHeader, readSealed, writeSealed } from './sealed-file.js';

const HASH = 40;
const KEY_PATTERN = new RegExp(`^([A-Za-z0-9][A-Za-z0-9._-]{0,80})\\.([0-9a-f]{${HASH}})$`);
const MAX_BYTES = 64 * 1024 * 1024;
/** Name under which signed manifests lie beside the files that they vouch for. */
export const MANIFEST = 'manifest';
/** Names of a report's two forms. */
export const REPORT_NAMES = { html: 'report-html', json: 'report-json' } as const;

/**
 * Appends encrypted files with the recipients' public keys alone: it can't read back what it wrote. `root` is the folder of a compartment
 * (`statePaths().evidence` or `.dossier`). A random key per case and writer, sealed for each recipient under `keys/<caseId>/`.
 * Names are content addressed over the ciphertext: a retry makes a second file and overwrites nothing; the reference that is kept decides.
 * Case ids and names: letters, digits, `.`, `_`, `-`; no personal data in them. Errors: STORE, CONFIG for a name that isn't allowed.
 */
export class EvidenceWriter {
  private readonly keys: CaseKeys;

  constructor(
    private readonly root: string,
    recipients: readonly SealKey[],
  ) {
    this.keys = new CaseKeys(root, recipients);
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

  private async write(
    caseId: string,
    name: string,
    plain: AsyncIterable<Uint8Array>,
  ): Promise<Omit<EvidenceRef, 'rows'>> {
    if (!isSafeName(caseId)) throw new QuellError('CONFIG', 'not a case id');
    if (!KEY_PATTERN.test(`${name}.${'0'.repeat(HASH)}`))
      throw new QuellError('CONFIG', 'not a name for an evidence file');
    const key = await this.keys.for(caseId);
    const dir = join(this.root, 'files', caseId);
    const temporary = join(dir, `.${randomBytes(8).toString('hex')}.tmp`);
    const file = await io('evidence', async () => {
      await ensureDir(dir);
      return open(temporary, 'wx', FILE_MODE);
    });
    try {
      const { sha256, bytes, cipherSha256 } = await writeSealed(file, key, `${caseId}\0${name}`, batched(plain));
      const fileName = `${name}.${cipherSha256.slice(0, HASH)}`;
      await io('evidence', async () => {
        await link(temporary, join(dir, fileName));
        await syncDir(dir);
      });
      return { key: fileName, sha256, bytes };
    } finally {
      await file.close();
      await rm(temporary, { force: true });
    }
  }
}

/** What is needed to read: the whole reference, or its `key` alone (a key names the ciphertext, so that it can't be exchanged either). */
export interface EvidenceKey extends Partial<EvidenceRef> {
  readonly key: string;
}

/** Reads a compartment with the private key of one recipient. Errors: STORE, STORE_GONE (never written, shredded), STORE_TAMPERED (changed, cut, exchanged). */
export class EvidenceReader {
  constructor(
    private readonly root: string,
    private readonly own: OpenKey,
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

  /** Whether the file was written for this reader's key. Errors: STORE_GONE when it is not there, STORE_TAMPERED. */
  async canOpen(caseId: string, key: string): Promise<boolean> {
    keyParts(caseId, key);
    const file = await io('evidence', () => open(join(this.root, 'files', caseId, key), 'r'));
    try {
      const { keyId } = await readHeader(file);
      await readCaseKey(this.root, caseId, keyId, this.own);
      return true;
    } catch (error) {
      if (error instanceof QuellError && error.code === 'STORE_GONE') return false;
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Reads a file to its end and keeps nothing: it is there, whole, and the one that `ref` names. */
  async check(caseId: string, ref: EvidenceKey): Promise<void> {
    const parts = this.read(caseId, ref);
    while ((await parts.next()).done !== true);
  }

  /** Keys of the files that were written under `name` (an alert's id, `manifest`), or of all; oldest first. */
  list(caseId: string, name?: string): Promise<readonly string[]> {
    return listEvidence(this.root, caseId, name);
  }

  private async *read(caseId: string, ref: EvidenceKey): AsyncGenerator<Buffer> {
    const { name, hash } = keyParts(caseId, ref.key);
    const file = await io('evidence', () => open(join(this.root, 'files', caseId, ref.key), 'r'));
    try {
      const { header, keyId } = await readHeader(file);
      const key = await readCaseKey(this.root, caseId, keyId, this.own);
      const found = yield* readSealed(file, header, key, `${caseId}\0${name}`);
      const asNamed =
        found.cipherSha256.startsWith(hash) &&
        (ref.sha256 ?? found.sha256) === found.sha256 &&
        (ref.bytes ?? found.bytes) === found.bytes;
      if (!asNamed) throw new QuellError('STORE_TAMPERED', 'an evidence file is not the one that its reference names');
    } finally {
      await file.close();
    }
  }
}

/** Keys of a case's files, oldest first; needs no key. */
export async function listEvidence(root: string, caseId: string, name?: string): Promise<readonly string[]> {
  if (!isSafeName(caseId)) throw new QuellError('CONFIG', 'not a case id');
  const dir = join(root, 'files', caseId);
  const names = await readdir(dir).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return [];
    throw new QuellError('STORE', `evidence: ${errno(error) ?? 'unreadable'}`);
  });
  const keys = names.filter((key) =>
    name === undefined ? KEY_PATTERN.test(key) : KEY_PATTERN.exec(key)?.[1] === name,
  );
  const dated = await io('evidence', () =>
    Promise.all(keys.map(async (key) => ({ key, at: (await stat(join(dir, key))).mtimeMs }))),
  );
  return dated.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1)).map(({ key }) => key);
}

/** Without any key: whether the encrypted file is still the one that its key names. Errors: STORE, STORE_GONE, STORE_TAMPERED. */
export async function checkCiphertext(root: string, caseId: string, key: string): Promise<void> {
  const { hash } = keyParts(caseId, key);
  const sum = createHash('sha256');
  await io('evidence', async () => {
    for await (const part of createReadStream(join(root, 'files', caseId, key))) sum.update(part as Buffer);
  });
  if (!sum.digest('hex').startsWith(hash))
    throw new QuellError('STORE_TAMPERED', 'an evidence file is not the one that its key names');
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
