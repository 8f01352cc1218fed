import type { TargetOf } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import type { ActContext } from '../act-context.js';
import { listOf, mailAccessKey, mailAccessOf, OWN_LISTS } from '../mail-access.js';
import { addressesOf } from '../people.js';
import { accountOf } from './account.js';

/**
 * Somebody else's way into the account's mailbox, or an address that its mail goes to, by the digest of the address: the mailbox's own
 * list is read and each address in it digested. What is gone resolves to the account; the account's own address is none.
 */
export const delegateResolver =
  (context: ActContext) =>
  async (
    { delegateId, accountId }: TargetOf<'delegate'>,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<'delegate'>[]> => {
    const list = listOf(delegateId);
    if (list === undefined) return [];
    const known = await accountOf(context, accountId, signal);
    if (!known) return [];
    const { user, account } = known;
    if (addressesOf(user).some((mail) => mailAccessKey(list, mail) === delegateId)) return [];
    // Nobody can look as a suspended account; the mailbox is its own all the same.
    const all = user.suspended
      ? []
      : await mailAccessOf(context.client, user.primaryEmail, list, OWN_LISTS[list], signal);
    const found = all.filter((a) => a.key === delegateId).map((a) => a.key);
    return (found.length === 0 ? [delegateId] : found).map((id) =>
      readingOf<'delegate'>({ type: 'delegate', delegateId: id, accountId: account.accountId }, [account]),
    );
  };
