import { parentPort } from 'node:worker_threads';

/** What a thread says: that it may be asked, an answer, or that it has none. An error's own words could hold a piece of the order: they stay there. */
export type Said<Answer> = 'ready' | { readonly answer: Answer } | { readonly failed: true };

/** Makes the module a thread's: it answers each order of `Threads`, one after the other. */
export function answerWith(of: (order: never) => unknown): void {
  const say = (said: Said<unknown>): void => parentPort?.postMessage(said);
  parentPort?.on('message', (order: unknown) => {
    try {
      say({ answer: of(order as never) });
    } catch {
      say({ failed: true });
    }
  });
  say('ready');
}
