import { QuellError } from '../../../domain/errors.js';
import type { CallOptions } from '../../ports.js';
import type { ReadAccount } from '../../kit/reading.js';
import { userOfMail } from '../user.js';
import { workspacesOf } from '../workspaces.js';
import { accountReader, type ReadContext } from './accounts.js';

/** As HTML defines an address. */
const MAIL = /^[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+$/;

/** An account by its id, or by its mail address: so the configuration may name people, plans never do. */
export async function readAccount(context: ReadContext, named: string, { signal }: CallOptions): Promise<ReadAccount> {
  const id = MAIL.test(named) ? await idOf(context, named, signal) : named;
  return accountReader(context, signal)(id);
}

/** Errors: VENDOR_NOT_FOUND; VENDOR_REPLY when the answer is about another address. */
async function idOf(context: ReadContext, email: string, signal: AbortSignal | undefined): Promise<string> {
  const user = await userOfMail(email, { client: context.client, workspaces: workspacesOf(context), signal });
  if (!user) throw new QuellError('VENDOR_NOT_FOUND', 'nobody, or more than one, has the address');
  return user.id;
}
