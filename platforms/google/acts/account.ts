import { createHmac, randomBytes } from 'node:crypto';
import type { ContainmentAct, WriteOptions } from '../../ports.js';
import { METHODS } from '../methods.js';
import { readUser } from '../people.js';
import { accountOf, sendOnce } from '../../writes.js';
import { loggedSince, write, type ActContext } from './act.js';

export function disableAccount({ client }: ActContext): ContainmentAct {
  const read = async (id: string, signal: AbortSignal | undefined): Promise<boolean> =>
    (await readUser(client, id, signal)).suspended === true;
  const set = (id: string, suspended: boolean, options: WriteOptions) =>
    sendOnce(
      write(METHODS.suspend, id),
      () =>
        client.send(
          METHODS.suspend,
          'admin',
          (directory, o) => directory.users.update({ userKey: id, requestBody: { suspended } }, o),
          options.signal,
        ),
      async () => (await read(id, options.signal)) === suspended,
      options,
    );
  return {
    kind: 'disable_account',
    reversible: true,
    d3fend: 'D3-AL',
    undo: 'The account is restored; the person signs in as before.',
    losses: '',
    recognised: 'The account is suspended, by whomever.',
    proof: 'The account’s own record: suspended.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => ({ suspended: await read(accountOf(target), signal) }),
    apply: async (target, _, options = {}) => {
      const id = accountOf(target);
      return (await read(id, options.signal)) ? [] : set(id, true, options);
    },
    verify: async (target, _, { signal } = {}) => {
      const suspended = await read(accountOf(target), signal);
      return { holds: suspended, state: { suspended } };
    },
    revert: async (target, before, options = {}) => {
      const id = accountOf(target);
      return before['suspended'] === false && (await read(id, options.signal)) ? set(id, false, options) : [];
    },
  };
}

export function resetCredentials(context: ActContext): ContainmentAct {
  const { client } = context;
  const changed = async (id: string, since: string, signal: AbortSignal | undefined): Promise<boolean> =>
    loggedSince(context, 'CHANGE_PASSWORD', (await readUser(client, id, signal)).primaryEmail, since, signal);
  return {
    kind: 'reset_credentials',
    reversible: false,
    d3fend: 'D3-CRO',
    undo: 'The help desk gives the person a new password after checking who they are.',
    losses: 'The old password; the person cannot sign in until they get a new one.',
    recognised: 'A change of the password by Quell’s administrator in the admin log since the step began.',
    proof: 'The same row of the admin log; Google shows no time of the last change in the account.',
    effectWithinSeconds: 900,
    capture: async (target, { signal } = {}) => {
      const user = await readUser(client, accountOf(target), signal);
      return {
        changePasswordAtNextLogin: user.changePasswordAtNextLogin === true,
        enrolledIn2Sv: user.isEnrolledIn2Sv === true,
        enforcedIn2Sv: user.isEnforcedIn2Sv === true,
      };
    },
    apply: async (target, { since, idempotencyKey }, options = {}) => {
      const { signal } = options;
      const id = accountOf(target);
      // Changed after this step began: a lost answer or a killed worker does not reset twice.
      if (await changed(id, since, signal)) return [];
      return sendOnce(
        write(METHODS.setPassword, id),
        () =>
          client.send(
            METHODS.setPassword,
            'admin',
            (directory, o) =>
              directory.users.update({ userKey: id, requestBody: newPassword(`${id} ${idempotencyKey}`) }, o),
            signal,
          ),
        () => changed(id, since, signal),
        options,
      );
    },
    verify: async (target, { since }, { signal } = {}) => {
      const id = accountOf(target);
      const passwordChanged = await changed(id, since, signal);
      return { holds: passwordChanged, state: { passwordChanged } };
    },
  };
}

export function endSessions(context: ActContext): ContainmentAct {
  const { client } = context;
  const ended = async (id: string, since: string, signal: AbortSignal | undefined): Promise<boolean> =>
    loggedSince(context, 'RESET_SIGNIN_COOKIES', (await readUser(client, id, signal)).primaryEmail, since, signal);
  return {
    kind: 'end_sessions',
    reversible: false,
    d3fend: 'D3-ST',
    undo: 'Nothing to undo: the person signs in again.',
    losses: 'Unsaved work in open sessions.',
    recognised: 'A sign-out by Quell’s administrator in the admin log since the step began.',
    proof: 'The same row of the admin log; Google gives no list of sessions.',
    effectWithinSeconds: 900,
    // There is no list of sessions and no time of the last sign-out to read.
    capture: async (target, { signal } = {}) => ({
      suspended: (await readUser(client, accountOf(target), signal)).suspended === true,
    }),
    apply: async (target, { since }, options = {}) => {
      const { signal } = options;
      const id = accountOf(target);
      if (await ended(id, since, signal)) return [];
      return sendOnce(
        write(METHODS.signOut, id),
        () =>
          client.send(METHODS.signOut, 'admin', (directory, o) => directory.users.signOut({ userKey: id }, o), signal),
        () => ended(id, since, signal),
        options,
      );
    },
    verify: async (target, { since }, { signal } = {}) => {
      const signedOut = await ended(accountOf(target), since, signal);
      return { holds: signedOut, state: { signedOut } };
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
