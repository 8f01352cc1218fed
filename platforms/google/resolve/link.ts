import { z } from 'zod';
import type { TargetOf } from '../../../domain/act-target.js';
import { QuellError } from '../../../domain/errors.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf, type ReadAccount } from '../../kit/reading.js';
import { orMissing } from '../../kit/replies.js';
import type { ActContext } from '../act-context.js';
import { METHODS } from '../methods.js';
import { addressesOf } from '../people.js';
import { accountOf, type KnownAccount } from './account.js';

const FILE_ID = /^[\w-]+$/;
const text = z.string().nullish();
const owner = z.looseObject({ emailAddress: text, displayName: text, permissionId: text });
type Owner = z.infer<typeof owner>;
export const file = z.looseObject({ id: z.string(), driveId: text, owners: z.array(owner).nullish() });
/** Unnamed fields are left out of the answer. */
const FIELDS = 'id,driveId,owners(emailAddress,displayName,permissionId)';

/**
 * A file, as the account in whose name it is written to sees it: that account is affected, and whoever owns the file. What lies on a
 * shared drive is the organisation's. One that the account does not see (any more) resolves to the account.
 */
export const linkResolver =
  (context: ActContext) =>
  async (
    { fileId, accountId }: TargetOf<'link'>,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<'link'>[]> => {
    if (!FILE_ID.test(fileId)) return [];
    const known = await accountOf(context, accountId, signal);
    if (!known) return [];
    const { user, account } = known;
    const target: TargetOf<'link'> = { type: 'link', fileId, accountId: account.accountId };
    // Nobody can look as a suspended account, so whose file it is stays unknown.
    if (user.suspended) return [{ ...readingOf<'link'>(target, [account]), protectedBecause: ['unknown'] }];
    const found = await orMissing(
      context.client.call(
        METHODS.ownFile,
        { email: user.primaryEmail },
        (drive, o) => drive.files.get({ fileId, fields: FIELDS, supportsAllDrives: true }, o),
        file,
        signal,
      ),
    );
    if (!found) return [readingOf<'link'>(target, [account])];
    if (found.id !== fileId) throw new QuellError('VENDOR_REPLY', 'drive.files.get: another file than was asked for');
    return [
      readingOf<'link'>({ ...target, fileId: found.id }, [account, ...(await ownersOf(context, known, found, signal))]),
    ];
  };

/** The owners of a file beside an account. */
async function ownersOf(
  context: ActContext,
  { user, account }: KnownAccount,
  { driveId, owners }: z.infer<typeof file>,
  signal: AbortSignal | undefined,
): Promise<readonly ReadAccount[]> {
  if (!owners?.length && !driveId) throw new QuellError('VENDOR_REPLY', 'drive.files.get: a file without an owner');
  const found: ReadAccount[] = [];
  for (const one of owners ?? []) {
    const mail = one.emailAddress?.toLowerCase();
    if (mail !== undefined && addressesOf(user).includes(mail)) continue;
    const known = mail === undefined ? undefined : await accountOf(context, mail, signal);
    if (known?.account.accountId !== account.accountId) found.push(known?.account ?? stranger(one));
  }
  return found;
}

/** An owner whom the directory does not know, by the id that Drive has for them. */
const stranger = ({ emailAddress, displayName, permissionId }: Owner): ReadAccount => ({
  accountId: permissionId ?? 'unknown',
  kind: 'person',
  homeTenant: emailAddress?.split('@').at(-1)?.toLowerCase() ?? 'unknown',
  department: undefined,
  name: displayName ?? '',
  protectedBecause: ['unknown'],
});
