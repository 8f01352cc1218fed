import type { MakeDirectoryOptions, PathLike } from 'node:fs';
import type * as FS from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

type Fs = typeof FS;

/**
 * A disk that can be full. A test puts it under the stores with
 * `vi.mock('node:fs/promises', async (real) => (await import('…/full-disk.js')).onDisk(await real()))`; files, names and what is read are real.
 */
export const disk = {
  /** Bytes that still fit. A write takes what fits, as the kernel does, and the next one is refused. */
  room: Infinity,
  /** Writes that go through before `room` counts. */
  spared: 0,
  /** Waited for before each write. */
  slow: undefined as (() => Promise<void>) | undefined,
  /** Refuses fsync and fdatasync: where room is given out late, this is where a full disk shows. */
  refusesSync: false,
  /** Refuses a new name: rename, link, a new folder or file. */
  refusesNames: false,
  /** Refuses also to cut a file. */
  refusesCut: false,

  makeRoom(): void {
    Object.assign(disk, {
      room: Infinity,
      spared: 0,
      slow: undefined,
      refusesSync: false,
      refusesNames: false,
      refusesCut: false,
    });
  },
};

export function onDisk(real: Fs): Fs {
  const free = (path: PathLike): Promise<boolean> =>
    real.access(path).then(
      () => false,
      () => true,
    );
  const refuse = async (path?: PathLike): Promise<void> => {
    if (disk.refusesNames && (path === undefined || (await free(path)))) throw full();
  };
  return {
    ...real,
    open: async (path, flags, mode) => {
      if (flags !== 'r') await refuse(path);
      return limited(await real.open(path, flags, mode));
    },
    mkdir: (async (path: string, options: MakeDirectoryOptions) => {
      await refuse(path);
      return real.mkdir(path, options);
    }) as Fs['mkdir'],
    rename: async (from, to) => {
      await refuse();
      await real.rename(from, to);
    },
    link: async (from, to) => {
      await refuse();
      await real.link(from, to);
    },
  };
}

function fitting(bytes: number): number {
  if (disk.spared > 0) {
    disk.spared--;
    return bytes;
  }
  const fits = Math.min(bytes, disk.room);
  disk.room -= fits;
  return fits;
}

function limited(file: FileHandle): FileHandle {
  const changed = {
    async write(data: Uint8Array, offset = 0) {
      await disk.slow?.();
      const fits = fitting(data.length - offset);
      if (fits <= 0) throw full();
      return file.write(data, offset, fits);
    },
    async writeFile(data: string | Uint8Array) {
      await disk.slow?.();
      const bytes = Buffer.from(data);
      const fits = fitting(bytes.length);
      await file.writeFile(bytes.subarray(0, fits));
      if (fits < bytes.length) throw full();
    },
    async sync() {
      if (disk.refusesSync) throw full();
      await file.sync();
    },
    async datasync() {
      if (disk.refusesSync) throw full();
      await file.datasync();
    },
    async truncate(length?: number) {
      if (disk.refusesCut) throw full();
      await file.truncate(length);
    },
  };
  return new Proxy(file, {
    get: (target, name) => {
      if (Object.hasOwn(changed, name)) return changed[name as keyof typeof changed];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

function full(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', errno: -28 });
}
