import { z } from 'zod';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { mapRows, maybe, someText, type Mapped } from '../../kit/rows.js';
import { OPERATIONS } from '../methods.js';
import { metadata, nextOf, rowsOf } from '../pages.js';
import { eventOf, isApp, pageOf, perTeam, type SourceContext } from './source.js';

const ORIGIN = { source: 'slack.sessions', logSource: 'user_access' } as const;
export const sessionClient = z.looseObject({
  device_hardware: someText,
  os: someText,
  os_version: someText,
  slack_client_version: someText,
  ip: z.unknown().optional(),
});
/** The session's id is a row: its list was asked of one account. */
export const session = z.looseObject({
  user_id: someText,
  session_id: z.union([z.number(), z.string().min(1)]),
  created: maybe(sessionClient),
  recent: maybe(sessionClient),
});
export const sessionPage = z.looseObject({ active_sessions: rowsOf, response_metadata: metadata });
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
    return pageOf(sessionsIn(context, query, body.active_sessions), nextOf(body.response_metadata));
  });
  return { id: ORIGIN.source, logSource: ORIGIN.logSource, depth: 'narrow', kinds: ['session'], lagSeconds: 300, read };
}

export const sessionsIn = (
  context: SourceContext,
  query: SourceQuery,
  rows: readonly unknown[],
): Mapped<EvidenceEvent> =>
  mapRows(rows, session, (row, notes) => {
    const recent = notes.address('recent.ip', row.recent?.ip);
    const seen = recent === undefined ? (row.created ?? row.recent) : row.recent;
    return [
      eventOf(context, ORIGIN, String(row.session_id), {
        kind: 'session',
        at: query.to,
        operation: 'admin.users.session.list',
        actor: row.user_id ?? query.nativeId,
        ip: recent ?? notes.address('created.ip', row.created?.ip),
        userAgent:
          [seen?.os, seen?.os_version, seen?.device_hardware, seen?.slack_client_version].filter(Boolean).join(' ') ||
          undefined,
        sessionId: String(row.session_id),
        labels: [LABELS.state],
      }),
    ];
  });
