import type { TargetOf } from '../../../domain/act-target.js';
import { mailOf } from '../../../domain/account-names.js';
import { QuellError } from '../../../domain/errors.js';
import type { ProtectedBecause } from '../../../domain/subject.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf, type ReadAccount } from '../../kit/reading.js';
import { orMissing } from '../../kit/replies.js';
import type { ActContext } from '../act-context.js';
import { isLastAdmin } from '../directory.js';
import { addressesOf, readUser, type GoogleUser } from '../people.js';
import { isOwnCall } from '../settings.js';

/** What the directory takes for a person: its own id, or an address. A path, an encoded text or any other id names nobody. */
const ID = /^\d+$/;
const ADDRESS = /^[^\s@%/?#]+@[^\s@%/?#]+$/;

/** An account as the directory knows it, and as it is told of to whoever decides. */
export interface KnownAccount {
  readonly user: GoogleUser;
  readonly account: ReadAccount;
}

/**
 * The account of an id or address, an alias included; undefined when there is none. Whatever was asked for, the id is the one in the
 * directory's answer. Throws VENDOR_REPLY when the answer is about somebody else than was asked for, and the vendor's errors.
 */
export async function accountOf(
  context: ActContext,
  key: string,
  signal: AbortSignal | undefined,
): Promise<KnownAccount | undefined> {
  if (!ID.test(key) && !ADDRESS.test(key)) return undefined;
  const user = await orMissing(readUser(context.client, key, signal));
  if (!user) return undefined;
  if (ID.test(key) ? user.id !== key : !addressesOf(user).includes(mailOf(key) ?? ''))
    throw new QuellError('VENDOR_REPLY', 'directory.users.get: another account than was asked for');
  const account: ReadAccount = {
    accountId: user.id,
    kind: user.isGuestUser === true ? 'guest' : 'person',
    homeTenant: user.customerId ?? '',
    department: departmentOf(user),
    name: user.name?.fullName ?? '',
    protectedBecause: await protectionOf(context, user, signal),
  };
  return { user, account };
}

/** Of the person's main position there; of the only one where none is called the main one. */
function departmentOf({ organizations }: GoogleUser): string | undefined {
  const main =
    organizations.find((o) => o.primary === true) ?? (organizations.length === 1 ? organizations[0] : undefined);
  return main?.department || undefined;
}

async function protectionOf(
  { client, settings }: ActContext,
  user: GoogleUser,
  signal: AbortSignal | undefined,
): Promise<readonly ProtectedBecause[]> {
  const admin = user.isAdmin === true || user.isDelegatedAdmin === true;
  return [
    // A reseller’s administrator also sees the accounts of its customers, about which nothing is known here.
    ...(user.customerId === settings.customerId ? [] : (['unknown'] as const)),
    ...(admin ? (['admin_role'] as const) : []),
    ...((await isLastAdmin(settings, client, user, signal)) ? (['last_admin'] as const) : []),
    // Without this account Quell itself could do nothing more here.
    ...(addressesOf(user).some((mail) => isOwnCall(settings, mail)) ? (['own_app'] as const) : []),
  ];
}

export const accountResolver =
  (context: ActContext) =>
  async ({ accountId }: TargetOf<'account'>, { signal }: CallOptions): Promise<readonly TargetReading<'account'>[]> => {
    const known = await accountOf(context, accountId, signal);
    if (!known) return [];
    const { account } = known;
    return [readingOf<'account'>({ type: 'account', accountId: account.accountId }, [account])];
  };

/** Google names no sessions and ends all of an account together. */
export const sessionsResolver =
  (context: ActContext) =>
  async (
    { accountId, sessionIds }: TargetOf<'sessions'>,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<'sessions'>[]> => {
    const known = await accountOf(context, accountId, signal);
    if (!known) return [];
    const { account } = known;
    return [readingOf<'sessions'>({ type: 'sessions', accountId: account.accountId, sessionIds }, [account])];
  };
