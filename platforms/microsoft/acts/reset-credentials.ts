import { randomBytes } from 'node:crypto';
import type { ContainmentAct } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { OPERATIONS } from '../operations.js';
import { mustBeMasteredHere, readState } from './account-state.js';
import { notBefore, write, type ActContext } from './act.js';

export function resetCredentials(context: ActContext): ContainmentAct<'reset_credentials'> {
  return {
    kind: 'reset_credentials',
    reversible: false,
    undo: 'The help desk gives the person a new password after checking who they are.',
    losses: 'The old password; the person cannot sign in until they get a new one.',
    recognised: 'The password was changed after this step was begun.',
    proof: 'lastPasswordChangeDateTime is read back as not before the step.',
    effectWithinSeconds: 300,
    capture: async ({ accountId }, { signal } = {}) => ({
      lastPasswordChange: (await readState(context, accountId, signal)).lastPasswordChangeDateTime ?? 'never',
    }),
    apply: async ({ accountId: id }, { since }, options = {}) => {
      const { signal } = options;
      const state = await readState(context, id, signal);
      mustBeMasteredHere(state);
      // Changed after this step began: a lost answer or a killed worker does not reset twice.
      if (notBefore(state.lastPasswordChangeDateTime, since)) return [];
      return sendOnce(
        write(OPERATIONS.setPassword, id),
        () =>
          context.client.send(OPERATIONS.setPassword, {
            path: { id },
            body: { passwordProfile: { password: unguessable(), forceChangePasswordNextSignIn: true } },
            signal,
          }),
        async () => notBefore((await readState(context, id, signal)).lastPasswordChangeDateTime, since),
        options,
      );
    },
    verify: async ({ accountId }, { since }, { signal } = {}) => {
      const { lastPasswordChangeDateTime } = await readState(context, accountId, signal);
      return {
        holds: notBefore(lastPasswordChangeDateTime, since),
        state: { lastPasswordChange: lastPasswordChangeDateTime ?? 'never' },
      };
    },
  };
}

/** 256 random bits with all character classes that password policies ask for; it is never kept or returned. */
function unguessable(): string {
  return `${randomBytes(32).toString('base64url')}aA1!`;
}
