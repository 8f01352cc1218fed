import type { AuthMethodTarget } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import { authMethodsOf, methodKey } from '../auth-methods.js';
import { accountReader, type ReadContext } from './accounts.js';

/** A factor is a thing of one person. One that is gone stays named as it was. */
export const authMethodResolver =
  (context: ReadContext) =>
  async (
    { methodId, accountId }: AuthMethodTarget,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<'auth_method'>[]> => {
    const asked = methodKey(methodId);
    if (asked === undefined) return [];
    const named = await accountReader(context, signal)(accountId);
    if (!named) return [];
    const all = await authMethodsOf(context.client, named.accountId, signal);
    const found = all.filter(({ key }) => methodKey(key) === asked).map(({ key }) => key);
    return (found.length > 0 ? found : [asked]).map((key) =>
      readingOf<'auth_method'>({ type: 'auth_method', methodId: key, accountId: named.accountId }, [named]),
    );
  };
