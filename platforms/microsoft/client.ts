import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { asItCame } from '../kit/rows.js';
import { QuellError } from '../../domain/errors.js';
import { inTime } from '../kit/in-time.js';
import { allPages } from '../kit/pages.js';
import type { SourcePage } from '../ports.js';
import type { OutgoingCall } from '../wire.js';
import { answerError, fromFailedCall } from './errors.js';
import type { MicrosoftApi, MicrosoftOperation } from './operations.js';
import { MICROSOFT_HOSTS, type MicrosoftSettings } from './settings.js';
import { createTokens } from './token.js';

interface CallRequest {
  /** Values of the path's placeholders. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}
/** One page of a list as the vendor gave it: the envelope is checked, the rows are not. */
export interface RawPage {
  readonly rows: readonly unknown[];
  readonly next?: string;
  /** Its link to the next page is none: what lies behind it can't be read. */
  readonly gap?: NonNullable<SourcePage['gap']>;
}

/** One app registration's access to Microsoft. Errors are `QuellError`; nothing is retried here except once after an expired token. */
export interface MicrosoftClient {
  /** Any operation of the table; the answer is checked against the schema. */
  call<T>(operation: MicrosoftOperation, request: CallRequest, answer: z.ZodType<T>): Promise<T>;
  /** A write whose answer does not matter. */
  send(operation: MicrosoftOperation, request: CallRequest): Promise<void>;
  /** One page of a Graph or Defender collection, for readers that take each row by itself; `next` of the page before, verbatim, leads on. */
  page(operation: MicrosoftOperation, request: CallRequest, next?: string): Promise<RawPage>;
  /** The first page, every row of it checked: for look-ups and acts, which an odd row must not mislead. */
  first<T>(operation: MicrosoftOperation, request: CallRequest, row: z.ZodType<T>): Promise<readonly T[]>;
  /** All pages, at most `maxPages` of them (vendors have served links that never end), every row checked: an odd one may be the one that protects. */
  all<T>(
    operation: MicrosoftOperation,
    request: CallRequest,
    row: z.ZodType<T>,
    maxPages?: number,
  ): Promise<readonly T[]>;
  /** One page of a Management API list: a bare array, the next page's address in a header. */
  list(operation: MicrosoftOperation, request: CallRequest, next?: string): Promise<RawPage>;
}

interface Answer {
  readonly body: unknown;
  readonly nextPage?: string;
}

export function createMicrosoftClient(settings: MicrosoftSettings): MicrosoftClient {
  const { wire } = settings;
  const tokens = createTokens(settings);

  async function once(
    operation: MicrosoftOperation,
    request: CallRequest,
    next: string | undefined,
    token: string,
  ): Promise<Answer> {
    const { api, method } = operation;
    const path = { tenantId: settings.tenantId, ...request.path };
    const url =
      next ?? `${api === 'graph' ? `/${operation.version}` : ''}${urlOf(operation, path, request.query ?? {})}`;
    try {
      const { timeoutMs } = settings;
      if (api !== 'graph')
        return await inTime(timeoutMs, request.signal, (signal) => rest(api, operation, url, request, token, signal));
      const { headers = {}, body } = request;
      const { sendBySdk } = await import('./graph-client.js');
      const sent = { call: callOf(operation), method, url, token, headers, body };
      return { body: await inTime(timeoutMs, request.signal, (signal) => sendBySdk(wire, { ...sent, signal })) };
    } catch (error) {
      throw fromFailedCall(operation.name, error, request.signal);
    }
  }

  async function rest(
    api: Exclude<MicrosoftApi, 'graph'>,
    operation: MicrosoftOperation,
    url: string,
    request: CallRequest,
    token: string,
    signal: AbortSignal,
  ): Promise<Answer> {
    const response = await wire.send(callOf(operation), onHost(MICROSOFT_HOSTS[api], url), {
      method: operation.method,
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        'client-request-id': randomUUID(),
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const text = await response.text();
    const body = parseJson(text);
    if (!response.ok)
      throw answerError(
        operation.name,
        response.status,
        errorBody.safeParse(body).data?.error.code,
        response.headers.get('retry-after'),
      );
    const nextPage = response.headers.get('nextpageuri');
    return { body, ...(nextPage === null ? {} : { nextPage }) };
  }

  async function ask(operation: MicrosoftOperation, request: CallRequest, next?: string): Promise<Answer> {
    const token = await tokens.get(operation.api, request.signal);
    try {
      return await once(operation, request, next, token);
    } catch (error) {
      if (!(error instanceof QuellError) || error.code !== 'VENDOR_AUTH') throw error;
      tokens.drop(operation.api, token); // refused before anything was done: once more with a new token
      return await once(operation, request, next, await tokens.get(operation.api, request.signal));
    }
  }

  function checked<T>(operation: MicrosoftOperation, schema: z.ZodType<T>, body: unknown): T {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new QuellError('VENDOR_REPLY', `${operation.name}: unexpected shape`);
  }

  const client: MicrosoftClient = {
    call: async (operation, request, answer) => checked(operation, answer, (await ask(operation, request)).body),
    send: async (operation, request) => {
      const { body } = await ask(operation, request);
      if (body instanceof ReadableStream) await body.cancel();
      // Not JSON: it may be a proxy that answers, and the write was never made. Whoever wrote looks whether it took.
      if (typeof body === 'string') throw new QuellError('VENDOR_REPLY', `${operation.name}: not JSON`);
    },
    page: async (operation, request, next) => {
      const { value, '@odata.nextLink': link } = checked(
        operation,
        collection,
        (await ask(operation, request, next)).body,
      );
      return { rows: value, ...following(link) };
    },
    first: async (operation, request, row) =>
      checked(operation, z.array(row), (await client.page(operation, request)).rows),
    all: (operation, request, row, pages = 50) =>
      allPages(
        async (next) => {
          const page = await client.page(operation, request, next);
          if (page.gap)
            throw new QuellError('VENDOR_REPLY', `${operation.name}: the list can’t be followed to its end`);
          return { rows: checked(operation, z.array(row), page.rows), next: page.next };
        },
        { pages, rows: Number.POSITIVE_INFINITY },
      ),
    list: async (operation, request, next) => {
      const { body, nextPage } = await ask(operation, request, next);
      return { rows: checked(operation, z.array(z.unknown()), body), ...following(nextPage) };
    },
  };
  return client;
}

const collection = z.looseObject({ value: z.array(z.unknown()), '@odata.nextLink': asItCame });

/** Where a list goes on. */
function following(link: unknown): Pick<RawPage, 'next' | 'gap'> {
  if (link === undefined || link === null || link === '') return {};
  if (typeof link === 'string' && URL.canParse(link, MICROSOFT_HOSTS.graph)) return { next: link };
  return {
    gap: {
      code: 'VENDOR_REPLY',
      text: 'The vendor’s link to the next page is none; what lies behind it was not read.',
    },
  };
}

const errorBody = z.looseObject({ error: z.looseObject({ code: z.string() }) });

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // a proxy page or a body that broke off: no schema takes it
  }
}

const callOf = ({ name, scopes, limit }: MicrosoftOperation): OutgoingCall => ({ operation: name, scopes, limit });

/** A path, or a paging link of the vendor, on the vendor's own host: whatever host a link names, a token goes nowhere else. */
function onHost(host: string, url: string): string {
  if (!URL.canParse(url)) return `${host}${url}`;
  const { pathname, search } = new URL(url);
  return `${new URL(host).origin}${pathname}${search}`;
}

/** Template filled with encoded values; the SDK encodes nothing by itself. */
function urlOf(
  operation: MicrosoftOperation,
  values: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>>,
): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === '' || value === '.' || value === '..')
      throw new QuellError('CONFIG', `${operation.name} needs ${name}`);
    return encodeURIComponent(value);
  });
  const search = Object.entries(query).map(([k, v]) => `${k}=${encodeURIComponent(v)}`);
  return search.length === 0 ? path : `${path}?${search.join('&')}`;
}

/** A string literal of an OData filter. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
