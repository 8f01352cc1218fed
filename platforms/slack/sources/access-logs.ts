import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { countryOf } from '../../../domain/places.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { mapRows, needed, someNumber, someText, type Mapped } from '../../kit/rows.js';
import { OPERATIONS } from '../methods.js';
import { metadata, nextOf, rowsOf } from '../pages.js';
import { atUnix, eventOf, pageOf, perTeam, seconds, unixOf, wholeOf, type SourceContext } from './source.js';

const ORIGIN = { source: 'slack.access_logs', logSource: 'user_access' } as const;
export const accessPage = z.looseObject({ logins: rowsOf, response_metadata: metadata });
/** Person and time are a row; of the rest Slack says that it is a best effort. */
export const login = z.looseObject({
  user_id: z.string().min(1),
  date_first: z.unknown().optional(),
  date_last: z.unknown().optional(),
  count: someNumber,
  ip: z.unknown().optional(),
  user_agent: someText,
  isp: someText,
  country: someText,
});
export type Login = z.infer<typeof login>;

/** First and last use in whole seconds. A row without a last use is odd. */
export function spanOf({ date_first, date_last }: Login): { readonly first: number; readonly last: number } {
  const last = needed(unixOf(date_last), 'date_last');
  return { first: Math.min(unixOf(date_first) ?? last, last), last };
}

/** Times and count grow while the row lives; the rest names it. */
export const loginId = (teamId: string, { user_id, ip, user_agent }: Login): string =>
  createHash('sha256')
    .update(JSON.stringify([teamId, user_id, ip, user_agent]))
    .digest('hex')
    .slice(0, 32);

/**
 * `team.accessLogs`: one row per person, address and client, with first and last time and a count of API calls; the best trace of a
 * stolen token below Enterprise. The vendor filters by nobody, newest last use first: pages are read until they lie before the window.
 */
export function accessLogSource(context: SourceContext): EvidenceSource {
  const read = perTeam(context, (teamId) => async (query, next, { signal }) => {
    const args = {
      limit: 1000,
      before: seconds(query.to, 'up') + 1,
      cursor: next,
      team_id: context.plan === 'enterprise' ? teamId : undefined,
    };
    const body = await context.client.call(OPERATIONS.accessLogs, args, accessPage, { signal });
    const mapped = accessesIn(context, teamId, query, body.logins);
    return pageOf(mapped, isOlder(body.logins, query) ? {} : nextOf(body.response_metadata));
  });
  return {
    id: ORIGIN.source,
    logSource: ORIGIN.logSource,
    depth: 'narrow',
    kinds: ['api_activity'],
    lagSeconds: 3600,
    read,
  };
}

/** The rows of the subject. One that is odd and clearly another's is nobody's loss here. */
export function accessesIn(
  context: SourceContext,
  teamId: string,
  query: SourceQuery,
  rows: readonly unknown[],
): Mapped<EvidenceEvent> {
  const { odd, ...mapped } = mapRows(rows, login, (row, notes) => {
    if (row.user_id !== query.nativeId) return [];
    const { first, last } = spanOf(row);
    if (last < seconds(query.from) || first > seconds(query.to, 'up')) return [];
    return [
      eventOf(context, ORIGIN, loginId(teamId, row), {
        kind: 'api_activity',
        at: atUnix(Math.min(last, seconds(query.to, 'up'))),
        operation: 'team.accessLogs',
        actor: row.user_id,
        ip: notes.address('ip', row.ip),
        asName: row.isp,
        country: countryOf(row.country),
        userAgent: row.user_agent,
        count: wholeOf(row.count),
      }),
    ];
  });
  return { ...mapped, odd: odd.filter((o) => !('row' in o) || !isOfAnother(o.row, query)) };
}

function isOfAnother(row: unknown, { nativeId }: SourceQuery): boolean {
  const id = typeof row === 'object' && row !== null && 'user_id' in row ? row.user_id : undefined;
  return typeof id === 'string' && id !== '' && id !== nativeId;
}

/** Where no row of a page says when it was, the next one may. */
function isOlder(rows: readonly unknown[], { from }: SourceQuery): boolean {
  const times = rows.flatMap((row) => unixOf((row as { readonly date_last?: unknown } | null)?.date_last) ?? []);
  return times.length > 0 && times.every((last) => last < seconds(from));
}
