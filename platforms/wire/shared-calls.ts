import { setTimeout as sleep } from 'node:timers/promises';
import { QuellError } from '../../domain/errors.js';
import { WORTH_WAITING_MS } from './call-window.js';

/** Where all processes of a role take their calls from. Errors are those of where it is kept. */
export interface CallStore {
  take(wanted: {
    readonly bucket: string;
    readonly calls: number;
    readonly seconds: number;
    readonly chunk: number;
    readonly withinMs: number;
  }): Promise<{ readonly id: string; readonly calls: number } | { readonly againInMs: number }>;
  done(made: {
    readonly bucket: string;
    readonly id: string;
    readonly calls: number;
    readonly seconds: number;
  }): Promise<void>;
  silence(bucket: string, ms: number): Promise<void>;
}

/** Calls that were taken are made within this time: so long at most one process goes on after the vendor asked another for silence. */
const USE_WITHIN_MS = 1_000;
/** So long a call is under way at most before it is answered; one that takes longer has reached the vendor by then. */
const ANSWERED_WITHIN_MS = 2_000;
/** A bucket is taken in so many parts at least, so that several processes have something of it. */
const PARTS = 8;

interface Held {
  readonly id: string;
  left: number;
  made: number;
  open: number;
}

/** The share of one process in a bucket that several processes take from: some calls at a time, so that most of them ask nobody. */
export class SharedCalls {
  #held: Held | undefined;
  /** Who waits for the same answer. */
  #taking: Promise<void> | undefined;

  constructor(
    private readonly store: CallStore,
    private readonly bucket: string,
    private readonly calls: number,
    private readonly seconds: number,
  ) {}

  /**
   * Settles when a call may go, with what is to be called when its answer came. Errors: VENDOR_BUSY with the time to come again; the reason of
   * the signal; those of the store.
   */
  async turn(signal?: AbortSignal | null): Promise<() => void> {
    for (const deadline = performance.now() + WORTH_WAITING_MS; ;) {
      signal?.throwIfAborted();
      const held = this.#held;
      if (held && held.left > 0) return this.#use(held);
      this.#taking ??= this.#take(deadline, signal).finally(() => (this.#taking = undefined));
      await this.#taking;
    }
  }

  /** Errors: those of the store. */
  silence(ms = this.seconds * 1_000): Promise<void> {
    this.#held = undefined;
    return this.store.silence(this.bucket, ms);
  }

  #use(held: Held): () => void {
    held.left -= 1;
    held.made += 1;
    held.open += 1;
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      held.open -= 1;
      this.#settle(held);
    };
  }

  /** What was not made is the others' again. Nobody waits for it: a lease that is not given back counts in full, for a little longer. */
  #settle(held: Held): void {
    if (held.left > 0 || held.open > 0) return;
    const { bucket, seconds } = this;
    this.store.done({ bucket, id: held.id, calls: held.made, seconds }).catch(() => undefined);
  }

  async #take(deadline: number, signal?: AbortSignal | null): Promise<void> {
    const { bucket, calls, seconds } = this;
    const chunk = Math.max(1, Math.ceil(calls / PARTS));
    const taken = await this.store.take({
      bucket,
      calls,
      seconds,
      chunk,
      withinMs: USE_WITHIN_MS + ANSWERED_WITHIN_MS,
    });
    if ('id' in taken) {
      const held = { id: taken.id, left: taken.calls, made: 0, open: 0 };
      this.#held = held;
      setTimeout(() => {
        if (held.left === 0) return; // settled by its last answer
        held.left = 0;
        this.#settle(held);
      }, USE_WITHIN_MS).unref();
      return;
    }
    if (performance.now() + taken.againInMs > deadline)
      throw new QuellError('VENDOR_BUSY', `${bucket}: budget`, { retryAfterMs: Math.ceil(taken.againInMs) });
    await sleep(taken.againInMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}
