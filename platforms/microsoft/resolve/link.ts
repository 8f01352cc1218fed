import { z } from 'zod';
import type { LinkTarget } from '../../../domain/act-target.js';
import { QuellError } from '../../../domain/errors.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import { orMissing } from '../../kit/replies.js';
import { fileIdOf, isFileId, locateFile, type FilePlace } from '../files.js';
import { OPERATIONS } from '../operations.js';
import { accountReader, accountsOf, type ReadContext } from './accounts.js';

const by = z.looseObject({ user: z.looseObject({ id: z.string().nullish() }).nullish() }).nullish();
const driveItem = z.looseObject({ id: z.string(), createdBy: by });
const drive = z.looseObject({ id: z.string(), owner: by });

interface FoundFile {
  readonly place: FilePlace;
  /** Accounts that it may belong to: of the drive and of who put it there. Libraries of a site are nobody's own. */
  readonly owners: readonly (string | null | undefined)[];
}

/** A file affects who shared it and whose it is. One that is gone is nobody's any more, and stays named as it was. */
export const linkResolver =
  (context: ReadContext) =>
  async ({ fileId, accountId }: LinkTarget, { signal }: CallOptions): Promise<readonly TargetReading<'link'>[]> => {
    if (!isFileId(fileId)) return [];
    const account = accountReader(context, signal);
    const named = await account(accountId);
    if (!named) return [];
    const file = await orMissing(find(context, { fileId, accountId: named.accountId }, signal));
    const affects = await accountsOf(account, [named.accountId, ...(file?.owners ?? [])]);
    const target: LinkTarget = {
      type: 'link',
      fileId: file ? fileIdOf(file.place) : fileId,
      accountId: named.accountId,
    };
    return [readingOf<'link'>(target, affects)];
  };

async function find(
  { client }: ReadContext,
  named: { readonly fileId: string; readonly accountId: string },
  signal: AbortSignal | undefined,
): Promise<FoundFile> {
  const { driveId, itemId } = await locateFile(client, named, signal);
  const path = { driveId, itemId };
  const item = await client.call(OPERATIONS.file, { path, query: { $select: 'id,createdBy' }, signal }, driveItem);
  const holder = await client.call(
    OPERATIONS.drive,
    { path: { driveId }, query: { $select: 'id,owner' }, signal },
    drive,
  );
  if (item.id !== itemId || holder.id !== driveId)
    throw new QuellError('VENDOR_REPLY', `${OPERATIONS.file.name}: another file`);
  return {
    place: { driveId: holder.id, itemId: item.id },
    owners: [holder.owner?.user?.id, item.createdBy?.user?.id],
  };
}
