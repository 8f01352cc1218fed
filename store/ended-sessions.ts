import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { QuellError } from '../domain/errors.js';
import { ensureDir, errno, io, isSafeName, writeWhole } from './files.js';

/** More than people can end in the hours that a session lasts. */
const MAX = 10_000;

/** Sessions that were ended before their time, an empty file each, until they would have ended by themselves. Any number of processes may share the folder. */
export class EndedSessions {
  constructor(
    private readonly dir: string,
    private readonly now: () => number = Date.now,
    private readonly max = MAX,
  ) {}

  /** Durable when it resolves. `until`: when it would have ended, milliseconds. Errors: STORE, also when there are too many. */
  async end(session: { readonly id: string; readonly until: number }): Promise<void> {
    const name = nameOf(session);
    await io('ended sessions', async () => {
      await ensureDir(this.dir);
      const names = await readdir(this.dir);
      const over = names.filter((n) => Number(n.split('.')[0]) <= this.now());
      await Promise.all(over.map((n) => rm(join(this.dir, n), { force: true })));
      if (names.length - over.length >= this.max) throw new QuellError('STORE', 'too many sessions were ended');
      await writeWhole(join(this.dir, name), '');
    });
  }

  /** Errors: STORE: what cannot be looked up counts as no session. */
  async has(session: { readonly id: string; readonly until: number }): Promise<boolean> {
    const name = nameOf(session);
    return io('ended sessions', async () => {
      try {
        await access(join(this.dir, name));
        return true;
      } catch (error) {
        if (errno(error) === 'ENOENT') return false;
        throw error;
      }
    });
  }
}

function nameOf({ id, until }: { readonly id: string; readonly until: number }): string {
  const name = `${Math.ceil(until)}.${id}`;
  if (!isSafeName(name)) throw new QuellError('STORE', 'no id of a session');
  return name;
}
