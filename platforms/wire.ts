import { QuellError } from '../domain/errors.js';
import type { RateLimit } from './operation.js';
import { retryAfterMs } from './kit/replies.js';
import type { RateBudget } from './wire/budget.js';
import { outgoing } from './wire/outgoing.js';
import type { CallRecord } from './wire/record.js';

/** What a request is for, beside what is in it. */
export interface OutgoingCall {
  readonly operation: string;
  /** Scopes or permissions of the token that goes with it; for a token request those that are asked for. */
  readonly scopes: readonly string[];
  /** Absent for token requests and keys. */
  readonly limit?: RateLimit;
  /** The path is a credential: only the host is recorded. */
  readonly secretPath?: boolean;
}

/**
 * The way of every request to a vendor: base addresses, proxy, rate budget and the record of calls are here and nowhere
 * else. Adapters name the vendor's own hosts; where another base stands for one, the wire sends there. Redirects are not
 * followed. Errors: CONFIG for a host that is not the vendor's; VENDOR_BUSY before sending, when the budget is used up for
 * longer than is worth waiting; else those of `fetch`. The signal of the request ends the waiting too.
 */
export interface Wire {
  send(call: OutgoingCall, url: string | URL, init: RequestInit): Promise<Response>;
}

/** An address of the vendor's own and what it is reached at, both with all that comes before the path of an operation. */
export interface Base {
  readonly own: string;
  readonly at: string;
}

export interface WireOptions {
  /** Every host that may be called. The longest that fits decides. */
  readonly bases: readonly Base[];
  /** By default Node's `fetch`, through the proxy of the environment. */
  readonly fetch?: typeof fetch;
  /** Without one every call goes at once. */
  readonly budget?: RateBudget;
  /** Whether an answer asks to slow down in other words than status 429 does. It reads the body of a clone. */
  readonly asksToSlowDown?: (answer: Response) => Promise<boolean>;
  readonly record?: CallRecord;
}

export function createWire({ bases, fetch: send = outgoing, budget, asksToSlowDown, record }: WireOptions): Wire {
  return {
    send: async (call, url, init) => {
      const own = new URL(url);
      const target = addressOf(bases, own);
      const answered = call.limit && (await budget?.turn(call.limit, init.signal));
      const shown = call.secretPath === true ? new URL(own.origin) : own;
      // not `error`: with it Node 20 forgets the signal while a body is on its way
      const response = await recorded(call, shown, init, () => send(target, { ...init, redirect: 'manual' }));
      answered?.();
      if (call.limit && (response.status === 429 || (await asksToSlowDown?.(response))))
        await budget?.silence(call.limit, retryAfterMs(response.headers.get('retry-after')));
      return response;
    },
  };

  async function recorded(call: OutgoingCall, url: URL, init: RequestInit, go: () => Promise<Response>) {
    const at = new Date();
    try {
      const response = await go();
      record?.(call, url, init, at, { status: response.status });
      return response;
    } catch (error) {
      record?.(call, url, init, at, { status: null, failure: init.signal?.aborted ? 'aborted' : 'network' });
      throw error;
    }
  }
}

/** Where a vendor's own address is reached. Origin and leading path are replaced, the rest stays as it is. */
function addressOf(bases: readonly Base[], asked: URL): URL {
  const base = [...bases]
    .sort((a, b) => b.own.length - a.own.length)
    .find(({ own }) => asked.origin === new URL(own).origin && asked.pathname.startsWith(pathOf(own)));
  if (!base) throw new QuellError('CONFIG', `no request goes to ${asked.host}`);
  const rest = asked.pathname.slice(pathOf(base.own).length);
  return new URL(`${new URL(base.at).origin}${pathOf(base.at)}${rest}${asked.search}`);
}

const pathOf = (base: string): string => `${new URL(base).pathname.replace(/\/+$/, '')}/`;
