import type { ContainmentAct } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { write, type ActContext } from '../act-context.js';
import { loggedSince } from '../admin-log.js';
import { METHODS } from '../methods.js';
import { readUser } from '../people.js';

export function endSessions(context: ActContext): ContainmentAct<'end_sessions'> {
  const { client } = context;
  const ended = async (id: string, since: string, signal: AbortSignal | undefined): Promise<boolean> =>
    loggedSince(context, 'RESET_SIGNIN_COOKIES', (await readUser(client, id, signal)).primaryEmail, since, signal);
  return {
    kind: 'end_sessions',
    reversible: false,
    undo: 'Nothing to undo: the person signs in again.',
    losses: 'Unsaved work in open sessions.',
    recognised: 'A sign-out by Quell’s administrator in the admin log since the step began.',
    proof: 'The same row of the admin log; Google gives no list of sessions.',
    effectWithinSeconds: 900,
    // There is no list of sessions and no time of the last sign-out to read.
    capture: async ({ accountId }, { signal } = {}) => ({
      suspended: (await readUser(client, accountId, signal)).suspended === true,
    }),
    apply: async ({ accountId }, { since }, options = {}) => {
      const { signal } = options;
      if (await ended(accountId, since, signal)) return [];
      return sendOnce(
        write(METHODS.signOut, accountId),
        () =>
          client.send(
            METHODS.signOut,
            'admin',
            (directory, o) => directory.users.signOut({ userKey: accountId }, o),
            signal,
          ),
        () => ended(accountId, since, signal),
        options,
      );
    },
    verify: async ({ accountId }, { since }, { signal } = {}) => {
      const signedOut = await ended(accountId, since, signal);
      return { holds: signedOut, state: { signedOut } };
    },
  };
}
