import type { EnvHttpProxyAgent } from 'undici';

type Proxied = (
  input: string | URL | Request,
  init: Omit<RequestInit, 'dispatcher'> & { readonly dispatcher: EnvHttpProxyAgent },
) => Promise<Response>;

let proxied: Promise<{ readonly send: Proxied; readonly dispatcher: EnvHttpProxyAgent }> | undefined;

/**
 * `fetch` through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name (upper or lower case); Node 20 does not
 * look at them. Loopback is never reached through one. Without such a setting it is Node's own `fetch`: undici is loaded
 * only where it is needed, and always with its own `fetch`, because a dispatcher fits the version it comes with.
 */
export const outgoing: typeof fetch = async (input, init) => {
  if (!hasProxy() || isLoopback(input)) return await fetch(input, init);
  proxied ??= import('undici').then((undici) => ({
    send: undici.fetch as unknown as Proxied, // the same interfaces, declared once by Node's types and once by undici
    dispatcher: new undici.EnvHttpProxyAgent(),
  }));
  const { send, dispatcher } = await proxied;
  return await send(input, { ...init, dispatcher });
};

const hasProxy = (): boolean =>
  ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].some((name) => (process.env[name] ?? '') !== '');

function isLoopback(input: string | URL | Request): boolean {
  const { hostname } = new URL(input instanceof Request ? input.url : input);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
