import { randomBytes } from 'node:crypto';
import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { QuellError } from '../domain/errors.js';
import { jsonOf } from '../domain/json.js';
import { ensureDir, errno, io, isSafeName, syncDir, writeWhole } from './files.js';
import type { OpenKey, SealKey } from './key-ring.js';
import { openKey, sealKey } from './seal.js';

/** A random key of one case and writer. */
export interface CaseKey {
  /** 16 bytes, hex. */
  readonly id: string;
  readonly key: Uint8Array;
}

const KeyFile = z.strictObject({
  sealed: z.array(z.strictObject({ to: z.string(), ephemeral: z.string(), box: z.string() })),
});
const HELD = 1000;

/** Keys of the cases that a writer has in hand: in memory in the clear, on disk sealed for each recipient. */
export class CaseKeys {
  private readonly held = new Map<string, Promise<CaseKey>>();

  constructor(
    private readonly root: string,
    private readonly recipients: readonly SealKey[],
  ) {
    if (recipients.length === 0) throw new QuellError('CONFIG', 'an evidence store needs a recipient');
  }

  /** The key to write with. A case that was shredded meanwhile gets a new one. */
  async for(caseId: string): Promise<CaseKey> {
    const held = this.held.get(caseId);
    if (held !== undefined) {
      const key = await held;
      if (await exists(keyPath(this.root, caseId, key.id))) return key;
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
    const sealed = this.recipients.map((to) => sealKey(made.key, to, context(caseId, made.id)));
    await io('case key', async () => {
      await ensureDir(join(this.root, 'keys', caseId));
      await writeWhole(keyPath(this.root, caseId, made.id), JSON.stringify({ sealed }));
      await syncDir(join(this.root, 'keys'));
    });
    return made;
  }
}

/** Errors: STORE_GONE when the case was shredded or the key is not for this reader, STORE_TAMPERED. */
export async function readCaseKey(root: string, caseId: string, id: string, own: OpenKey): Promise<Uint8Array> {
  const text = await io('case key', () => readFile(keyPath(root, caseId, id), 'utf8'));
  const file = KeyFile.safeParse(jsonOf(text));
  if (!file.success) throw new QuellError('STORE_TAMPERED', 'a case key file is malformed');
  const key = openKey(file.data.sealed, own, context(caseId, id));
  if (key === undefined) throw new QuellError('STORE_GONE', 'the file was not written for the key of this role');
  return key;
}

/** Deletes the keys of a case in one compartment: its files stay, unreadable for ever. */
export async function shredCase(root: string, caseId: string): Promise<void> {
  if (!isSafeName(caseId)) throw new QuellError('CONFIG', 'not a case id');
  await io('shred', async () => {
    await rm(join(root, 'keys', caseId), { recursive: true, force: true });
    if (await exists(join(root, 'keys'))) await syncDir(join(root, 'keys'));
  });
}

export async function isShredded(root: string, caseId: string): Promise<boolean> {
  return !(await exists(join(root, 'keys', caseId)));
}

function keyPath(root: string, caseId: string, id: string): string {
  return join(root, 'keys', caseId, `${id}.json`);
}

function context(caseId: string, id: string): string {
  return `quell case key v1\0${caseId}\0${id}`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errno(error) === 'ENOENT') return false;
    throw error;
  }
}
