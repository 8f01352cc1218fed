import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct, WriteOptions } from '../../ports.js';
import { OPERATIONS } from '../operations.js';
import { accountOf, sendOnce } from '../../writes.js';
import { notBefore, write, type ActContext } from './act.js';

const account = z.looseObject({
  userType: z.string().nullish(),
  accountEnabled: z.boolean(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  signInSessionsValidFromDateTime: z.string().nullish(),
  lastPasswordChangeDateTime: z.string().nullish(),
});
type Account = z.infer<typeof account>;

/** These come back only when asked for by name. */
const SELECT =
  'userType,accountEnabled,onPremisesSyncEnabled,signInSessionsValidFromDateTime,lastPasswordChangeDateTime';

async function readAccount({ client }: ActContext, id: string, signal: AbortSignal | undefined): Promise<Account> {
  return client.call(OPERATIONS.user, { path: { id }, query: { $select: SELECT }, signal }, account);
}

function mustBeMasteredHere(state: Account): void {
  if (state.onPremisesSyncEnabled)
    throw new QuellError('UNSUPPORTED', 'the account is mastered in on-premises Active Directory');
}

export function disableAccount(context: ActContext): ContainmentAct {
  const set = (id: string, accountEnabled: boolean, options: WriteOptions) =>
    sendOnce(
      write(OPERATIONS.setAccountEnabled, id),
      () =>
        context.client.send(OPERATIONS.setAccountEnabled, {
          path: { id },
          body: { accountEnabled },
          signal: options.signal,
        }),
      async () => (await readAccount(context, id, options.signal)).accountEnabled === accountEnabled,
      options,
    );
  return {
    kind: 'disable_account',
    reversible: true,
    d3fend: 'D3-AL',
    undo: 'The account is enabled again; the person signs in as before.',
    losses: '',
    recognised: 'The account is disabled.',
    proof: 'accountEnabled is read back as false.',
    effectWithinSeconds: 900, // continuous access evaluation: up to 15 minutes
    capture: async (target, { signal } = {}) => ({
      accountEnabled: (await readAccount(context, accountOf(target), signal)).accountEnabled,
    }),
    apply: async (target, _, options = {}) => {
      const id = accountOf(target);
      const state = await readAccount(context, id, options.signal);
      if (!state.accountEnabled) return [];
      mustBeMasteredHere(state);
      return set(id, false, options);
    },
    verify: async (target, _, { signal } = {}) => {
      const { accountEnabled } = await readAccount(context, accountOf(target), signal);
      return { holds: !accountEnabled, state: { accountEnabled } };
    },
    revert: async (target, before, options = {}) => {
      const id = accountOf(target);
      if (before['accountEnabled'] !== true || (await readAccount(context, id, options.signal)).accountEnabled)
        return [];
      return set(id, true, options);
    },
  };
}

export function resetCredentials(context: ActContext): ContainmentAct {
  return {
    kind: 'reset_credentials',
    reversible: false,
    d3fend: 'D3-CRO',
    undo: 'The help desk gives the person a new password after checking who they are.',
    losses: 'The old password; the person cannot sign in until they get a new one.',
    recognised: 'The password was changed after this step was begun.',
    proof: 'lastPasswordChangeDateTime is read back as not before the step.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => ({
      lastPasswordChange: (await readAccount(context, accountOf(target), signal)).lastPasswordChangeDateTime ?? 'never',
    }),
    apply: async (target, { since }, options = {}) => {
      const { signal } = options;
      const id = accountOf(target);
      const state = await readAccount(context, id, signal);
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
        async () => notBefore((await readAccount(context, id, signal)).lastPasswordChangeDateTime, since),
        options,
      );
    },
    verify: async (target, { since }, { signal } = {}) => {
      const { lastPasswordChangeDateTime } = await readAccount(context, accountOf(target), signal);
      return {
        holds: notBefore(lastPasswordChangeDateTime, since),
        state: { lastPasswordChange: lastPasswordChangeDateTime ?? 'never' },
      };
    },
  };
}

export function endSessions(context: ActContext): ContainmentAct {
  return {
    kind: 'end_sessions',
    reversible: false,
    d3fend: 'D3-ST',
    undo: 'Nothing to undo: the person signs in again.',
    losses: 'Unsaved work in open sessions.',
    recognised: 'The sessions were ended after this step was begun.',
    proof:
      'signInSessionsValidFromDateTime is read back as not before the step; access tokens already issued run out within the hour.',
    effectWithinSeconds: 900,
    capture: async (target, { signal } = {}) => ({
      sessionsValidFrom:
        (await readAccount(context, accountOf(target), signal)).signInSessionsValidFromDateTime ?? 'never',
    }),
    apply: async (target, { since }, options = {}) => {
      const { signal } = options;
      const id = accountOf(target);
      const state = await readAccount(context, id, signal);
      // For guests the call answers 200 and does nothing: their sessions live in their home tenant.
      if (state.userType === 'Guest')
        throw new QuellError('UNSUPPORTED', 'the sessions of a guest live in the home tenant');
      if (notBefore(state.signInSessionsValidFromDateTime, since)) return [];
      return sendOnce(
        write(OPERATIONS.revokeSessions, id),
        () => context.client.send(OPERATIONS.revokeSessions, { path: { id }, body: {}, signal }),
        async () => notBefore((await readAccount(context, id, signal)).signInSessionsValidFromDateTime, since),
        options,
      );
    },
    verify: async (target, { since }, { signal } = {}) => {
      const { signInSessionsValidFromDateTime } = await readAccount(context, accountOf(target), signal);
      return {
        holds: notBefore(signInSessionsValidFromDateTime, since),
        state: { sessionsValidFrom: signInSessionsValidFromDateTime ?? 'never' },
      };
    },
  };
}

/** 256 random bits with all character classes that password policies ask for; it is never kept or returned. */
function unguessable(): string {
  return `${randomBytes(32).toString('base64url')}aA1!`;
}
