import type { AppTarget } from '../../../domain/act-target.js';
import { QuellError } from '../../../domain/errors.js';
import type { ProtectedBecause } from '../../../domain/subject.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { wideReadingOf, type ReadAccount } from '../../kit/reading.js';
import { readInstall } from '../installs.js';
import { OPERATIONS } from '../methods.js';
import { workspacesOf } from '../workspaces.js';
import { accountReader, type ReadContext } from './accounts.js';
import { isSlackId } from './ids.js';

/** Accounts of an app that are read one by one; `users.info` lets a hundred a minute. */
const MOST = 100;

/**
 * An app is taken from the whole organisation. Whom that affects, as far as Slack tells: the account that ties the app to the case, and all
 * who gave it access by the integration logs, which keep a removed app too. Slack has no list of an app's tokens.
 */
export const appResolver =
  (context: ReadContext) =>
  async ({ appId, accountId }: AppTarget, { signal }: CallOptions): Promise<readonly TargetReading<'app'>[]> => {
    if (!isSlackId('app', appId) || !isSlackId('account', accountId)) return [];
    const install = await readInstall(context.client, OPERATIONS.installs, appId, workspacesOf(context), signal);
    if (!install) return [];
    const account = accountReader(context, signal);
    const named = await account(accountId);
    const others = install.usedBy.filter((id) => id !== named.accountId);
    const affects: ReadAccount[] = [named];
    for (const id of others.slice(0, MOST)) affects.push(...(await ifThere(account(id))));
    const target: AppTarget = { type: 'app', appId, accountId: named.accountId };
    return [wideReadingOf(target, affects, protectionOf(context, appId, others.length > MOST || install.isCut))];
  };

/** With no app named as ours, any could be; and who is affected must be known. */
function protectionOf({ ownAppIds }: ReadContext, appId: string, isUnknown: boolean): readonly ProtectedBecause[] {
  if (ownAppIds.includes(appId)) return ['own_app'];
  return ownAppIds.length === 0 || isUnknown ? ['unknown'] : [];
}

/** The log outlives accounts; one that Slack does not know any more loses nothing. */
async function ifThere(reading: Promise<ReadAccount>): Promise<readonly ReadAccount[]> {
  try {
    return [await reading];
  } catch (error) {
    if (error instanceof QuellError && error.code === 'VENDOR_NOT_FOUND') return [];
    throw error;
  }
}
