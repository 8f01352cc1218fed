import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { inTime } from '../../../platforms/kit/in-time.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const never = (): Promise<never> => new Promise<never>(() => undefined);

describe('work in time', () => {
  it('gives its value or its error', async () => {
    expect(await inTime(1000, undefined, () => Promise.resolve(1))).toBe(1);
    await expect(inTime(1000, undefined, () => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
  });

  it('is given up when its time is over, also when nothing refers to it and memory is collected', async () => {
    const collecting = setInterval(collectGarbage, 10);
    const caller = new AbortController();
    await expect(inTime(100, caller.signal, never)).rejects.toMatchObject({ name: 'TimeoutError' });
    clearInterval(collecting);
  });

  it('is given up when its caller aborts, before it begins and later, with the reason of the caller', async () => {
    let begun = false;
    const work = (): Promise<never> => {
      begun = true;
      return never();
    };
    await expect(inTime(1000, AbortSignal.abort(new Error('stop')), work)).rejects.toThrow('stop');
    expect(begun).toBe(false);
    const caller = new AbortController();
    const ends = expect(inTime(1000, caller.signal, work)).rejects.toThrow('stop');
    caller.abort(new Error('stop'));
    await ends;
    expect(begun).toBe(true);
  });

  it('tells the work, and nobody after it has ended', async () => {
    const told: boolean[] = [];
    const caller = new AbortController();
    const signals: AbortSignal[] = [];
    await inTime(20, caller.signal, (signal) => {
      signals.push(signal);
      return never();
    }).catch(() => told.push(signals[0]?.aborted ?? false));
    await inTime(20, caller.signal, (signal) => Promise.resolve(signals.push(signal)));
    await sleep(40);
    caller.abort();
    expect([...told, signals[1]?.aborted]).toEqual([true, false]);
  });
});
