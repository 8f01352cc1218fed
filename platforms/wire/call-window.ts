import { QuellError } from '../../domain/errors.js';

interface Waiting {
  readonly until: number;
  go(answered: () => void): void;
  refuse(error: QuellError): void;
}

/** A call whose turn comes within this time waits for it; any other is refused and told when to come again. */
export const WORTH_WAITING_MS = 5_000;
/** So long a call is under way to the vendor at most, a new connection included. */
const TRAVEL_MS = 1_000;

/** Monotonic milliseconds: a clock that is set makes nobody wait. */
const now = (): number => performance.now();

/** A call that went, and when it reached the vendor at the latest. */
interface Gone {
  by: number;
}

/**
 * At most so many calls in any span of so much time, first come first served. It is the times of the last calls that are
 * kept and not a count of tokens: a bucket that refills while it is emptied lets twice the number through within one span.
 * The vendor counts when calls arrive, which is after they went and before they are answered; so that is what is counted.
 * The whole number may go at once. After the vendor asked for silence nothing goes until then.
 */
export class CallWindow {
  /** The latest calls, oldest first; never more than may go within one span. */
  readonly #gone: Gone[] = [];
  readonly #waiting: Waiting[] = [];
  /** What callers that were refused were told: the next ones are told later times. */
  #told: number[] = [];
  #silentUntil = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  readonly #spanMs: number;

  constructor(
    readonly name: string,
    private readonly calls: number,
    seconds: number,
  ) {
    this.#spanMs = seconds * 1_000;
  }

  /**
   * Settles when the call may go, with what is to be called when its answer came. Errors: VENDOR_BUSY with the time to
   * come again; the reason of the signal.
   */
  async turn(signal?: AbortSignal | null): Promise<() => void> {
    signal?.throwIfAborted();
    const at = this.#slot(this.#waiting.length);
    if (this.#waiting.length === 0 && at <= now()) return this.#count();
    if (at - now() > WORTH_WAITING_MS) throw this.#busy();
    return await new Promise<() => void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#move();
        reject(signal?.reason as Error);
      };
      const settle = (how: () => void): void => {
        signal?.removeEventListener('abort', leave);
        how();
      };
      const waiting: Waiting = {
        until: now() + WORTH_WAITING_MS,
        go: (answered) => settle(() => resolve(answered)),
        refuse: (error) => settle(() => reject(error)),
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
      this.#move();
    });
  }

  /** The vendor asked for silence; without a time it is one span, after which any count of its own has begun anew. */
  silence(ms = this.#spanMs): void {
    this.#silentUntil = Math.max(this.#silentUntil, now() + ms);
    for (let n = 0; n < this.#waiting.length;) {
      if (this.#slot(n) <= (this.#waiting[n]?.until ?? 0)) n++;
      else for (const waiting of this.#waiting.splice(n, 1)) waiting.refuse(this.#busy());
    }
    this.#move();
  }

  #count(): () => void {
    const gone: Gone = { by: now() + TRAVEL_MS };
    this.#gone.push(gone);
    if (this.#gone.length > this.calls) this.#gone.shift();
    return () => {
      const before = this.#gone[this.#gone.indexOf(gone) - 1]?.by ?? 0; // they stay in order
      gone.by = Math.min(gone.by, Math.max(before, now()));
      this.#move();
    };
  }

  /** When a call may go before which so many others go. */
  #slot(before: number): number {
    const again = this.#gone.length + before - this.calls;
    if (again < 0) return Math.max(now(), this.#silentUntil);
    const freed = this.#gone[again]?.by ?? this.#slot(again - this.#gone.length);
    return Math.max(now(), this.#silentUntil, freed + this.#spanMs);
  }

  #busy(): QuellError {
    this.#told = this.#told.filter((t) => t > now());
    const at = this.#slot(this.#waiting.length + this.#told.length);
    this.#told.push(at);
    return new QuellError('VENDOR_BUSY', `${this.name}: budget`, { retryAfterMs: Math.ceil(at - now()) });
  }

  /** Lets go whose turn it is, and wakes for the next. */
  #move(): void {
    while (this.#waiting.length > 0 && this.#slot(0) <= now()) {
      this.#waiting.shift()?.go(this.#count());
    }
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0)
      this.#timer = setTimeout(() => this.#move(), Math.ceil(this.#slot(0) - now())).unref();
  }
}
