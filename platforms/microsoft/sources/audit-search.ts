import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { quoted } from '../client.js';
import { OPERATIONS } from '../operations.js';
import { AUDIT_KINDS, AUDIT_OPERATIONS, auditEvent, auditRecord } from './audit-record.js';
import type { SourceContext } from './source.js';

const SOURCE = 'microsoft.audit_search';
const DAY_MS = 86_400_000;

export interface AuditSearchOptions {
  /** Wait between two looks at a running search, milliseconds. */
  readonly pollMs: number;
  /** A search still running after this is a gap, and is found again by the next collection. */
  readonly maxWaitMs: number;
  /** Length of one search; long ones break off after about 20,000 rows. */
  readonly windowDays: number;
  /** How many searches run at a time: those of the next windows while one is read. */
  readonly ahead: number;
  /** The version of Graph to ask first. Tenants differ in which one has audit search; the other is tried when it has not. */
  readonly version: 'v1.0' | 'beta';
}

interface Window {
  readonly from: string;
  readonly to: string;
}

/** Where a collection stands: window by window, each search begun, waited for, then read. */
const cursorShape = z.strictObject({
  window: z.int().nonnegative(),
  version: z.enum(['v1.0', 'beta']),
  queryId: z.string().optional(),
  waitedMs: z.number().default(0),
  reading: z.boolean().default(false),
  next: z.string().optional(),
});
type Cursor = z.infer<typeof cursorShape>;

const auditQuery = z.looseObject({ id: z.string(), displayName: z.string().nullish(), status: z.string().nullish() });
const recordRow = z.looseObject({ id: z.string(), auditData: auditRecord });
const account = z.looseObject({ userPrincipalName: z.string() });

/**
 * Purview audit search: asynchronous (create, wait, read). Each search carries a name derived from what it asks, so a
 * collection that starts again adopts its own search instead of making another. Records may come a day late.
 */
export function auditSearchSource(context: SourceContext, options: AuditSearchOptions): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'file_transfer',
    depth: 'wide',
    kinds: AUDIT_KINDS,
    lagSeconds: 24 * 3600,
    read: async (query, cursor, { signal } = {}) => {
      const at: Cursor =
        cursor === undefined
          ? { window: 0, version: options.version, waitedMs: 0, reading: false }
          : cursorShape.parse(JSON.parse(cursor));
      const windows = windowsOf(query, options.windowDays);
      const window = windows[at.window];
      if (!window) return { events: [] };
      if (at.queryId === undefined) {
        return {
          events: [],
          next: JSON.stringify({
            ...at,
            ...(await begin(context, query, windows.slice(at.window, at.window + options.ahead), at.version, signal)),
          }),
        };
      }
      if (!at.reading)
        return { events: [], next: JSON.stringify(await look(context, at, at.queryId, options, signal)) };

      const page = await context.client.page(
        { ...OPERATIONS.auditRecords, version: at.version },
        { path: { id: at.queryId }, query: { $top: '1000' }, signal },
        recordRow,
        at.next,
      );
      const events = page.rows
        .map((row) => auditEvent(context, SOURCE, row.auditData, query))
        .filter((e) => e !== undefined);
      if (page.next !== undefined) return { events, next: JSON.stringify({ ...at, next: page.next }) };
      return at.window + 1 < windows.length
        ? { events, next: JSON.stringify({ window: at.window + 1, version: at.version }) }
        : { events };
    },
  };
}

type Version = Cursor['version'];

/** The searches of some windows, made or found again; the first is waited for. Where this version of Graph has no audit search, the other is asked. */
async function begin(
  context: SourceContext,
  query: SourceQuery,
  windows: readonly Window[],
  version: Version,
  signal: AbortSignal | undefined,
): Promise<{ readonly queryId: string; readonly version: Version }> {
  const who = await whoActed(context, query, signal);
  const all = async (v: Version): Promise<string> => {
    let first: string | undefined;
    for (const window of windows) {
      const id = await findOrCreate(context, query, { window, who, version: v }, signal);
      first ??= id;
    }
    if (first === undefined) throw new QuellError('CONFIG', 'cursor of another window');
    return first;
  };
  try {
    return { queryId: await all(version), version };
  } catch (error) {
    if (!isUnknownHere(error)) throw error;
    const other = version === 'beta' ? 'v1.0' : 'beta';
    try {
      return { queryId: await all(other), version: other };
    } catch (second) {
      throw isUnknownHere(second) ? error : second;
    }
  }
}

/** How a version of Graph says that it has no audit search: 404, or 400 "Resource not found for the segment". */
const isUnknownHere = (error: unknown): boolean =>
  error instanceof QuellError && (error.code === 'VENDOR_NOT_FOUND' || error.code === 'VENDOR_REFUSED');

/** What narrows a search to the subject: the principal name of a person; for an app its id, wherever a record names it. */
async function whoActed(context: SourceContext, query: SourceQuery, signal: AbortSignal | undefined): Promise<object> {
  if (query.emails.length === 0) return { keywordFilter: query.nativeId };
  const { userPrincipalName } = await context.client.call(
    OPERATIONS.user,
    { path: { id: query.nativeId }, query: { $select: 'userPrincipalName' }, signal },
    account,
  );
  return { userPrincipalNameFilters: [userPrincipalName] };
}

async function findOrCreate(
  context: SourceContext,
  query: SourceQuery,
  { window, who, version }: { readonly window: Window; readonly who: object; readonly version: Version },
  signal: AbortSignal | undefined,
): Promise<string> {
  const displayName = `quell-${createHash('sha256').update(`${context.tenant}|${query.nativeId}|${window.from}|${window.to}`).digest('hex').slice(0, 24)}`;
  const own = await context.client.all(
    { ...OPERATIONS.auditQueries, version },
    { query: { $filter: `displayName eq ${quoted(displayName)}` }, signal },
    auditQuery,
  );
  const usable = own.find((q) => q.displayName === displayName && !['failed', 'cancelled'].includes(q.status ?? ''));
  if (usable) return usable.id;
  const body = {
    displayName,
    filterStartDateTime: window.from,
    filterEndDateTime: window.to,
    operationFilters: AUDIT_OPERATIONS,
    ...who,
  };
  return (await context.client.call({ ...OPERATIONS.createAuditQuery, version }, { body, signal }, auditQuery)).id;
}

async function look(
  context: SourceContext,
  at: Cursor,
  queryId: string,
  options: AuditSearchOptions,
  signal: AbortSignal | undefined,
): Promise<Cursor> {
  const { status } = await context.client.call(
    { ...OPERATIONS.auditQuery, version: at.version },
    { path: { id: queryId }, signal },
    auditQuery,
  );
  if (status === 'succeeded') return { ...at, reading: true };
  if (status === 'failed' || status === 'cancelled')
    throw new QuellError('VENDOR_REFUSED', `audit search ended as ${status}`);
  if (at.waitedMs >= options.maxWaitMs)
    throw new QuellError('VENDOR_BUSY', 'audit search is still running', { retryAfterMs: options.pollMs });
  await sleep(options.pollMs, undefined, signal ? { signal } : {});
  return { ...at, waitedMs: at.waitedMs + options.pollMs };
}

function windowsOf(query: SourceQuery, days: number): readonly Window[] {
  const end = Date.parse(query.to);
  const windows = [];
  for (let from = Date.parse(query.from); from < end; from += days * DAY_MS) {
    windows.push({
      from: new Date(from).toISOString(),
      to: new Date(Math.min(end, from + days * DAY_MS)).toISOString(),
    });
  }
  return windows;
}
