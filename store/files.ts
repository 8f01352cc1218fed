import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { QuellError } from '../domain/errors.js';

/** Shared state: readable by the owner and, as the umask allows, its group; never by the world. */
export const DIR_MODE = 0o770;
export const FILE_MODE = 0o660;

/** Runs file work; its system errors become STORE (STORE_GONE when the file is not there), by errno, without the path. */
export async function io<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof QuellError) throw cause;
    const code = errno(cause);
    if (code === undefined) throw cause;
    throw new QuellError(code === 'ENOENT' ? 'STORE_GONE' : 'STORE', `${what}: ${code}`, { cause });
  }
}

export function errno(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** True for a file name that can't leave its folder: letters, digits, `.`, `_`, `-`, no leading dot. */
export function isSafeName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text);
}

export async function ensureDir(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: DIR_MODE });
}

/** As `ensureDir`, and the folders that it makes are there after a loss of power. */
export async function ensureDurableDir(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: DIR_MODE });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDir(dirname(made));
}

/** Makes names in a folder durable (no-op where folders can't be opened). */
export async function syncDir(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whole or not at all: temporary file, fsync, rename, fsync of the folder. */
export async function writeWhole(path: string, data: string | Uint8Array, mode = FILE_MODE): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDir(dirname(path));
}
