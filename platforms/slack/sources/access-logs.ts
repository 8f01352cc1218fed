import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EvidenceSource } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import {
  addressOf,
  eventOf,
  instantOf,
  lenient,
  metadata,
  nextOf,
  perTeam,
  seconds,
  type SourceContext,
} from './source.js';

const ORIGIN = { source: 'slack.access_logs', logSource: 'user_access' } as const;
const page = z.looseObject({ logins: z.array(z.unknown()), response_metadata: metadata });
const timed = z.looseObject({ date_last: z.number() });
export const login = z.looseObject({
  user_id: z.string(),
  date_first: z.number(),
  date_last: z.number(),
  count: z.number().nullish(),
  ip: z.string().nullish(),
  user_agent: z.string().nullish(),
  isp: z.string().nullish(),
  country: z.string().nullish(),
});

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
    const body = await context.client.call(OPERATIONS.accessLogs, args, page, { signal });
    const events = lenient(body.logins, login)
      .filter(
        (row) =>
          row.user_id === query.nativeId &&
          row.date_last >= seconds(query.from) &&
          row.date_first <= seconds(query.to, 'up'),
      )
      .map((row) => {
        // Times and count grow while the row lives; the rest names it.
        const rowId = createHash('sha256')
          .update(JSON.stringify([teamId, row.user_id, row.ip, row.user_agent]))
          .digest('hex')
          .slice(0, 32);
        return eventOf(context, ORIGIN, rowId, {
          kind: 'api_activity',
          at: instantOf(Math.min(row.date_last, seconds(query.to, 'up'))),
          operation: 'team.accessLogs',
          actor: row.user_id,
          ip: addressOf(row.ip),
          asName: row.isp,
          country: row.country && /^[A-Z]{2}$/.test(row.country) ? row.country : undefined,
          userAgent: row.user_agent,
          count: row.count,
        });
      });
    const older = lenient(body.logins, timed).every((row) => row.date_last < seconds(query.from));
    return { events, ...(older ? {} : nextOf(body.response_metadata)) };
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
