import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { CallOptions } from '../../ports.js';
import type { ReadAccount } from '../../reading.js';
import { OPERATIONS } from '../methods.js';
import { slackUser } from '../user.js';
import { accountReader, type ReadContext } from './accounts.js';

/** As HTML defines an address. */
const MAIL = /^[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+$/;

/**
 * An account by its id, or by its mail address: so the configuration may name people, plans never do. Slack finds nobody by the address of a
 * deactivated account.
 */
export async function readAccount(context: ReadContext, named: string, { signal }: CallOptions): Promise<ReadAccount> {
  const id = MAIL.test(named) ? await idOf(context, named, signal) : named;
  return accountReader(context, signal)(id);
}

/** Errors: VENDOR_NOT_FOUND; VENDOR_REPLY when the answer is about another address. */
async function idOf({ client }: ReadContext, email: string, signal: AbortSignal | undefined): Promise<string> {
  const { name } = OPERATIONS.usersLookupByEmail;
  const shape = z.looseObject({ user: slackUser });
  const { user } = await client.call(OPERATIONS.usersLookupByEmail, { email }, shape, { signal });
  if (user.profile?.email?.toLowerCase() !== email.toLowerCase())
    throw new QuellError('VENDOR_REPLY', `${name}: another account`);
  return user.id;
}
