import { sendOnce } from '../../kit/writes.js';
import type { ContainmentAct, WriteOptions } from '../../ports.js';
import { OPERATIONS } from '../operations.js';
import { mustBeMasteredHere, readState } from './account-state.js';
import { write, type ActContext } from './act.js';

export function disableAccount(context: ActContext): ContainmentAct<'disable_account'> {
  const set = (id: string, accountEnabled: boolean, options: WriteOptions) =>
    sendOnce(
      write(OPERATIONS.setAccountEnabled, id),
      () =>
        context.client.send(OPERATIONS.setAccountEnabled, {
          path: { id },
          body: { accountEnabled },
          signal: options.signal,
        }),
      async () => (await readState(context, id, options.signal)).accountEnabled === accountEnabled,
      options,
    );
  return {
    kind: 'disable_account',
    reversible: true,
    undo: 'The account is enabled again; the person signs in as before.',
    losses: '',
    recognised: 'The account is disabled.',
    proof: 'accountEnabled is read back as false.',
    effectWithinSeconds: 900, // continuous access evaluation: up to 15 minutes
    capture: async ({ accountId }, { signal } = {}) => ({
      accountEnabled: (await readState(context, accountId, signal)).accountEnabled,
    }),
    apply: async ({ accountId }, _, options = {}) => {
      const state = await readState(context, accountId, options.signal);
      if (!state.accountEnabled) return [];
      mustBeMasteredHere(state);
      return set(accountId, false, options);
    },
    verify: async ({ accountId }, _, { signal } = {}) => {
      const { accountEnabled } = await readState(context, accountId, signal);
      return { holds: !accountEnabled, state: { accountEnabled } };
    },
    revert: async ({ accountId }, before, options = {}) => {
      if (before['accountEnabled'] !== true || (await readState(context, accountId, options.signal)).accountEnabled)
        return [];
      return set(accountId, true, options);
    },
  };
}
