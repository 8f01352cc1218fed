import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { access, link, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureDurableDir, errno, FILE_MODE, io, isSafeName, syncDir } from '../files.js';
import { namesOf, type ObjectInfo, type ObjectStore, type StagedObject } from './object-store.js';

const READ = 64 * 1024;

/** Objects as files: the key is the path below `root`. */
export class FolderObjects implements ObjectStore {
  constructor(readonly root: string) {}

  async put(key: string, bytes: Uint8Array): Promise<boolean> {
    const staged = await this.stage(`${dirname(key)}/`);
    try {
      await io('objects', async () => {
        await staged.file.writeFile(bytes);
        await staged.file.sync();
      });
      return await staged.keep(key);
    } finally {
      await staged.close();
    }
  }

  async stage(prefix: string): Promise<StagedObject> {
    const folder = this.path(prefix);
    // Not a safe name: nobody lists it.
    const temporary = join(folder, `.${randomBytes(8).toString('hex')}.tmp`);
    const file = await io('objects', async () => {
      await ensureDurableDir(folder);
      return open(temporary, 'wx+', FILE_MODE);
    });
    return {
      file,
      keep: (key) => this.link(temporary, this.path(key)),
      close: async () => {
        await file.close();
        await rm(temporary, { force: true });
      },
    };
  }

  async *read(key: string): AsyncGenerator<Uint8Array> {
    const file = await io('objects', () => open(this.path(key), 'r'));
    try {
      for (;;) {
        const { bytesRead, buffer } = await io('objects', () => file.read(Buffer.alloc(READ), 0, READ, null));
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  exists(key: string): Promise<boolean> {
    return io('objects', () => isThere(this.path(key)));
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    const folder = this.path(prefix);
    for (const entry of await entriesOf(folder)) {
      const key = `${prefix}${entry.name}`;
      if (entry.isDirectory()) yield* this.list(`${key}/`);
      else if (entry.isFile()) {
        const found = await io('objects', () => unlessGone(stat(join(folder, entry.name))));
        if (found) yield { key, size: found.size, at: found.mtime };
      }
    }
  }

  async remove(keyOrPrefix: string): Promise<void> {
    const path = this.path(keyOrPrefix);
    await io('objects', async () => {
      await rm(path, { recursive: keyOrPrefix.endsWith('/'), force: true });
      if (await isThere(dirname(path))) await syncDir(dirname(path));
    });
  }

  private async link(from: string, to: string): Promise<boolean> {
    return io('objects', async () => {
      try {
        await link(from, to);
      } catch (error) {
        if (errno(error) !== 'EEXIST') throw error;
        return false;
      }
      await syncDir(dirname(to));
      return true;
    });
  }

  private path(keyOrPrefix: string): string {
    return join(this.root, ...namesOf(keyOrPrefix));
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await unlessGone(access(path).then(() => true))) ?? false;
}

/** What a folder holds, by name; nothing when it is not there. */
async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries = (await io('objects', () => unlessGone(readdir(folder, { withFileTypes: true })))) ?? [];
  return entries.filter(({ name }) => isSafeName(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Somebody may remove while others list. */
function unlessGone<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  });
}
