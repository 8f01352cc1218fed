import { QuellError } from '../domain/errors.js';
import type { RateLimit } from './operation.js';

/** What a request is for, beside what is in it. */
export interface OutgoingCall {
  readonly operation: string;
  /** Scopes or permissions of the token that goes with it; for a token request those that are asked for. */
  readonly scopes: readonly string[];
  /** Absent for token requests and keys. */
  readonly limit?: RateLimit;
}

/**
 * The way of every request to a vendor: base addresses, proxy, rate budget and the record of calls are here and nowhere
 * else. Adapters name the vendor's own hosts; where another base stands for one, the wire sends there. Redirects are not
 * followed. Errors: CONFIG for a host that is not the vendor's; VENDOR_BUSY before sending, when the budget is used up for
 * longer than is worth waiting; else those of `fetch`.
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
  readonly fetch?: typeof fetch;
}

export function createWire({ bases, fetch: send = fetch }: WireOptions): Wire {
  return {
    send: (_call, url, init) => send(addressOf(bases, new URL(url)), { ...init, redirect: 'manual' }),
  };
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
