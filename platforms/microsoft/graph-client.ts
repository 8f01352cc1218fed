import { randomUUID } from 'node:crypto';
import {
  AuthenticationHandler,
  Client,
  GraphError,
  type Context,
  type Middleware,
} from '@microsoft/microsoft-graph-client';
import { QuellError } from '../../domain/errors.js';
import type { OutgoingCall, Wire } from '../wire.js';
import { answerError } from './errors.js';
import { MICROSOFT_HOSTS } from './settings.js';

interface SdkRequest {
  readonly call: OutgoingCall;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path with version and encoded query, or an absolute `@odata.nextLink`. */
  readonly url: string;
  readonly token: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * One request by the Graph SDK with its surprises taken out: no retry handler (it retries POSTs and sleeps minutes), no
 * redirect handler (a token never travels to another host), and a last step of our own that hands the request to the wire.
 * Inside the SDK every URL stays on graph.microsoft.com, because it attaches tokens to those hosts over https only.
 * Errors: those of the wire as they are, else of the catalogue. This module loads the SDK; it is loaded with the first call.
 */
export async function sendBySdk(wire: Wire, request: SdkRequest): Promise<unknown> {
  const { call, method, url, token, body, headers, signal } = request;
  let failed: { readonly error: unknown } | undefined; // the SDK would turn it into an error of its own
  const last: Middleware = {
    async execute(context: Context): Promise<void> {
      const asked: unknown = context.request; // its type is of the DOM library
      try {
        const target = typeof asked === 'string' ? asked : (asked as Request).url;
        context.response = await wire.send(call, target, context.options ?? {});
      } catch (error) {
        failed = { error };
        throw error;
      }
    },
  };
  const client = Client.initWithMiddleware({
    middleware: [new AuthenticationHandler({ getAccessToken: () => Promise.resolve(token) }), last],
  });
  const prepared = client
    .api(onGraphHost(url))
    .headers({ 'client-request-id': randomUUID(), ...headers })
    .options({ signal });
  try {
    switch (method) {
      case 'GET':
        return (await prepared.get()) as unknown;
      case 'POST':
        return (await prepared.post(body ?? {})) as unknown; // an empty POST is refused
      case 'PATCH':
        return (await prepared.patch(body)) as unknown;
      case 'DELETE':
        return (await prepared.delete()) as unknown;
    }
  } catch (error) {
    throw failed ? failed.error : fromGraphError(call.operation, error);
  }
}

/** What the Graph SDK threw, as an error of the catalogue. */
function fromGraphError(operation: string, error: unknown): unknown {
  if (!(error instanceof GraphError)) return error;
  if (error.body instanceof ReadableStream) void error.body.cancel().catch(() => undefined);
  const success = error.statusCode >= 200 && error.statusCode < 300;
  if (error.statusCode > 0 && !success)
    return answerError(operation, error.statusCode, error.code, error.headers?.get('retry-after'));
  // A body that is no JSON; else no answer at all, or one that broke off (reset, our own time-out).
  return new QuellError(
    error.code === 'SyntaxError' ? 'VENDOR_REPLY' : 'VENDOR_DOWN',
    `${operation}: no usable answer`,
  );
}

/** Paging links are followed as they are, except for the host: it is always Graph's own. */
function onGraphHost(url: string): string {
  const parsed = new URL(url, MICROSOFT_HOSTS.graph);
  return `${MICROSOFT_HOSTS.graph}${parsed.pathname}${parsed.search}`;
}
