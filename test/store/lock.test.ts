import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Lock } from '../../store/lock.js';

const base = mkdtempSync(join(tmpdir(), 'quell-lock-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
let path = '';
let n = 0;
beforeEach(() => {
  path = join(base, String(n++), 'lock');
});

/** A lock file as another process left it. */
async function leave(
  change: (holder: { pid: number; host: string; started: string; token: string }) => object,
): Promise<void> {
  const lock = await Lock.take(path);
  const holder = JSON.parse(readFileSync(path, 'utf8')) as {
    pid: number;
    host: string;
    started: string;
    token: string;
  };
  await lock.release();
  writeFileSync(path, JSON.stringify(change({ ...holder, token: 'other' })));
}
const minutesAgo = (minutes: number): void => {
  const then = new Date(Date.now() - minutes * 60_000);
  utimesSync(path, then, then);
};

describe('lock', () => {
  it('is held by one and free after its release', async () => {
    const first = await Lock.take(path);
    await expect(Lock.take(path)).rejects.toMatchObject({
      code: 'STORE',
      message: expect.stringContaining(String(process.pid)) as string,
    });
    await first.release();
    expect(existsSync(path)).toBe(false);
    await (await Lock.take(path)).release();
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('goes to one of many that want it', async () => {
    const wanted = await Promise.allSettled(Array.from({ length: 10 }, () => Lock.take(path)));
    expect(wanted.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is taken over from a process that is dead, or whose number another process has now', async () => {
    const dead = spawnSync(process.execPath, ['-e', '0']).pid;
    await leave((holder) => ({ ...holder, pid: dead }));
    await (await Lock.take(path)).release();
    if (process.platform === 'linux') {
      await leave((holder) => ({ ...holder, started: '1' }));
      await (await Lock.take(path)).release();
    }
  });

  it('of another host is taken over only when it was not touched for a while', async () => {
    await leave((holder) => ({ ...holder, host: `not-${hostname()}` }));
    await expect(Lock.take(path)).rejects.toMatchObject({ code: 'STORE' });
    minutesAgo(5);
    const taken = await Lock.take(path);
    expect(readFileSync(path, 'utf8')).not.toContain('not-');
    await taken.release();
  });

  it('that somebody else took over is not removed by the old holder', async () => {
    const old = await Lock.take(path);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"token":"[0-9a-f]+"/, '"token":"other"'));
    await old.release();
    expect(existsSync(path)).toBe(true);
  });

  it('says what to do with a file that is no lock', async () => {
    await (await Lock.take(path)).release();
    writeFileSync(path, '');
    await expect(Lock.take(path)).rejects.toMatchObject({
      code: 'STORE',
      message: expect.stringContaining('remove it') as string,
    });
  });
});
