import { Mutex } from 'async-mutex';

/** Runs one at a time per key, in the order of arrival. */
export class KeyedLock {
  readonly #locks = new Map<string, Mutex>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lock = this.#locks.get(key) ?? new Mutex();
    this.#locks.set(key, lock);
    try {
      return await lock.runExclusive(work);
    } finally {
      if (!lock.isLocked()) this.#locks.delete(key);
    }
  }
}
