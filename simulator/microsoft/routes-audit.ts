import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { auditRecords, type AuditRecordRow } from './audit-records.js';
import { PREMIUM_AUDIT } from './licences.js';
import type { Entity } from './odata.js';
import { badRequest, created, fail, notFound, ok, type Reply } from './replies.js';
import type { Router } from './routing.js';
import { guid } from './rows.js';
import type { TenantState } from './state.js';

interface Query {
  readonly id: string;
  readonly displayName: string;
  readonly from: string;
  readonly to: string;
  readonly operations: readonly string[];
  readonly people: readonly string[];
  readonly keyword: string;
  looks: number;
}
const DAY_MS = 86_400_000;
/** How often a search is looked at before it has run. */
const LOOKS = ['notStarted', 'running', 'succeeded'] as const;

/** Purview audit search and the Management Activity API over the same records. */
export function auditRoutes(
  router: Router,
  state: TenantState,
  subscriptions: ReadonlySet<string>,
  options: { readonly version: 'v1.0' | 'beta'; readonly premium: boolean },
): void {
  const records = auditRecords(state).filter((r) => options.premium || !PREMIUM_AUDIT.has(r.record.Operation));
  purview(router, state, records, options.version);
  feed(router, state, records, subscriptions);
}

function purview(
  router: Router,
  state: TenantState,
  records: readonly AuditRecordRow[],
  version: 'v1.0' | 'beta',
): void {
  const queries: Query[] = [];
  const entity = (q: Query): Entity => ({
    id: q.id,
    displayName: q.displayName,
    filterStartDateTime: q.from,
    filterEndDateTime: q.to,
    operationFilters: q.operations,
    userPrincipalNameFilters: q.people,
    status: LOOKS[Math.min(q.looks, LOOKS.length - 1)],
  });

  router.on({ ...OPERATIONS.auditQueries, version }, (call) => router.collection(call, queries.map(entity)));
  router.on({ ...OPERATIONS.createAuditQuery, version }, (call) => {
    const {
      displayName,
      filterStartDateTime: from,
      filterEndDateTime: to,
      operationFilters,
      userPrincipalNameFilters,
      keywordFilter,
    } = call.body;
    if (typeof from !== 'string' || typeof to !== 'string' || !(Date.parse(from) < Date.parse(to)))
      return badRequest('Invalid request data');
    const query: Query = {
      id: guid(`audit-query:${String(queries.length)}`),
      displayName: typeof displayName === 'string' ? displayName : '',
      from,
      to,
      operations: texts(operationFilters),
      people: texts(userPrincipalNameFilters),
      keyword: typeof keywordFilter === 'string' ? keywordFilter : '',
      looks: 0,
    };
    queries.push(query);
    return created(entity(query));
  });
  router.on({ ...OPERATIONS.auditQuery, version }, (call) => {
    const query = queries.find((q) => q.id === call.params['id']);
    if (!query) return notFound();
    query.looks++;
    return ok(entity(query));
  });
  router.on({ ...OPERATIONS.auditRecords, version }, (call) => {
    const query = queries.find((q) => q.id === call.params['id']);
    if (!query) return notFound();
    if (query.looks < LOOKS.length - 1) return badRequest('The query has not completed.');
    const rows = state.visible(records).filter((r) => matches(r, query));
    const entities = rows.map(({ record, at, userPrincipalName }) => ({
      id: record.Id,
      createdDateTime: at.toISOString(),
      operation: record.Operation,
      userPrincipalName,
      userId: userPrincipalName,
      service: record['Workload'],
      clientIp: record['ClientIP'] ?? null,
      auditData: { '@odata.type': '#microsoft.graph.security.defaultAuditData', ...record },
    }));
    return router.collection(call, entities, { maxTop: 1000 });
  });
}

function matches(row: AuditRecordRow, query: Query): boolean {
  const inTime = row.at.getTime() >= Date.parse(query.from) && row.at.getTime() <= Date.parse(query.to);
  const operation =
    query.operations.length === 0 ||
    query.operations.some((o) => o.toLowerCase() === row.record.Operation.toLowerCase());
  const person =
    query.people.length === 0 || query.people.some((p) => p.toLowerCase() === row.userPrincipalName.toLowerCase());
  return inTime && operation && person && JSON.stringify(row.record).includes(query.keyword);
}

/** Blobs: one per content type and minute in which its records became readable. Each repeats the last record of the blob before: duplicates are by design. */
function feed(
  router: Router,
  state: TenantState,
  records: readonly AuditRecordRow[],
  subscriptions: ReadonlySet<string>,
): void {
  const manage = (status: number, code: string): Reply => fail(status, code, code, 'manage');
  const blobs = (
    contentType: string,
  ): readonly { readonly id: string; readonly at: Date; readonly rows: readonly AuditRecordRow[] }[] => {
    const minutes = new Map<number, AuditRecordRow[]>();
    const known = state
      .visible(records)
      .filter((r) => r.contentType === contentType)
      .sort((a, b) => a.visibleAt.getTime() - b.visibleAt.getTime());
    for (const row of known) {
      const minute = Math.floor(row.visibleAt.getTime() / 60_000);
      minutes.set(minute, [...(minutes.get(minute) ?? []), row]);
    }
    const list = [...minutes].map(([minute, rows]) => ({
      id: `${contentType}$${String(minute)}`,
      at: rows[0]?.visibleAt ?? new Date(minute * 60_000),
      rows,
    }));
    return list.map((blob, n) => ({ ...blob, rows: [...(list[n - 1]?.rows.slice(-1) ?? []), ...blob.rows] }));
  };

  router.on(OPERATIONS.activitySubscriptions, () =>
    ok([...subscriptions].map((contentType) => ({ contentType, status: 'enabled', webhook: null }))),
  );
  router.on(OPERATIONS.activityContent, (call) => {
    const { contentType = '', startTime = '', endTime = '', nextPage = '0' } = call.query;
    if (
      !['Audit.General', 'Audit.SharePoint', 'Audit.Exchange', 'Audit.AzureActiveDirectory', 'DLP.All'].includes(
        contentType,
      )
    )
      return manage(400, 'AF20020');
    if (!subscriptions.has(contentType)) return manage(400, 'AF20022');
    const [from, to] = [Date.parse(`${startTime}Z`), Date.parse(`${endTime}Z`)];
    if (!(from < to) || to - from > DAY_MS || from < state.now().getTime() - 7 * DAY_MS) return manage(400, 'AF20030');
    const list = blobs(contentType).filter((b) => b.at.getTime() >= from && b.at.getTime() < to);
    const offset = Number(nextPage);
    const size = 5;
    const body = list.slice(offset, offset + size).map((b) => ({
      contentType,
      contentId: b.id,
      contentUri: `${call.path.replace('/subscriptions/content', '')}/audit/${encodeURIComponent(b.id)}`,
      contentCreated: b.at.toISOString(),
      contentExpiration: new Date(b.at.getTime() + 7 * DAY_MS).toISOString(),
    }));
    const more = `${call.path}?contentType=${contentType}&startTime=${startTime}&endTime=${endTime}&nextPage=${String(offset + size)}`;
    return { status: 200, body, ...(offset + size < list.length ? { headers: { NextPageUri: more } } : {}) };
  });
  router.on(OPERATIONS.activityBlob, (call) => {
    const id = call.params['contentId'] ?? '';
    const blob = blobs(id.split('$')[0] ?? '').find((b) => b.id === id);
    return blob ? ok(blob.rows.map((r) => r.record)) : manage(404, 'AF20050');
  });
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
}
