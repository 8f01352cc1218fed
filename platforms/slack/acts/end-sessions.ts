import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { NO_SESSIONS, sessionPage } from '../sources/sessions.js';
import { accountOf, sendOnce, type ActContext } from './act.js';

/** Live sessions in all workspaces; a workspace the person is not in counts none. */
async function countSessions(
  { client, teamIds }: ActContext,
  userId: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const ids = new Set<string>();
  for (const team_id of teamIds) {
    let cursor: string | undefined;
    do {
      const page = await client.call(
        OPERATIONS.sessionList,
        { user_id: userId, team_id, limit: 1000, cursor },
        sessionPage,
        { signal, answers: { ...NO_SESSIONS, user_not_found: NO_SESSIONS.no_active_sessions } },
      );
      for (const row of page.active_sessions) {
        const parsed = z.looseObject({ session_id: z.union([z.number(), z.string()]) }).safeParse(row);
        if (!parsed.success) throw new QuellError('VENDOR_REPLY', OPERATIONS.sessionList.name);
        ids.add(String(parsed.data.session_id));
      }
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
  }
  return ids.size;
}

/** `admin.users.session.reset`: all sessions, web and mobile. A thief with the password or a live session at the identity provider can come back, so that the account is deactivated first. */
export function endSessions(context: ActContext): ContainmentAct {
  return {
    kind: 'end_sessions',
    reversible: false,
    d3fend: 'D3-ST',
    undo: 'Nothing to undo: the person signs in again.',
    losses: 'Drafts and caches of the signed-out clients.',
    effectWithinSeconds: 60,
    capture: async (target, { signal } = {}) => ({ sessions: await countSessions(context, accountOf(target), signal) }),
    apply: async (target, _, options = {}) => {
      const id = accountOf(target);
      const count = (): Promise<number> => countSessions(context, id, options.signal);
      if ((await count()) === 0) return [];
      const send = () =>
        context.client.call(OPERATIONS.sessionReset, { user_id: id }, z.looseObject({}), { signal: options.signal });
      return [await sendOnce(OPERATIONS.sessionReset, id, send, async () => (await count()) === 0, options)];
    },
    verify: async (target, _, { signal } = {}) => {
      const sessions = await countSessions(context, accountOf(target), signal);
      return { holds: sessions === 0, state: { sessions } };
    },
  };
}
