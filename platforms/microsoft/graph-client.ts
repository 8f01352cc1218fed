import { randomUUID } from 'node:crypto';
import { AuthenticationHandler, Client, type Context, type Middleware } from '@microsoft/microsoft-graph-client';
import { MICROSOFT_HOSTS } from './settings.js';

interface SdkRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path with version and encoded query, or an absolute `@odata.nextLink`. */
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * The Graph SDK with its surprises taken out: no retry handler (it retries POSTs and sleeps minutes), no redirect
 * handler (a token never travels to another host), and a last step of our own that sends the request to the configured
 * base. Inside the SDK every URL stays on graph.microsoft.com, because it attaches tokens to those hosts over https only.
 */
export function createSdk(options: {
  readonly base: string;
  readonly token: () => Promise<string>;
  readonly fetch: typeof fetch;
}): (request: SdkRequest) => Promise<unknown> {
  const base = new URL(options.base);
  const last: Middleware = {
    async execute(context: Context): Promise<void> {
      const request: unknown = context.request; // its type is of the DOM library
      const asked = new URL(typeof request === 'string' ? request : (request as Request).url);
      const target = `${base.origin}${base.pathname.replace(/\/$/, '')}${asked.pathname}${asked.search}`;
      context.response = await options.fetch(target, { ...context.options, redirect: 'manual' });
    },
  };
  const client = Client.initWithMiddleware({
    middleware: [new AuthenticationHandler({ getAccessToken: options.token }), last],
  });

  return async ({ method, url, body, headers, signal }) => {
    const request = client
      .api(onGraphHost(url))
      .headers({ 'client-request-id': randomUUID(), ...headers })
      .options({ signal });
    switch (method) {
      case 'GET':
        return (await request.get()) as unknown;
      case 'POST':
        return (await request.post(body ?? {})) as unknown; // an empty POST is refused
      case 'PATCH':
        return (await request.patch(body)) as unknown;
      case 'DELETE':
        return (await request.delete()) as unknown;
    }
  };
}

/** Paging links are followed as they are, except for the host: it is always the configured one. */
function onGraphHost(url: string): string {
  const parsed = new URL(url, MICROSOFT_HOSTS.graph);
  return `${MICROSOFT_HOSTS.graph}${parsed.pathname}${parsed.search}`;
}
