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
}

interface Window {
  readonly from: string;
  readonly to: string;
}

/** Where a collection stands: window by window, each search begun, waited for, then read. */
const cursorShape = z.strictObject({
  window: z.int().nonnegative(),
  version: z.enum(['v1.0', 'beta']).default('v1.0'),
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
          ? { window: 0, version: 'v1.0', waitedMs: 0, reading: false }
          : cursorShape.parse(JSON.parse(cursor));
      const windows = windowsOf(query, options.windowDays);
      const window = windows[at.window];
      if (!window) return { events: [] };
      if (at.queryId === undefined) {
        return {
          events: [],
          next: JSON.stringify({ ...at, ...(await begin(context, query, window, at.version, signal)) }),
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

/** The search of a window, made or found again. Tenants differ in which version of Graph has audit search: the other one is tried once. */
async function begin(
  context: SourceContext,
  query: SourceQuery,
  window: Window,
  version: Version,
  signal: AbortSignal | undefined,
): Promise<{ readonly queryId: string; readonly version: Version }> {
  try {
    return { queryId: await findOrCreate(context, query, window, version, signal), version };
  } catch (error) {
    if (!(error instanceof QuellError) || error.code !== 'VENDOR_NOT_FOUND' || version === 'beta') throw error;
    return { queryId: await findOrCreate(context, query, window, 'beta', signal), version: 'beta' };
  }
}

async function findOrCreate(
  context: SourceContext,
  query: SourceQuery,
  window: Window,
  version: Version,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { userPrincipalName } = await context.client.call(
    OPERATIONS.user,
    { path: { id: query.nativeId }, query: { $select: 'userPrincipalName' }, signal },
    account,
  );
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
    userPrincipalNameFilters: [userPrincipalName],
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
