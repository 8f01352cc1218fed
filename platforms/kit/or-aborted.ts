/**
 * What a piece of work gives, or the reason of the caller's signal, whichever comes first. The work itself goes on: others may wait for it
 * too. Errors: the reason of the signal; those of the work.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work;
  work.catch(() => undefined); // nobody may be left to hear of it
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
