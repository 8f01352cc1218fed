import type { Platform } from '../../domain/platform.js';
import type { RateLimit, VendorOperation } from '../../platforms/operation.js';
import type { World } from './world.js';

/**
 * A vendor's rate limits: so many calls of a bucket in any span of its seconds, for each caller or for all of the tenant.
 * Calls that come before the time of a Retry-After are noted in `World.throttled`: a client that makes one has not listened.
 */
export class Limits {
  readonly #went = new Map<string, number[]>();
  readonly #away = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly simulator: {
      readonly platform: Platform;
      limitOf?(operation: string): RateLimit | undefined;
    },
  ) {}

  /** Counts a call. Seconds to stay away when it is one too many. */
  take(operation: string, caller: string): number | undefined {
    const now = this.world.now().getTime();
    const limit = this.simulator.limitOf?.(operation);
    const key = keyOf(limit, operation, caller);
    const early = now < (this.#away.get(key) ?? 0);
    const wait = this.#wait(limit, key, now);
    if (early || wait !== undefined)
      this.world.throttled.push({
        at: new Date(now).toISOString(),
        platform: this.simulator.platform,
        operation,
        early,
      });
    return wait;
  }

  /** What an answer said: no call of this bucket for so many seconds. */
  stayAway(operation: string, caller: string, seconds: number): void {
    const key = keyOf(this.simulator.limitOf?.(operation), operation, caller);
    this.#away.set(key, this.world.now().getTime() + seconds * 1_000);
  }

  #wait(limit: RateLimit | undefined, key: string, now: number): number | undefined {
    const { rates } = this.world.options;
    if (!limit || rates === undefined) return undefined;
    const spanMs = limit.seconds * 1_000;
    const went = (this.#went.get(key) ?? []).filter((t) => t > now - spanMs);
    this.#went.set(key, went);
    if (went.length >= limit.calls * rates) return Math.max(1, Math.ceil(((went[0] ?? now) + spanMs - now) / 1_000));
    went.push(now);
    return undefined;
  }
}

const keyOf = (limit: RateLimit | undefined, operation: string, caller: string): string =>
  `${limit?.counts === 'tenant' ? '' : caller} ${limit?.bucket ?? operation}`;

/** The limits of a vendor's table, by the operations' names. */
export function limitsOf(
  table: Readonly<Record<string, VendorOperation>>,
): (operation: string) => RateLimit | undefined {
  const limits = new Map(Object.values(table).map(({ name, limit }) => [name, limit]));
  return (operation) => limits.get(operation);
}
