import type { TargetOf } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import type { ActContext } from '../act-context.js';
import { grantsOf } from '../grants.js';
import { SUSPENDED, waysIn } from '../ways-in.js';
import { accountOf } from './account.js';
import { isOtherSpelling } from './spelling.js';

/** Client ids are host names (`….apps.googleusercontent.com`) or numbers. */
const CLIENT_ID = /^[\w.-]+$/;

/**
 * What an account granted to an app, for targets of type `grant` and `app` alike: an app is not taken from the organisation here, only
 * from that account. A grant that is gone resolves to the account.
 */
export const grantResolver =
  <T extends 'grant' | 'app'>(context: ActContext, type: T) =>
  async (
    { appId, accountId }: Pick<TargetOf<'grant'>, 'appId' | 'accountId'>,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<T>[]> => {
    if (!CLIENT_ID.test(appId)) return [];
    const known = await accountOf(context, accountId, signal);
    if (!known) return [];
    const { account } = known;
    const { accountId: id } = account;
    const grants = await waysIn(context.client, id, signal, () => grantsOf(context, id, signal));
    // Of a suspended account nobody sees the grants; they are its own all the same.
    if (grants !== SUSPENDED && isOtherSpelling(appId, grants)) return [];
    const target = { type, appId, accountId: account.accountId } as TargetOf<T>;
    const own = (context.settings.ownAppIds ?? []).includes(appId);
    return [{ ...readingOf<T>(target, [account]), protectedBecause: own ? ['own_app'] : [] }];
  };
