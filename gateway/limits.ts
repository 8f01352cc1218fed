import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { QuellError } from '../domain/errors.js';
import { PER_MINUTE, type PerMinute } from './per-minute.js';

type Kind = keyof PerMinute | 'signInFrom';
const MINUTE_MS = 60_000;
/** Whom a counter remembers; beyond that the one who was seen longest ago begins anew. */
const REMEMBERED = 50_000;

/** Counts requests of one server by who sends them, each kind and each sender for itself: one at the limit slows nobody else. */
export class Limits {
  readonly #app: FastifyInstance;
  readonly #counters = new Map<Kind, ReturnType<FastifyInstance['createRateLimit']>>();
  readonly #keys = new WeakMap<FastifyRequest, string>();
  readonly #counted = new WeakSet<FastifyRequest>();

  constructor(
    app: FastifyInstance,
    readonly perMinute: PerMinute = PER_MINUTE,
  ) {
    this.#app = app;
    void app.register(fastifyRateLimit, { global: false });
  }

  /** Counts a request for whoever it is of; without a key for the address it comes from. Errors: TOO_MANY with the time to wait. */
  async count(request: FastifyRequest, kind: Kind, key?: string): Promise<void> {
    this.#counted.add(request);
    if (key !== undefined) this.#keys.set(request, key);
    const result = await this.#counter(kind, key !== undefined)(request);
    if (!result.isAllowed && result.isExceeded)
      throw new QuellError('TOO_MANY', undefined, { retryAfterMs: result.ttl });
  }

  /** Whether a request was counted for anybody. */
  isCounted(request: FastifyRequest): boolean {
    return this.#counted.has(request);
  }

  #counter(kind: Kind, keyed: boolean): ReturnType<FastifyInstance['createRateLimit']> {
    const known = this.#counters.get(kind);
    if (known) return known;
    const made = this.#app.createRateLimit({
      max: this.perMinute[kind === 'signInFrom' ? 'signIn' : kind],
      timeWindow: MINUTE_MS,
      ...{ cache: REMEMBERED },
      ...(keyed ? { keyGenerator: (request: FastifyRequest) => this.#keys.get(request) ?? '' } : {}),
    });
    this.#counters.set(kind, made);
    return made;
  }
}

/** Seconds for the header `Retry-After`. */
export const retryAfter = ({ retryAfterMs }: QuellError, otherwise: number): string =>
  String(retryAfterMs === undefined ? otherwise : Math.max(1, Math.ceil(retryAfterMs / 1_000)));
