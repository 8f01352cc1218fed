import type { RateLimit, VendorRole } from '../operation.js';
import { CallWindow } from './call-window.js';
import { SharedCalls, type CallStore } from './shared-calls.js';

/**
 * How much of a limit that all apps of a tenant share each role may use. A part is kept for containment: reading a
 * tenant must not be what keeps an attacker in it.
 */
const SHARE: Readonly<Record<VendorRole, number>> = { evidence: 0.6, containment: 0.3, people: 0.1 };

export interface BudgetOptions {
  readonly role: VendorRole;
  /** Multiplies every limit; other than 1 for simulated tenants alone. */
  readonly rates?: number;
  /** Where the role's processes take their calls together, and the name of this tenant there. Without one a process counts for itself. */
  readonly shared?: { readonly store: CallStore; readonly tenant: string };
}

/** One bucket of the vendor's limits: in this process, and over all of them. */
interface Bucket {
  readonly window: CallWindow;
  readonly shared: SharedCalls | undefined;
}

/** What one role may call at one tenant, over all cases and processes: a window for each bucket of the vendor's limits. */
export class RateBudget {
  readonly #buckets = new Map<string, Bucket>();

  constructor(private readonly options: BudgetOptions) {}

  /**
   * Settles when a call under this limit may go, with what is to be called when its answer came. Errors: VENDOR_BUSY
   * before anything is sent; the reason of the signal; those of where the calls are shared.
   */
  async turn(limit: RateLimit, signal?: AbortSignal | null): Promise<() => void> {
    const { window, shared } = this.#bucket(limit);
    // First in this process, so that what was taken from the others is not left waiting here.
    const answered = await window.turn(signal);
    try {
      const told = await shared?.turn(signal);
      return () => {
        answered();
        told?.();
      };
    } catch (error) {
      answered();
      throw error;
    }
  }

  /** The vendor asked for silence: nothing under this limit goes for so many milliseconds, whoever asks. */
  async silence(limit: RateLimit, ms: number | undefined): Promise<void> {
    const { window, shared } = this.#bucket(limit);
    window.silence(ms);
    await shared?.silence(ms);
  }

  #bucket(limit: RateLimit): Bucket {
    const known = this.#buckets.get(limit.bucket);
    if (known) return known;
    const { role, rates = 1, shared } = this.options;
    const { calls, seconds } = times(limit, rates * (limit.counts === 'tenant' ? SHARE[role] : 1));
    const made = {
      window: new CallWindow(limit.bucket, calls, seconds),
      shared: shared && new SharedCalls(shared.store, `${shared.tenant} ${role} ${limit.bucket}`, calls, seconds),
    };
    this.#buckets.set(limit.bucket, made);
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
