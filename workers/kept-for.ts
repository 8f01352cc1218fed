/**
 * A value that is read when it is first asked for and again when it has grown old. A read that fails is the caller's error while there is
 * no value; later the old one stands, and the next call tries again.
 */
export function keptFor<T>(ms: number, read: () => Promise<T>, now: () => number = Date.now): () => Promise<T> {
  let kept: { readonly value: T; readonly at: number } | undefined;
  let reading: Promise<T> | undefined;
  const readAgain = async (): Promise<T> => {
    try {
      const value = await read();
      kept = { value, at: now() };
      return value;
    } finally {
      reading = undefined;
    }
  };
  return async () => {
    if (kept && now() - kept.at < ms) return kept.value;
    reading ??= readAgain();
    const old = kept;
    return old ? reading.catch(() => old.value) : reading;
  };
}
