import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { OPERATIONS } from '../operations.js';
import { readState } from './account-state.js';
import { notBefore, write, type ActContext } from './act.js';

/** All sessions of the account: Entra ends no single one. */
export function endSessions(context: ActContext): ContainmentAct<'end_sessions'> {
  return {
    kind: 'end_sessions',
    reversible: false,
    undo: 'Nothing to undo: the person signs in again.',
    losses: 'Unsaved work in open sessions.',
    recognised: 'The sessions were ended after this step was begun.',
    proof:
      'signInSessionsValidFromDateTime is read back as not before the step; access tokens already issued run out within the hour.',
    effectWithinSeconds: 900,
    capture: async ({ accountId }, { signal } = {}) => ({
      sessionsValidFrom: (await readState(context, accountId, signal)).signInSessionsValidFromDateTime ?? 'never',
    }),
    apply: async ({ accountId: id }, { since }, options = {}) => {
      const { signal } = options;
      const state = await readState(context, id, signal);
      // For guests the call answers 200 and does nothing: their sessions live in their home tenant.
      if (state.userType === 'Guest')
        throw new QuellError('UNSUPPORTED', 'the sessions of a guest live in the home tenant');
      if (notBefore(state.signInSessionsValidFromDateTime, since)) return [];
      return sendOnce(
        write(OPERATIONS.revokeSessions, id),
        () => context.client.send(OPERATIONS.revokeSessions, { path: { id }, body: {}, signal }),
        async () => notBefore((await readState(context, id, signal)).signInSessionsValidFromDateTime, since),
        options,
      );
    },
    verify: async ({ accountId }, { since }, { signal } = {}) => {
      const { signInSessionsValidFromDateTime } = await readState(context, accountId, signal);
      return {
        holds: notBefore(signInSessionsValidFromDateTime, since),
        state: { sessionsValidFrom: signInSessionsValidFromDateTime ?? 'never' },
      };
    },
  };
}
