import { createHmac, randomBytes } from 'node:crypto';
import type { ContainmentAct } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { write, type ActContext } from '../act-context.js';
import { loggedSince } from '../admin-log.js';
import { METHODS } from '../methods.js';
import { readUser } from '../people.js';

export function resetCredentials(context: ActContext): ContainmentAct<'reset_credentials'> {
  const { client } = context;
  const changed = async (id: string, since: string, signal: AbortSignal | undefined): Promise<boolean> =>
    loggedSince(context, 'CHANGE_PASSWORD', (await readUser(client, id, signal)).primaryEmail, since, signal);
  return {
    kind: 'reset_credentials',
    reversible: false,
    undo: 'The help desk gives the person a new password after checking who they are.',
    losses: 'The old password; the person cannot sign in until they get a new one.',
    recognised: 'A change of the password by Quell’s administrator in the admin log since the step began.',
    proof: 'The same row of the admin log; Google shows no time of the last change in the account.',
    effectWithinSeconds: 900,
    capture: async ({ accountId }, { signal } = {}) => {
      const user = await readUser(client, accountId, signal);
      return {
        changePasswordAtNextLogin: user.changePasswordAtNextLogin === true,
        enrolledIn2Sv: user.isEnrolledIn2Sv === true,
        enforcedIn2Sv: user.isEnforcedIn2Sv === true,
      };
    },
    apply: async ({ accountId }, { since, idempotencyKey }, options = {}) => {
      const { signal } = options;
      // Changed after this step began: a lost answer or a killed worker does not reset twice.
      if (await changed(accountId, since, signal)) return [];
      const requestBody = newPassword(`${accountId} ${idempotencyKey}`);
      return sendOnce(
        write(METHODS.setPassword, accountId),
        () =>
          client.send(
            METHODS.setPassword,
            'admin',
            (directory, o) => directory.users.update({ userKey: accountId, requestBody }, o),
            signal,
          ),
        () => changed(accountId, since, signal),
        options,
      );
    },
    verify: async ({ accountId }, { since }, { signal } = {}) => {
      const passwordChanged = await changed(accountId, since, signal);
      return { holds: passwordChanged, state: { passwordChanged } };
    },
  };
}

/** Random, never written anywhere, gone with the process. */
const SECRET = randomBytes(32);

/**
 * A hash whose password nobody knows: only the hash is sent, and nothing is kept. The same step sends the same one again,
 * for the log that would tell of the first time is minutes late.
 */
function newPassword(step: string): { password: string; hashFunction: string; changePasswordAtNextLogin: boolean } {
  const password = createHmac('sha1', SECRET).update(step).digest('hex');
  return { password, hashFunction: 'SHA-1', changePasswordAtNextLogin: true };
}
