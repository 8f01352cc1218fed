import { Worker } from 'node:worker_threads';
import type { Said } from './answering.js';

export interface ThreadsOptions {
  /** What a thread runs: a module that calls `answerWith`. */
  readonly module: URL;
  readonly most: number;
  /** Of one thread. */
  readonly heapMb: number;
  /** Longer no order may take, from when a thread has it; the thread is ended then. */
  readonly withinMs?: number;
  /** So many orders wait at most. */
  readonly waiting?: number;
  /** Longer no order waits for its answer, in all; a thread that has not begun by then is ended. */
  readonly answerMs?: number;
}

/** Why an order has no answer: it took too long, too many wait, the thread ended, or it could not do it. */
export class ThreadFailure extends Error {
  constructor(readonly why: 'late' | 'full' | 'ended' | 'failed') {
    super(`a thread has no answer: ${why}`);
    this.name = 'ThreadFailure';
  }
}

interface Job<Order, Answer> {
  readonly order: Order;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}
interface Thread<Order, Answer> {
  readonly worker: Worker;
  isReady: boolean;
  job?: Job<Order, Answer> | undefined;
  timer?: NodeJS.Timeout | undefined;
}

/**
 * Work beside the event loop: threads that start when they are first needed, are kept, hold no process alive and end with it. Each has one
 * order at a time; what ends a thread costs its own order alone, and the next gets a new one.
 */
export class Threads<Order, Answer> {
  readonly #threads = new Set<Thread<Order, Answer>>();
  readonly #queue: Job<Order, Answer>[] = [];

  constructor(private readonly options: ThreadsOptions) {}

  /** The answer to an order, both as `postMessage` copies them. An aborted signal ends the waiting at once with its reason. Errors: ThreadFailure. */
  async ask(order: Order, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#queue.length >= (this.options.waiting ?? Number.POSITIVE_INFINITY)) throw new ThreadFailure('full');
    return new Promise<Answer>((resolve, reject) => {
      const abort = (): void => {
        const at = this.#queue.indexOf(job);
        if (at >= 0) this.#queue.splice(at, 1);
        job.reject(signal?.reason as Error);
      };
      const { answerMs } = this.options;
      const timer = answerMs === undefined ? undefined : setTimeout(() => this.#giveUp(job), answerMs);
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const job: Job<Order, Answer> = {
        order,
        resolve: (answer) => (done(), resolve(answer)),
        reject: (error) => (done(), reject(error)),
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#queue.push(job);
      this.#next();
    });
  }

  /** Ends the threads; what they were asked has no answer. */
  async close(): Promise<void> {
    const all = [...this.#threads];
    for (const job of this.#queue.splice(0)) job.reject(new ThreadFailure('ended'));
    for (const thread of all) this.#end(thread, 'ended');
    await Promise.all(all.map(({ worker }) => worker.terminate()));
  }

  /** Gives what waits to threads that are free; starts one where none is. */
  #next(): void {
    for (const thread of this.#threads) {
      if (!thread.isReady || thread.job) continue;
      const job = this.#queue.shift();
      if (!job) return;
      thread.job = job;
      thread.worker.ref();
      const { withinMs } = this.options;
      if (withinMs !== undefined) thread.timer = setTimeout(() => this.#end(thread, 'late'), withinMs);
      thread.worker.postMessage(job.order);
    }
    const starting = [...this.#threads].filter(({ isReady }) => !isReady).length;
    if (this.#queue.length > starting && this.#threads.size < this.options.most) this.#start();
  }

  #start(): void {
    // Held until it is ready, as somebody waits for it.
    const worker = new Worker(new URL('begin.mjs', import.meta.url), {
      execArgv: [],
      workerData: this.options.module.href,
      resourceLimits: { maxOldGenerationSizeMb: this.options.heapMb },
    });
    const thread: Thread<Order, Answer> = { worker, isReady: false };
    this.#threads.add(thread);
    worker.on('message', (said: Said<Answer>) => {
      thread.isReady = true;
      if (said !== 'ready') {
        const job = this.#free(thread);
        if ('answer' in said) job?.resolve(said.answer);
        else job?.reject(new ThreadFailure('failed'));
      } else worker.unref();
      this.#next();
    });
    const ended = (): void => {
      if (!this.#threads.has(thread)) return;
      // One that never was ready would not be the next time either.
      if (!thread.isReady) for (const job of this.#queue.splice(0)) job.reject(new ThreadFailure('ended'));
      this.#end(thread, 'ended');
    };
    worker.on('error', ended);
    worker.on('exit', ended);
  }

  /** What has waited too long, with a thread that has not begun in all that time. One that works has its own limit. */
  #giveUp(job: Job<Order, Answer>): void {
    const at = this.#queue.indexOf(job);
    if (at >= 0) this.#queue.splice(at, 1);
    job.reject(new ThreadFailure('late'));
    // Of those that there are now: the end of one may begin another.
    for (const thread of [...this.#threads]) if (!thread.isReady) this.#end(thread, 'late');
  }

  #free(thread: Thread<Order, Answer>): Job<Order, Answer> | undefined {
    const { job } = thread;
    clearTimeout(thread.timer);
    thread.job = undefined;
    thread.worker.unref();
    return job;
  }

  #end(thread: Thread<Order, Answer>, why: 'late' | 'ended'): void {
    if (!this.#threads.delete(thread)) return;
    this.#free(thread)?.reject(new ThreadFailure(why));
    void thread.worker.terminate();
    this.#next();
  }
}
