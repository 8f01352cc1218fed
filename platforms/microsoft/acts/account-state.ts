import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import { OPERATIONS } from '../operations.js';
import type { ActContext } from './act.js';

const account = z.looseObject({
  userType: z.string().nullish(),
  accountEnabled: z.boolean(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  signInSessionsValidFromDateTime: z.string().nullish(),
  lastPasswordChangeDateTime: z.string().nullish(),
});
type AccountState = z.infer<typeof account>;

/** These come back only when asked for by name. */
const SELECT =
  'userType,accountEnabled,onPremisesSyncEnabled,signInSessionsValidFromDateTime,lastPasswordChangeDateTime';

/** What acts on an account change, as it is now. */
export const readState = ({ client }: ActContext, id: string, signal: AbortSignal | undefined): Promise<AccountState> =>
  client.call(OPERATIONS.user, { path: { id }, query: { $select: SELECT }, signal }, account);

/** Throws UNSUPPORTED where Entra refuses: what is synchronised is changed where it comes from. */
export function mustBeMasteredHere(state: AccountState): void {
  if (state.onPremisesSyncEnabled)
    throw new QuellError('UNSUPPORTED', 'the account is mastered in on-premises Active Directory');
}
