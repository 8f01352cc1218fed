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
 * followed. Throws VENDOR_BUSY before sending when the budget is used up for longer than is worth waiting; what a sent
 * request may throw is that of `fetch`.
 */
export interface Wire {
  send(call: OutgoingCall, url: string | URL, init: RequestInit): Promise<Response>;
}

/** Straight to the address, with nothing in between. */
export const DIRECT: Wire = { send: (_, url, init) => fetch(url, { ...init, redirect: 'manual' }) };
