import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, WriteOptions } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { pagesOf } from '../pages.js';
import { NO_SESSIONS, sessionPage } from '../sources/sessions.js';
import { sendOnce, type ActContext } from './act.js';

const listed = z.looseObject({ session_id: z.union([z.number(), z.string()]) });
const ok = z.looseObject({});

/** Live sessions with the workspace of each; a workspace the person is not in has none. */
async function liveSessions(
  { client, teamIds }: ActContext,
  userId: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const sessions = new Map<string, string>();
  for (const team_id of teamIds) {
    const answers = { ...NO_SESSIONS, user_not_found: NO_SESSIONS.no_active_sessions };
    const pages = pagesOf((cursor) => {
      const args = { user_id: userId, team_id, limit: 1000, cursor };
      return client.call(OPERATIONS.sessionList, args, sessionPage, { signal, answers });
    });
    for await (const page of pages) {
      for (const row of page.active_sessions) {
        const parsed = listed.safeParse(row);
        if (!parsed.success) throw new QuellError('VENDOR_REPLY', OPERATIONS.sessionList.name);
        sessions.set(String(parsed.data.session_id), team_id);
      }
    }
  }
  return sessions;
}

/**
 * Sessions that the evidence names are ended one by one (`admin.users.session.invalidate`): the stolen one goes first, and the audit log
 * names it. All others go by a reset, because a thief may hold more sessions than the log shows. That the audit log and the session list
 * mean the same by a session's id is not documented; a name that the list does not hold is left to the reset. A thief with the password or
 * a live session at the identity provider can come back, so that the account is deactivated first.
 */
export function endSessions(context: ActContext): ContainmentAct<'end_sessions'> {
  const { client } = context;
  const live = (id: string, signal?: AbortSignal) => liveSessions(context, id, signal);

  async function invalidate(
    user_id: string,
    session: string,
    team_id: string,
    options: WriteOptions,
  ): Promise<VendorWrite> {
    const args = { session_id: Number(session), user_id, team_id };
    const settings = { signal: options.signal, answers: { session_not_found: {} } };
    return await sendOnce(
      OPERATIONS.sessionInvalidate,
      `${user_id}/${session}`,
      () => client.call(OPERATIONS.sessionInvalidate, args, ok, settings),
      async () => !(await live(user_id, options.signal)).has(session),
      options,
    );
  }

  return {
    kind: 'end_sessions',
    reversible: false,
    undo: 'Nothing to undo: the person signs in again.',
    losses: 'Drafts and caches of the signed-out clients.',
    recognised: 'No session of the account is listed in any workspace (`no_active_sessions`).',
    proof: 'The list of live sessions is empty; the audit log holds the reset or the invalidated session.',
    effectWithinSeconds: 60,
    capture: async (target, { signal } = {}) => ({ sessions: (await live(target.accountId, signal)).size }),
    apply: async (target, _, options = {}) => {
      const id = target.accountId;
      const sessions = await live(id, options.signal);
      const writes: VendorWrite[] = [];
      let others = sessions.size;
      for (const session of target.sessionIds) {
        const team = sessions.get(session);
        if (team === undefined || !Number.isSafeInteger(Number(session))) continue;
        try {
          writes.push(await invalidate(id, session, team, options));
          others--;
        } catch (error) {
          // Slack does not end this one alone: the reset ends all.
          if (!(error instanceof QuellError) || error.code !== 'VENDOR_REFUSED') throw error;
        }
      }
      if (others === 0) return writes;
      const reset = () => client.call(OPERATIONS.sessionReset, { user_id: id }, ok, { signal: options.signal });
      const gone = async (): Promise<boolean> => (await live(id, options.signal)).size === 0;
      return [...writes, await sendOnce(OPERATIONS.sessionReset, id, reset, gone, options)];
    },
    verify: async (target, _, { signal } = {}) => {
      const sessions = (await live(target.accountId, signal)).size;
      return { holds: sessions === 0, state: { sessions } };
    },
  };
}
