import type { ContainmentMemory } from '../../../activities/containment/index.js';
import { Killed } from './tenant.js';

/** What is kept between the acts of a step. */
const DURABLE: readonly (keyof ContainmentMemory)[] = ['bind', 'use', 'note', 'burn', 'endLease'];

/** Longest that a step waits for the turn of a worker that was killed, in these tests. */
export const SHORT_TURN_MS = 250;

/** The memory of a process that is killed before or after the n-th thing that it keeps: it does nothing more, nor gives its turn back. */
export function dyingAt(n: number, when: 'before' | 'after'): (memory: ContainmentMemory) => ContainmentMemory {
  let seen = 0;
  let isDead = false;
  return (memory) =>
    new Proxy(memory, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const method = value as (...args: unknown[]) => unknown;
        return async (...args: unknown[]) => {
          const dies = (DURABLE as readonly string[]).includes(String(name)) && seen++ === n;
          isDead ||= dies && when === 'before';
          if (isDead) throw new Killed();
          const answer = await method.apply(target, args);
          isDead ||= dies;
          if (isDead) throw new Killed();
          return answer;
        };
      },
    });
}
