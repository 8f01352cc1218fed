import { appendFileSync } from 'node:fs';
import type { Platform } from '../../domain/platform.js';
import type { VendorRole } from '../operation.js';

/** One request to a vendor: what was asked for, never what was said. */
export interface RecordedCall {
  readonly at: string;
  readonly role: VendorRole;
  readonly vendor: Platform;
  /** Alias from the configuration. */
  readonly tenant: string;
  readonly operation: string;
  readonly method: string;
  /** The vendor's own host and path, also where another base stands for it. */
  readonly url: string;
  /** Parameters of the query, without secrets; a list where one is given more than once. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Names of the body's top-level fields, sorted. */
  readonly bodyFields: readonly string[];
  readonly scopes: readonly string[];
  /** Null when no answer came; then `failure` says why. */
  readonly status: number | null;
  readonly failure?: 'aborted' | 'network';
}

export interface RecordOptions {
  /** Several processes may share one file. */
  readonly file: string;
  readonly role: VendorRole;
  readonly vendor: Platform;
  readonly tenant: string;
  /** Told once when lines cannot be written; the calls go on. */
  readonly onFailure?: (error: unknown) => void;
}

type Outcome = { readonly status: number } | { readonly status: null; readonly failure: 'aborted' | 'network' };
/** Notes how a request ended that went out at a time. */
export type CallRecord = (
  call: { readonly operation: string; readonly scopes: readonly string[] },
  url: URL,
  init: RequestInit,
  at: Date,
  outcome: Outcome,
) => void;

/** Appends each request to a file as one JSON line, in one write; the file is for its owner alone (0600). */
export function recordCalls({ file, role, vendor, tenant, onFailure }: RecordOptions): CallRecord {
  let failed = false;
  return ({ operation, scopes }, url, init, at, outcome) => {
    const line: RecordedCall = {
      at: at.toISOString(),
      role,
      vendor,
      tenant,
      operation,
      method: (init.method ?? 'GET').toUpperCase(),
      url: `${url.origin}${url.pathname}`,
      query: queryOf(url.searchParams),
      bodyFields: bodyFields(init),
      scopes,
      ...outcome,
    };
    try {
      appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    } catch (error) {
      if (!failed) onFailure?.(error);
      failed = true;
    }
  };
}

/** Not paging tokens (`pageToken`, `$skiptoken`), which only go on with what was asked. */
const SECRET = /(^|[_-])(token|secret|password|assertion|signature|key)$|^(sig|code|apikey)$/i;

function queryOf(parameters: URLSearchParams): RecordedCall['query'] {
  const names = [...new Set(parameters.keys())].filter((name) => !SECRET.test(name));
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

/** What looks like a name of a field: a body that is not what its type says gives none of its text away. */
const NAME = /^[\w.@$-]{1,64}$/;

function bodyFields({ body, headers }: RequestInit): readonly string[] {
  const names =
    body instanceof URLSearchParams
      ? [...body.keys()]
      : typeof body !== 'string'
        ? []
        : new Headers(headers).get('content-type')?.startsWith('application/x-www-form-urlencoded')
          ? [...new URLSearchParams(body).keys()]
          : fieldsOfJson(body);
  return [...new Set(names)].filter((name) => NAME.test(name)).sort();
}

function fieldsOfJson(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : [];
  } catch {
    return [];
  }
}
