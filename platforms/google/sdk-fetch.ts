import type { OutgoingCall, Wire } from '../wire.js';

/**
 * The `fetch` that Google's libraries are given: of their settings what is the request goes on, by the wire. With `timeoutMs` it is that which
 * ends the request, its body included, and no signal of the library's.
 */
export function fetchBy(wire: Wire, call: OutgoingCall, timeoutMs?: number): typeof fetch {
  return (url, { method, headers, body, signal } = {}) => {
    const ended = timeoutMs === undefined ? signal : AbortSignal.timeout(timeoutMs);
    return wire.send(call, url instanceof Request ? url.url : url, {
      ...(method === undefined ? {} : { method }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      ...(ended === undefined ? {} : { signal: ended }),
    });
  };
}
