import { z } from 'zod';
import { mailOf } from '../../domain/account-names.js';
import { QuellError } from '../../domain/errors.js';
import { maybe, someFlag, someList, someText } from '../kit/rows.js';
import type { GoogleClient } from './client.js';
import { METHODS } from './methods.js';

/**
 * An account as the Directory API shows it (`projection=full`). What says whose it is, whether it may act and which addresses are its own is
 * strict: an odd value there must not read as "no administrator". The rest is read where it fits.
 */
export const googleUser = z.looseObject({
  id: z.string().regex(/^\d+$/),
  primaryEmail: z.string().min(1),
  name: maybe(z.looseObject({ fullName: someText })),
  /** Of the customer whose account it is, `C…`. */
  customerId: someText,
  aliases: z.array(z.string()).nullish(),
  nonEditableAliases: z.array(z.string()).nullish(),
  suspended: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  isAdmin: z.boolean().nullish(),
  isDelegatedAdmin: z.boolean().nullish(),
  isGuestUser: z.boolean().nullish(),
  isMailboxSetup: someFlag,
  changePasswordAtNextLogin: someFlag,
  isEnrolledIn2Sv: someFlag,
  isEnforcedIn2Sv: someFlag,
  relations: someList(z.looseObject({ type: someText, value: someText })),
  phones: someList(z.looseObject({ type: someText, value: someText })),
  organizations: someList(z.looseObject({ department: someText, primary: someFlag })),
});
export type GoogleUser = z.infer<typeof googleUser>;

/** Every address that an account is found by, in the one form. */
export function addressesOf({ primaryEmail, aliases, nonEditableAliases }: GoogleUser): readonly string[] {
  const all = [primaryEmail, ...(aliases ?? []), ...(nonEditableAliases ?? [])];
  return [...new Set(all.map((mail) => mailOf(mail) ?? mail.toLowerCase()))];
}

/** By id or address; `VENDOR_NOT_FOUND` when there is none. */
export async function readUser(client: GoogleClient, userKey: string, signal?: AbortSignal): Promise<GoogleUser> {
  return client.call(
    METHODS.user,
    'admin',
    (directory, options) => directory.users.get({ userKey, projection: 'full' }, options),
    googleUser,
    signal,
  );
}

/** The address to act as: Google takes no id there, and nobody can act as a suspended account. */
export async function addressOf(client: GoogleClient, userKey: string, signal?: AbortSignal): Promise<string> {
  const user = await readUser(client, userKey, signal);
  if (user.suspended)
    throw new QuellError('VENDOR_REFUSED', 'the account is suspended: nothing can be read or changed as the person');
  return user.primaryEmail;
}
