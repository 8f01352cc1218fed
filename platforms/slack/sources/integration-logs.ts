import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { mapRows, maybe, needed, someText, type Mapped } from '../../kit/rows.js';
import { OPERATIONS } from '../methods.js';
import { pageAfter, paging, rowsOf } from '../pages.js';
import { atUnix, eventOf, isApp, pageOf, perTeam, seconds, unixOf, within, type SourceContext } from './source.js';

const ORIGIN = { source: 'slack.integration_logs', logSource: 'integration' } as const;
export const integrationLogPage = z.looseObject({ logs: rowsOf, paging });
/** `change_type`: `added`, `removed`, `enabled`, `disabled`, `expanded`, `updated`. What was changed and when is a row. */
export const integrationLog = z.looseObject({
  user_id: someText,
  date: z.unknown().optional(),
  change_type: z.string().min(1),
  app_id: someText,
  app_type: someText,
  service_id: someText,
  service_type: someText,
  scope: maybe(z.union([z.string(), z.array(z.string()).transform((scopes) => scopes.join(','))])),
});
export type IntegrationLog = z.infer<typeof integrationLog>;
export const GIVES_ACCESS = new Set(['added', 'expanded', 'enabled']);

/** Seconds; a row without a time is odd. */
export const changedAt = ({ date }: IntegrationLog): number => needed(unixOf(date), 'date');

/** Names a change for good: the log gives its rows no id. */
export const changeId = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

const COUNT = 200;

/** `team.integrationLogs`, newest first: apps that the subject (or, for an app, anybody) added, changed or removed. On every paid plan. */
export function integrationLogSource(context: SourceContext): EvidenceSource {
  const read = perTeam(context, (teamId) => async (query, next, { signal }) => {
    const page = Number(next ?? '1');
    const args = {
      ...(isApp(query.nativeId) ? { app_id: query.nativeId } : { user: query.nativeId }),
      count: COUNT,
      page,
      team_id: context.plan === 'enterprise' ? teamId : undefined,
    };
    const body = await context.client.call(OPERATIONS.integrationLogs, args, integrationLogPage, { signal });
    const mapped = changesIn(context, teamId, query, body.logs);
    return pageOf(mapped, isOlder(body.logs, query) ? {} : pageAfter(page, body.paging, body.logs.length, COUNT));
  });
  return {
    id: ORIGIN.source,
    logSource: ORIGIN.logSource,
    depth: 'narrow',
    kinds: ['app_grant', 'config_change'],
    lagSeconds: 900,
    read,
  };
}

export const changesIn = (
  context: SourceContext,
  teamId: string,
  query: SourceQuery,
  rows: readonly unknown[],
): Mapped<EvidenceEvent> =>
  mapRows(rows, integrationLog, (row) => {
    const date = changedAt(row);
    if (!within(query, date)) return [];
    const id = row.app_id ?? row.service_id ?? 'unknown';
    const scopes = scopesOf(row);
    const name = row.app_type ?? row.service_type;
    return [
      eventOf(context, ORIGIN, changeId([teamId, row.user_id, date, id, row.change_type, scopes]), {
        kind: GIVES_ACCESS.has(row.change_type) ? 'app_grant' : 'config_change',
        at: atUnix(date),
        operation: `integration.${row.change_type}`,
        actor: row.user_id,
        app: { id, ...(name === undefined ? {} : { name }), ...(scopes.length > 0 ? { scopes } : {}) },
        target: { type: 'app', id, ...(name === undefined ? {} : { name }) },
      }),
    ];
  });

const scopesOf = ({ scope }: IntegrationLog): readonly string[] =>
  (scope ?? '')
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '');

function isOlder(rows: readonly unknown[], { from }: SourceQuery): boolean {
  const times = rows.flatMap((row) => unixOf((row as { readonly date?: unknown } | null)?.date) ?? []);
  return times.length > 0 && times.every((date) => date < seconds(from));
}
