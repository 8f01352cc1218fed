import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { OPERATIONS, type MicrosoftOperation } from '../operations.js';
import { readRows, someText } from '../../kit/rows.js';
import { LEADS_TO_ITSELF } from '../../kit/steps.js';
import { auditEvents } from './audit-event.js';
import { AUDIT_KINDS, AUDIT_OPERATIONS } from './audit-operations.js';
import { auditRecord } from './audit-record.js';
import { sourcePage, type SourceContext } from './source.js';

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

export const auditQuery = z.looseObject({ id: z.string().min(1), displayName: someText, status: someText });
/** A row carries the record of the service in `auditData`, and beside it what all services say. */
export const recordRow = z.preprocess((row: unknown): unknown => {
  const { id, createdDateTime, operation, auditData } = (row ?? {}) as Readonly<Record<string, unknown>>;
  const record = typeof auditData === 'object' ? auditData : undefined;
  return { Id: id, CreationTime: createdDateTime, Operation: operation, ...record };
}, auditRecord);
const account = z.looseObject({ userPrincipalName: someText });

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
        at.next,
      );
      const { next, ...read } = sourcePage(page, recordRow, (row, notes) =>
        auditEvents(context, SOURCE, row, query, notes),
      );
      if (next !== undefined && next !== at.next) return { ...read, next: JSON.stringify({ ...at, next }) };
      return {
        ...read,
        ...(next === undefined ? {} : { gap: LEADS_TO_ITSELF }),
        ...(at.window + 1 < windows.length
          ? { next: JSON.stringify({ window: at.window + 1, version: at.version }) }
          : {}),
      };
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
  return { userPrincipalNameFilters: userPrincipalName === undefined ? query.emails : [userPrincipalName] };
}

async function findOrCreate(
  context: SourceContext,
  query: SourceQuery,
  { window, who, version }: { readonly window: Window; readonly who: object; readonly version: Version },
  signal: AbortSignal | undefined,
): Promise<string> {
  const displayName = `quell-${createHash('sha256').update(`${context.tenant}|${query.nativeId}|${window.from}|${window.to}`).digest('hex').slice(0, 24)}`;
  const usable = await begun(context, { ...OPERATIONS.auditQueries, version }, displayName, signal);
  if (usable !== undefined) return usable;
  const body = {
    displayName,
    filterStartDateTime: window.from,
    filterEndDateTime: window.to,
    operationFilters: AUDIT_OPERATIONS,
    ...who,
  };
  return (await context.client.call({ ...OPERATIONS.createAuditQuery, version }, { body, signal }, auditQuery)).id;
}

/** The search of that name that runs or has run. The list takes no filter by name; a row of it that can't be read is none of ours. */
async function begun(
  { client }: SourceContext,
  operation: MicrosoftOperation,
  displayName: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let next: string | undefined;
  for (let n = 0; n < MOST_LISTED; n++) {
    const page = await client.page(operation, { signal }, next);
    const found = readRows(page.rows, auditQuery).values.find(
      (q) => q.displayName === displayName && !['failed', 'cancelled'].includes(q.status?.toLowerCase() ?? ''),
    );
    if (found || page.next === undefined || page.next === next) return found?.id;
    next = page.next;
  }
  return undefined;
}
/** Pages of searches, others' too; Purview keeps a search for thirty days. */
const MOST_LISTED = 50;

async function look(
  context: SourceContext,
  at: Cursor,
  queryId: string,
  options: AuditSearchOptions,
  signal: AbortSignal | undefined,
): Promise<Cursor> {
  const found = await context.client.call(
    { ...OPERATIONS.auditQuery, version: at.version },
    { path: { id: queryId }, signal },
    auditQuery,
  );
  const status = found.status?.toLowerCase();
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
