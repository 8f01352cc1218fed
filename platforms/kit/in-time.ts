/**
 * Does work that is given up when its time is over or its caller aborts; the signal that it gets tells it so. Errors: a
 * `TimeoutError`, the reason of the caller's signal, those of the work.
 *
 * Not `AbortSignal.any` over `AbortSignal.timeout`: in Node 20 a time-out that only such a union refers to is collected as
 * garbage, and then nothing ever ends the call.
 */
export async function inTime<T>(
  ms: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  caller?.throwIfAborted();
  const { promise: over, reject } = withReject();
  const controller = new AbortController();
  const end = (reason: unknown): void => {
    controller.abort(reason);
    reject(reason);
  };
  const onAbort = (): void => end(caller?.reason);
  const timer = setTimeout(() => end(new DOMException(`no answer within ${String(ms)} ms`, 'TimeoutError')), ms);
  caller?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(controller.signal), over]);
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener('abort', onAbort);
  }
}

function withReject(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, r) => {
    reject = r;
  });
  return { promise, reject };
}
