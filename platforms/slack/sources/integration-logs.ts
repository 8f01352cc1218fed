import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EvidenceSource } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { eventOf, instantOf, isApp, lenient, perTeam, seconds, within, type SourceContext } from './source.js';

const ORIGIN = { source: 'slack.integration_logs', logSource: 'integration' } as const;
export const paging = z.looseObject({ page: z.number(), pages: z.number() });
export const integrationLogPage = z.looseObject({ logs: z.array(z.unknown()), paging });
/** `change_type`: `added`, `removed`, `enabled`, `disabled`, `expanded`, `updated`. */
export const integrationLog = z.looseObject({
  user_id: z.string().nullish(),
  date: z.coerce.number(),
  change_type: z.string(),
  app_id: z.string().nullish(),
  app_type: z.string().nullish(),
  service_id: z.coerce.string().nullish(),
  service_type: z.string().nullish(),
  scope: z.string().nullish(),
});
export const GIVES_ACCESS = new Set(['added', 'expanded', 'enabled']);

/** `team.integrationLogs`, newest first: apps that the subject (or, for an app, anybody) added, changed or removed. On every paid plan. */
export function integrationLogSource(context: SourceContext): EvidenceSource {
  const read = perTeam(context, (teamId) => async (query, next, { signal }) => {
    const who = isApp(query.nativeId) ? { app_id: query.nativeId } : { user: query.nativeId };
    const args = {
      ...who,
      count: 200,
      page: Number(next ?? '1'),
      team_id: context.plan === 'enterprise' ? teamId : undefined,
    };
    const body = await context.client.call(OPERATIONS.integrationLogs, args, integrationLogPage, { signal });
    const rows = lenient(body.logs, integrationLog);
    const events = rows
      .filter((row) => within(query, row.date))
      .map((row) => {
        const id = row.app_id ?? row.service_id ?? 'unknown';
        const scopes = (row.scope ?? '').split(',').filter((s) => s !== '');
        const name = row.app_type ?? row.service_type ?? undefined;
        const rowId = createHash('sha256')
          .update(JSON.stringify([teamId, row.user_id, row.date, id, row.change_type, scopes]))
          .digest('hex')
          .slice(0, 32);
        return eventOf(context, ORIGIN, rowId, {
          kind: GIVES_ACCESS.has(row.change_type) ? 'app_grant' : 'config_change',
          at: instantOf(row.date),
          operation: `integration.${row.change_type}`,
          actor: row.user_id,
          app: { id, ...(name === undefined ? {} : { name }), ...(scopes.length > 0 ? { scopes } : {}) },
          target: { type: 'app', id, ...(name === undefined ? {} : { name }) },
        });
      });
    const older = rows.length > 0 && rows.every((row) => row.date < seconds(query.from));
    const following = !older && body.paging.page < body.paging.pages ? { next: String(body.paging.page + 1) } : {};
    return { events, ...following };
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
