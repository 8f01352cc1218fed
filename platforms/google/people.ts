import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { GoogleClient } from './client.js';
import { METHODS } from './methods.js';

const text = z.string().nullish();
const list = <T extends z.ZodType>(row: T): z.ZodType<z.output<T>[] | null | undefined> => z.array(row).nullish();

/** An account as the Directory API shows it (`projection=full`). */
export const googleUser = z.looseObject({
  id: z.string(),
  primaryEmail: z.string(),
  name: z.looseObject({ fullName: text }).nullish(),
  /** Of the customer whose account it is, `C…`. */
  customerId: text,
  aliases: z.array(z.string()).nullish(),
  nonEditableAliases: z.array(z.string()).nullish(),
  suspended: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  isAdmin: z.boolean().nullish(),
  isDelegatedAdmin: z.boolean().nullish(),
  isGuestUser: z.boolean().nullish(),
  isMailboxSetup: z.boolean().nullish(),
  changePasswordAtNextLogin: z.boolean().nullish(),
  isEnrolledIn2Sv: z.boolean().nullish(),
  isEnforcedIn2Sv: z.boolean().nullish(),
  relations: list(z.looseObject({ type: text, value: text })),
  phones: list(z.looseObject({ type: text, value: text })),
  organizations: list(z.looseObject({ department: text, primary: z.boolean().nullish() })),
});
export type GoogleUser = z.infer<typeof googleUser>;

/** Every address that an account is found by, in lower case. */
export function addressesOf({ primaryEmail, aliases, nonEditableAliases }: GoogleUser): readonly string[] {
  return [primaryEmail, ...(aliases ?? []), ...(nonEditableAliases ?? [])].map((mail) => mail.toLowerCase());
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
