import { z } from 'zod';
import { LABELS } from '../../../domain/evidence.js';
import type { EvidenceSource } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { addressOf, eventOf, isApp, lenient, metadata, nextOf, perTeam, type SourceContext } from './source.js';

const ORIGIN = { source: 'slack.sessions', logSource: 'user_access' } as const;
const client = z.looseObject({
  device_hardware: z.string().nullish(),
  os: z.string().nullish(),
  os_version: z.string().nullish(),
  slack_client_version: z.string().nullish(),
  ip: z.string().nullish(),
});
const session = z.looseObject({
  user_id: z.string(),
  session_id: z.union([z.number(), z.string()]),
  created: client.nullish(),
  recent: client.nullish(),
});
export const sessionPage = z.looseObject({ active_sessions: z.array(z.unknown()), response_metadata: metadata });
/** Slack answers an empty list with an error code. */
export const NO_SESSIONS = { no_active_sessions: { active_sessions: [] } } as const;

/**
 * `admin.users.session.list`: the sessions that live now. Slack gives no times, so that a row stands at the end of the window it was read
 * for: it says "alive then", not "used then".
 */
export function sessionSource(context: SourceContext): EvidenceSource {
  const read = perTeam(context, (teamId) => async (query, next, { signal }) => {
    if (isApp(query.nativeId)) return { events: [] };
    const args = { user_id: query.nativeId, team_id: teamId, limit: 200, cursor: next };
    const body = await context.client.call(OPERATIONS.sessionList, args, sessionPage, { signal, answers: NO_SESSIONS });
    const events = lenient(body.active_sessions, session).map((row) => {
      const seen = row.recent?.ip ? row.recent : (row.created ?? {});
      return eventOf(context, ORIGIN, String(row.session_id), {
        kind: 'session',
        at: query.to,
        operation: 'admin.users.session.list',
        actor: row.user_id,
        ip: addressOf(seen.ip),
        userAgent:
          [seen.os, seen.os_version, seen.device_hardware, seen.slack_client_version].filter(Boolean).join(' ') ||
          undefined,
        sessionId: String(row.session_id),
        labels: [LABELS.state],
      });
    });
    return { events, ...nextOf(body.response_metadata) };
  });
  return { id: ORIGIN.source, logSource: ORIGIN.logSource, depth: 'narrow', kinds: ['session'], lagSeconds: 300, read };
}
