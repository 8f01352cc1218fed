import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { QuellError } from '../domain/errors.js';
import { ensureDir, errno, FILE_MODE, io } from './files.js';

const Holder = z.object({ pid: z.number(), host: z.string(), started: z.string(), token: z.string() });
type Holder = z.infer<typeof Holder>;
const BEAT_MS = 10_000;
const DEAD_MS = 60_000;

/**
 * A file that says which process is the single writer. A holder on this host is dead when its process is; one on another host (or in
 * another container) when it has not touched the file for a minute. Writers check the size of their file as well, so that a wrong judgement stops at the first write.
 */
export class Lock {
  private readonly beat: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly token: string,
  ) {
    this.beat = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined);
    }, BEAT_MS).unref();
  }

  /** Errors: STORE when another living process holds it. */
  static async take(path: string): Promise<Lock> {
    return io('lock', async () => {
      await ensureDir(dirname(path));
      const token = randomBytes(12).toString('hex');
      const own: Holder = { pid: process.pid, host: hostname(), started: startedAt(process.pid), token };
      const draft = `${path}.${token}`;
      await writeFile(draft, JSON.stringify(own), { mode: FILE_MODE, flag: 'wx' });
      try {
        for (let attempt = 0; attempt < 10; attempt++) {
          if (await linked(draft, path)) return new Lock(path, token);
          await removeIfDead(path, token);
        }
        throw new QuellError('STORE', 'the lock changes hands all the time');
      } finally {
        await rm(draft, { force: true });
      }
    });
  }

  async release(): Promise<void> {
    clearInterval(this.beat);
    const holder = await read(this.path);
    if (holder?.token === this.token) await rm(this.path, { force: true });
  }
}

async function removeIfDead(path: string, token: string): Promise<void> {
  const holder = await read(path);
  if (holder === undefined) return;
  if (await isAlive(holder, path))
    throw new QuellError('STORE', `process ${holder.pid} on ${holder.host} is the writer already`);
  const aside = `${path}.${token}.dead`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errno(error) === 'ENOENT') return;
    throw error;
  }
  // Between judging and moving, another process may have taken over: then what was moved is its living lock. Put it back.
  const moved = await read(aside);
  if (moved !== undefined && moved.token !== holder.token) await linked(aside, path);
  await rm(aside, { force: true });
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  if (holder.host !== hostname()) {
    const touched = await stat(path).catch(() => undefined);
    return touched !== undefined && Date.now() - touched.mtimeMs < DEAD_MS;
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errno(error) === 'ESRCH') return false;
  }
  return startedAt(holder.pid) === holder.started;
}

/** Tells a process from a later one with the same id; empty where the system doesn't say. */
function startedAt(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

async function read(path: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw new QuellError('STORE', 'a lock file is malformed: remove it when no process of Quell runs');
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST') return false;
    throw error;
  }
}
