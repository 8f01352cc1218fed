import type { RateLimit, VendorRole } from '../operation.js';
import { CallWindow } from './call-window.js';

/**
 * How much of a limit that all apps of a tenant share each role may use. A part is kept for containment: reading a
 * tenant must not be what keeps an attacker in it. The roles' processes do not talk about it.
 */
const SHARE: Readonly<Record<VendorRole, number>> = { evidence: 0.6, containment: 0.3, people: 0.1 };

export interface BudgetOptions {
  readonly role: VendorRole;
  /** Multiplies every limit; other than 1 for simulated tenants alone. */
  readonly rates?: number;
}

/** What one role may call at one tenant, over all cases: a window for each bucket of the vendor's limits. */
export class RateBudget {
  readonly #windows = new Map<string, CallWindow>();

  constructor(private readonly options: BudgetOptions) {}

  /**
   * Settles when a call under this limit may go, with what is to be called when its answer came. Errors: VENDOR_BUSY
   * before anything is sent; the reason of the signal.
   */
  async turn(limit: RateLimit, signal?: AbortSignal | null): Promise<() => void> {
    return await this.#window(limit).turn(signal);
  }

  /** The vendor asked for silence: nothing under this limit goes for so many milliseconds, whoever asks. */
  silence(limit: RateLimit, ms: number | undefined): void {
    this.#window(limit).silence(ms);
  }

  #window(limit: RateLimit): CallWindow {
    const known = this.#windows.get(limit.bucket);
    if (known) return known;
    const { role, rates = 1 } = this.options;
    const { calls, seconds } = times(limit, rates * (limit.counts === 'tenant' ? SHARE[role] : 1));
    const made = new CallWindow(limit.bucket, calls, seconds);
    this.#windows.set(limit.bucket, made);
    return made;
  }
}

/** A limit that many times as wide: whole calls in the same time, or one call in a longer time when it is less than one. */
export function times(
  { calls, seconds }: Pick<RateLimit, 'calls' | 'seconds'>,
  factor: number,
): { calls: number; seconds: number } {
  const all = calls * factor;
  return all >= 1 ? { calls: Math.floor(all), seconds } : { calls: 1, seconds: seconds / all };
}
