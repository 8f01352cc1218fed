import type { ContainmentAct, ResolvedTargetOf, VendorState } from '../../ports.js';
import type { ActContext } from '../act-context.js';
import { appPasswordsOf, removeAppPasswords } from '../app-passwords.js';
import { codeIdOf } from '../auth-methods.js';
import { backupCodesOf, voidBackupCodes } from '../backup-codes.js';

type Target = ResolvedTargetOf<'remove_auth_method'>;

/**
 * Takes one app password from the account, or makes its backup codes void. `twoStepVerification.turnOff` is never called: it takes every
 * factor away, also those that the person has had before.
 */
export function removeAuthMethod(context: ActContext): ContainmentAct<'remove_auth_method'> {
  async function read({ accountId, methodId }: Target, signal: AbortSignal | undefined): Promise<VendorState> {
    const codeId = codeIdOf(methodId);
    return codeId === undefined
      ? { backupCodes: await backupCodesOf(context, accountId, signal) }
      : { appPasswords: (await appPasswordsOf(context, accountId, signal)).filter((id) => id === codeId).length };
  }
  return {
    kind: 'remove_auth_method',
    reversible: false,
    undo: 'The person makes a new app password, or new backup codes.',
    losses:
      'Programs that sign in with that app password; or all backup codes, the person’s own too: whoever has no other second factor needs an administrator to sign in again.',
    recognised: 'The app password is not listed any more; no backup code is valid.',
    proof: 'The list of app passwords, or of backup codes, read again.',
    effectWithinSeconds: 300,
    capture: (target, { signal } = {}) => read(target, signal),
    apply: async ({ accountId, methodId }, _, options = {}) => {
      const codeId = codeIdOf(methodId);
      if (codeId === undefined) return voidBackupCodes(context, accountId, options);
      const there = (await appPasswordsOf(context, accountId, options.signal)).filter((id) => id === codeId);
      return removeAppPasswords(context, accountId, there, options);
    },
    verify: async (target, _, { signal } = {}) => {
      const state = await read(target, signal);
      return { holds: Object.values(state).every((n) => n === 0), state };
    },
  };
}
