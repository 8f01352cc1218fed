import type { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { inTime } from '../kit/in-time.js';
import { createAccessTokens } from './access-tokens.js';
import { fromGoogleError } from './errors.js';
import type { GoogleApi, GoogleMethod, MethodOf } from './methods.js';
import { fetchBy } from './sdk-fetch.js';
import { loadSdk, type GoogleSdk } from './sdk.js';
import type { GoogleSettings } from './settings.js';

/** Passed to every SDK call: the token, the way out, and nothing that the SDK would do by itself. */
export interface SdkOptions {
  readonly headers: Headers;
  readonly signal: AbortSignal;
  readonly fetchImplementation: typeof fetch;
  readonly retry: false;
  readonly responseType: 'json';
  readonly noProxy: RegExp[];
  readonly validateStatus: (status: number) => boolean;
}
type Send<A extends GoogleApi> = (api: GoogleSdk[A], options: SdkOptions) => Promise<{ readonly data: unknown }>;

/** Whom a call is made as: the administrator, an address, or the service account itself. */
export type ActAs = 'admin' | 'app' | { readonly email: string };

/** One service account's access to Google. Errors are `QuellError`; nothing is retried here except once after a refused token. */
export interface GoogleClient {
  /** A call whose answer is checked against the schema; `send` uses the SDK with the options it is given. */
  call<A extends GoogleApi, T>(
    method: MethodOf<A>,
    as: ActAs,
    send: Send<A>,
    answer: z.ZodType<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** A write whose answer does not matter. */
  send<A extends GoogleApi>(method: MethodOf<A>, as: ActAs, send: Send<A>, signal?: AbortSignal): Promise<void>;
}

export function createGoogleClient(settings: GoogleSettings): GoogleClient {
  const tokens = createAccessTokens(settings);

  async function ask<A extends GoogleApi>(
    method: MethodOf<A>,
    as: ActAs,
    send: Send<A>,
    signal: AbortSignal | undefined,
    again = false,
  ): Promise<unknown> {
    const subject = as === 'admin' ? settings.adminSubject : as === 'app' ? undefined : as.email;
    const scope = method.scopes[0] ?? '';
    try {
      const token = await tokens.get(subject, scope, signal);
      const sdk = await loadSdk(method.api);
      const { data } = await inTime(settings.timeoutMs, signal, (limit) =>
        send(sdk, optionsOf(settings, method, token, limit)),
      );
      // The SDK hands on what it cannot parse as text; an empty body is an empty text.
      if (typeof data === 'string' && data !== '') throw new QuellError('VENDOR_REPLY', `${method.name}: not JSON`);
      return data;
    } catch (error) {
      const known = fromGoogleError(method.name, error, signal);
      if (!(known instanceof QuellError) || known.code !== 'VENDOR_AUTH') throw known;
      tokens.drop(subject, scope);
      if (again) throw known;
      return ask(method, as, send, signal, true); // refused before anything was done: once more with a new token
    }
  }

  return {
    call: async (method, as, send, answer, signal) => {
      const parsed = answer.safeParse(await ask(method, as, send, signal));
      if (parsed.success) return parsed.data;
      throw new QuellError('VENDOR_REPLY', `${method.name}: unexpected shape`);
    },
    send: async (method, as, send, signal) => {
      await ask(method, as, send, signal);
    },
  };
}

/**
 * No retries, no proxy of the SDK's own, no redirects; the time-out covers the body too. It is not the SDK's `timeout`:
 * with that, a signal that is aborted already is ignored and the request goes out.
 */
function optionsOf({ wire }: GoogleSettings, method: GoogleMethod, token: string, signal: AbortSignal): SdkOptions {
  const call = { operation: method.name, scopes: method.scopes.slice(0, 1), limit: method.limit };
  return {
    headers: new Headers({ authorization: `Bearer ${token}` }),
    signal,
    fetchImplementation: fetchBy(wire, call),
    retry: false,
    responseType: 'json',
    noProxy: [/^/],
    validateStatus: (status) => status >= 200 && status < 300,
  };
}

/** The resource names that are used. */
const NAMES = [
  /^spaces\/[\w-]+(\/messages\/[\w.-]+)?$/,
  /^devices\/[\w-]+(\/deviceUsers\/[\w-]+)?$/,
  /^accessPolicies\/\d+(\/accessLevels\/[A-Za-z]\w{0,49})?$/,
];

/** A resource name that goes into a path as it is: the SDK does not encode `{+name}`, so `..`, `?` and `#` must not get there. */
export function resourceName(name: string): string {
  if (NAMES.some((pattern) => pattern.test(name))) return name;
  throw new QuellError('CONFIG', 'not a resource name that is used');
}
