import type { ContainmentAct, ResolvedTargetOf, VendorState } from '../../ports.js';
import type { ActContext } from '../act-context.js';
import { appPasswordsOf, removeAppPasswords } from '../app-passwords.js';
import { backupCodesOf, voidBackupCodes } from '../backup-codes.js';
import { grantsOf, removeGrants } from '../grants.js';
import { noneLeft, SUSPENDED, waysIn } from '../ways-in.js';

type Target = ResolvedTargetOf<'revoke_tokens'>;

/** Everything of an account that signs in without the password (grants of apps, app passwords, backup codes), or one app's grant. */
export function revokeTokens(context: ActContext): ContainmentAct<'revoke_tokens'> {
  const grants = async (target: Target, signal: AbortSignal | undefined): Promise<readonly string[]> =>
    (await grantsOf(context, target.accountId, signal)).filter((id) => target.type !== 'grant' || id === target.appId);

  async function counted(target: Target, signal: AbortSignal | undefined): Promise<VendorState> {
    const held = { grants: (await grants(target, signal)).length };
    if (target.type === 'grant') return held;
    const { accountId } = target;
    return {
      ...held,
      appPasswords: (await appPasswordsOf(context, accountId, signal)).length,
      backupCodes: await backupCodesOf(context, accountId, signal),
    };
  }
  const read = async (target: Target, signal: AbortSignal | undefined) =>
    noneLeft(await waysIn(context.client, target.accountId, signal, () => counted(target, signal)));

  return {
    kind: 'revoke_tokens',
    reversible: false,
    undo: 'The person allows the apps again and makes new app passwords and backup codes.',
    losses: 'Grants of apps, app passwords and backup codes.',
    recognised: 'None of them is listed any more; or the account is suspended, and nothing signs in with them.',
    proof:
      'The lists of grants, app passwords and backup codes, read again: empty. Of a suspended account Google shows none: then its own record, until it is active again.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => (await read(target, signal)).state,
    apply: async (target, _, options = {}) => {
      const { signal } = options;
      const { accountId } = target;
      const granted = await waysIn(context.client, accountId, signal, () => grants(target, signal));
      if (granted === SUSPENDED) return [];
      const removed = await removeGrants(context, accountId, granted, options);
      if (target.type === 'grant') return removed;
      const codeIds = await appPasswordsOf(context, accountId, signal);
      return [
        ...removed,
        ...(await removeAppPasswords(context, accountId, codeIds, options)),
        ...(await voidBackupCodes(context, accountId, options)),
      ];
    },
    verify: (target, _, { signal } = {}) => read(target, signal),
  };
}
