import type { ContainmentAct, ResolvedTargetOf, VendorState } from '../../ports.js';
import type { ActContext } from '../act-context.js';
import { appPasswordsOf, removeAppPasswords } from '../app-passwords.js';
import { codeIdOf } from '../auth-methods.js';
import { backupCodesOf, voidBackupCodes } from '../backup-codes.js';
import { noneLeft, SUSPENDED, waysIn } from '../ways-in.js';

type Target = ResolvedTargetOf<'remove_auth_method'>;

/**
 * Takes one app password from the account, or makes its backup codes void. `twoStepVerification.turnOff` is never called: it takes every
 * factor away, also those that the person has had before.
 */
export function removeAuthMethod(context: ActContext): ContainmentAct<'remove_auth_method'> {
  async function counted({ accountId, methodId }: Target, signal: AbortSignal | undefined): Promise<VendorState> {
    const codeId = codeIdOf(methodId);
    return codeId === undefined
      ? { backupCodes: await backupCodesOf(context, accountId, signal) }
      : { appPasswords: (await appPasswordsOf(context, accountId, signal)).filter((id) => id === codeId).length };
  }
  const read = async (target: Target, signal: AbortSignal | undefined) =>
    noneLeft(await waysIn(context.client, target.accountId, signal, () => counted(target, signal)));
  return {
    kind: 'remove_auth_method',
    reversible: false,
    undo: 'The person makes a new app password, or new backup codes.',
    losses:
      'Programs that sign in with that app password; or all backup codes, the person’s own too: whoever has no other second factor needs an administrator to sign in again.',
    recognised: 'The app password is not listed any more; no backup code is valid; or the account is suspended.',
    proof:
      'The list of app passwords, or of backup codes, read again. Of a suspended account Google shows none: then its own record, until it is active again.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => (await read(target, signal)).state,
    apply: async ({ accountId, methodId }, _, options = {}) => {
      const { signal } = options;
      const codeId = codeIdOf(methodId);
      if (codeId === undefined) return voidBackupCodes(context, accountId, options);
      const there = await waysIn(context.client, accountId, signal, () => appPasswordsOf(context, accountId, signal));
      if (there === SUSPENDED) return [];
      return removeAppPasswords(
        context,
        accountId,
        there.filter((id) => id === codeId),
        options,
      );
    },
    verify: (target, _, { signal } = {}) => read(target, signal),
  };
}
