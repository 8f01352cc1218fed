import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { inTime } from '../kit/in-time.js';
import type { OutgoingCall, Wire } from '../wire.js';
import { busyMs, codeError, isCode, statusError } from './errors.js';
import type { SlackOperation } from './methods.js';
import { SLACK, type SlackSettings } from './settings.js';

export interface CallSettings {
  readonly signal?: AbortSignal | undefined;
  /** Typed codes that are answers here, not errors, with the body that stands for each (`no_active_sessions`: an empty list). */
  readonly answers?: Readonly<Record<string, unknown>>;
}
export interface RestCall extends CallSettings {
  readonly method: 'GET' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

export interface SlackClient {
  /** A Web API method through Slack's SDK. Arguments that are undefined are left out. */
  call<T>(
    operation: SlackOperation,
    args: Readonly<Record<string, unknown>>,
    shape: z.ZodType<T>,
    settings?: CallSettings,
  ): Promise<T>;
  /** Audit Logs API and SCIM: the SDK only posts forms. */
  rest<T>(operation: SlackOperation, call: RestCall, shape: z.ZodType<T>): Promise<T>;
}

/** Calls by the wire, with the token that the operation's table names. Errors are of the catalogue. */
export function createSlackClient(settings: SlackSettings): SlackClient {
  const token = (operation: SlackOperation): string => {
    const { tokens } = settings;
    if (operation.token === 'none') throw new QuellError('CONFIG', `${operation.name} goes without a token`);
    const value = operation.api === 'scim' ? (tokens.scim ?? tokens.admin) : tokens[operation.token];
    if (value === undefined || value === '')
      throw new QuellError('VENDOR_AUTH', `${operation.name} needs the ${operation.token} token`);
    return value;
  };
  return {
    async call(operation, args, shape, { signal, answers } = {}) {
      signal?.throwIfAborted();
      const sdk = await import('./sdk.js');
      const own = token(operation);
      const body = await inTime(settings.timeoutMs, signal, (limit) =>
        sdk.callMethod(operation.name, args, { token: own, fetch: throughWire(settings.wire, operation, limit) }),
      ).catch((error: unknown) => {
        const code = sdk.refusalOf(error);
        if (code !== undefined && answers && Object.hasOwn(answers, code)) return answers[code];
        throw sdk.fromSdkError(operation.name, error, signal);
      });
      return parsed(operation, shape, body);
    },
    async rest(operation, call, shape) {
      call.signal?.throwIfAborted();
      const { status, header, body } = await restCall(settings, operation, call, token(operation));
      const code = errorCode(body);
      if (code !== undefined && call.answers && Object.hasOwn(call.answers, code))
        return parsed(operation, shape, call.answers[code]);
      if (code !== undefined && status >= 400)
        throw status === 429 ? statusError(operation.name, status, header) : codeError(operation.name, code);
      if (status < 200 || status > 299) throw statusError(operation.name, status, header);
      if (code !== undefined) throw codeError(operation.name, code, busyMs(header));
      return parsed(operation, shape, body);
    },
  };
}

async function restCall(settings: SlackSettings, operation: SlackOperation, call: RestCall, token: string) {
  const init = {
    method: call.method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  };
  try {
    return await inTime(settings.timeoutMs, call.signal, async (signal) => {
      const response = await settings.wire.send(outgoing(operation), addressOf(operation, call), { ...init, signal });
      return {
        status: response.status,
        header: response.headers.get('retry-after'),
        body: jsonOf(await response.text()),
      };
    });
  } catch (error) {
    if (call.signal?.aborted) throw call.signal.reason;
    if (error instanceof QuellError) throw error;
    throw new QuellError('VENDOR_DOWN', operation.name);
  }
}

const outgoing = ({ name, scopes, limit }: SlackOperation): OutgoingCall => ({ operation: name, scopes, limit });

function addressOf(operation: SlackOperation, { path, query = {} }: RestCall): URL {
  const url = new URL(path, operation.api === 'audit' ? SLACK.audit : SLACK.scim);
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
  return url;
}

const scimError = z.looseObject({ code: z.union([z.int(), z.string()]).nullish(), description: z.string().nullish() });
const errorBody = z.union([
  z.looseObject({ ok: z.literal(false), error: z.string() }).transform((b) => b.error),
  // SCIM v1, and v2 for a bad token: the typed code is in `description`.
  z.looseObject({ Errors: scimError }).transform((b) => b.Errors.description ?? undefined),
  // SCIM v2 (RFC 7644): the typed code is in `detail`.
  z.looseObject({ detail: z.string(), status: z.union([z.int(), z.string()]) }).transform((b) => b.detail),
]);

function errorCode(body: unknown): string | undefined {
  const code = errorBody.safeParse(body).data;
  return code !== undefined && isCode(code) ? code : undefined;
}

/** A 429 without a usable Retry-After makes the SDK throw an error without type; here it gets one. */
function throughWire(wire: Wire, operation: SlackOperation, signal: AbortSignal): typeof fetch {
  return async (input, init = {}) => {
    if (input instanceof Request) throw new TypeError('the SDK of Slack gives addresses');
    const response = await wire.send(outgoing(operation), input, { ...init, signal });
    if (response.status === 429) throw statusError(operation.name, 429, response.headers.get('retry-after'));
    return response;
  };
}

function parsed<T>(operation: SlackOperation, shape: z.ZodType<T>, body: unknown): T {
  const result = shape.safeParse(body);
  if (!result.success) throw new QuellError('VENDOR_REPLY', operation.name);
  return result.data;
}

function jsonOf(text: string): unknown {
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
