import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SecretHit } from '../../../domain/indicators/view.js';
import type { Piece } from './scan.js';
import type { Answer, Order } from './thread.js';

interface Job {
  resolve(hits: readonly SecretHit[]): void;
  reject(error: Error): void;
}
interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
}

/** A machine with few cores needs them for the event loop and the database beside it. */
const THREADS = availableParallelism() > 2 ? 2 : 1;
/** Of one thread; a batch of texts and its hits need a tenth of it. */
const HEAP_MB = 256;
const threads: Thread[] = [];
let last = 0;

/**
 * What `scanPieces` says, found by a thread beside the event loop. Threads start when they are first needed, keep no process alive and end
 * with it. An aborted signal ends the waiting at once; what the thread still finds is dropped. Rejects when the thread could not do it:
 * the next call gets a new one.
 */
export async function scanInThread(
  pieces: readonly Piece[],
  key: Uint8Array,
  signal?: AbortSignal,
): Promise<readonly SecretHit[]> {
  signal?.throwIfAborted();
  const thread = leastBusy();
  const id = ++last;
  return new Promise<readonly SecretHit[]>((resolve, reject) => {
    const abort = (): void => settle(thread, id)?.reject(signal?.reason as Error);
    const done = (): void => signal?.removeEventListener('abort', abort);
    thread.jobs.set(id, {
      resolve: (hits) => (done(), resolve(hits)),
      reject: (error) => (done(), reject(error)),
    });
    signal?.addEventListener('abort', abort, { once: true });
    thread.worker.ref();
    thread.worker.postMessage({ id, pieces, key } satisfies Order);
  });
}

function leastBusy(): Thread {
  const free = threads.find((t) => t.jobs.size === 0);
  if (free) return free;
  if (threads.length < THREADS) return start();
  return threads.reduce((a, b) => (b.jobs.size < a.jobs.size ? b : a));
}

function start(): Thread {
  const worker = new Worker(new URL('thread.mjs', import.meta.url), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const thread: Thread = { worker, jobs: new Map() };
  worker.on('message', (answer: Answer) => {
    const job = settle(thread, answer.id);
    if ('hits' in answer) job?.resolve(answer.hits);
    else job?.reject(new Error('A text could not be looked through for secrets.'));
  });
  const ended = (): void => {
    const at = threads.indexOf(thread);
    if (at >= 0) threads.splice(at, 1);
    for (const id of [...thread.jobs.keys()])
      settle(thread, id)?.reject(new Error('The thread that looks for secrets ended.'));
  };
  worker.on('error', ended);
  worker.on('exit', ended);
  worker.unref();
  threads.push(thread);
  return thread;
}

function settle(thread: Thread, id: number): Job | undefined {
  const job = thread.jobs.get(id);
  thread.jobs.delete(id);
  if (thread.jobs.size === 0) thread.worker.unref();
  return job;
}
