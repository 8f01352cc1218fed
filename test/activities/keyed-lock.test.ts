import { describe, expect, it } from 'vitest';
import { KeyedLock } from '../../activities/keyed-lock.js';

/** Work that ends when it is told to, and what has begun. */
function works(lock: KeyedLock) {
  const begun: string[] = [];
  const start = (key: string, name: string) => {
    let end: { ok: () => void; fail: (error: Error) => void } | undefined;
    const done = lock.run(key, async () => {
      begun.push(name);
      await new Promise<void>((ok, fail) => (end = { ok, fail }));
      return name;
    });
    done.catch(() => undefined);
    return { done, ok: () => end?.ok(), fail: () => end?.fail(new Error(name)) };
  };
  return { begun, start };
}
const aMoment = () => new Promise((resolve) => setImmediate(resolve));

describe('work under a key', () => {
  it('waits for what came before under that key, and for nothing else', async () => {
    const { begun, start } = works(new KeyedLock());
    const [first, second, third, other] = [start('a', '1'), start('a', '2'), start('a', '3'), start('b', 'b')];
    await aMoment();
    expect(begun).toEqual(['1', 'b']);
    first.ok();
    expect(await first.done).toBe('1');
    await aMoment();
    expect(begun).toEqual(['1', 'b', '2']);
    second.fail();
    await expect(second.done).rejects.toThrow('2');
    await aMoment();
    expect(begun).toEqual(['1', 'b', '2', '3']);
    third.ok();
    other.ok();
    expect([await third.done, await other.done]).toEqual(['3', 'b']);
  });

  it('waits also where it comes while the last one ends', async () => {
    const lock = new KeyedLock();
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await aMoment();
      running--;
    };
    const chained = async (): Promise<void> => {
      for (let n = 0; n < 20; n++) await lock.run('a', work);
    };
    await Promise.all([chained(), chained(), chained()]);
    expect(most).toBe(1);
  });
});
