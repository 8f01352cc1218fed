import type { OutgoingCall, Wire } from '../../platforms/wire.js';

/** One request as it left for the vendor's own address, and its answer. */
export interface Exchange {
  readonly call: OutgoingCall;
  readonly method: string;
  readonly url: URL;
  /** Empty when there is none. */
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/** A wire that tells what goes over it. */
export function observedWire(wire: Wire, told: (exchange: Exchange) => void): Wire {
  return {
    async send(call, url, init) {
      const response = await wire.send(call, url, init);
      const { method = 'GET', body } = init;
      told({
        call,
        method,
        url: new URL(url),
        body: body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : '',
        status: response.status,
        answer: await response.clone().text(),
      });
      return response;
    },
  };
}
