import type { TargetOf } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import type { ActContext } from '../act-context.js';
import { appPasswordsOf } from '../app-passwords.js';
import { appPasswordId, BACKUP_CODES, codeIdOf } from '../auth-methods.js';
import { SUSPENDED, waysIn } from '../ways-in.js';
import { accountOf } from './account.js';

/** An app password, or all backup codes of an account; Google tells of no other method. What is gone resolves to the account. */
export const authMethodResolver =
  (context: ActContext) =>
  async (
    { methodId, accountId }: TargetOf<'auth_method'>,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<'auth_method'>[]> => {
    const codeId = codeIdOf(methodId);
    if (codeId === undefined && methodId !== BACKUP_CODES) return [];
    const known = await accountOf(context, accountId, signal);
    if (!known) return [];
    const { account } = known;
    const { accountId: owner } = account;
    const codeIds =
      codeId === undefined
        ? []
        : await waysIn(context.client, owner, signal, () => appPasswordsOf(context, owner, signal));
    // Of a suspended account nobody sees them; they are its own all the same.
    const found = codeIds === SUSPENDED ? [] : codeIds.filter((id) => id === codeId).map(appPasswordId);
    return (found.length === 0 ? [methodId] : found).map((id) =>
      readingOf<'auth_method'>({ type: 'auth_method', methodId: id, accountId: account.accountId }, [account]),
    );
  };
