import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { MicrosoftClient } from './client.js';
import { OPERATIONS } from './operations.js';

/** Path values of a drive item. */
export interface FilePlace {
  readonly driveId: string;
  readonly itemId: string;
}

/** In its drive, which is how a resolved target names a file. */
const IN_DRIVE = /^drives\/([\w!-]+)\/items\/([0-9A-Z!]+)$/;
/** As the audit log names it. */
const LIST_ITEM = /^sites\/([0-9a-f-]{36})\/lists\/([0-9a-f-]{36})\/items\/([0-9a-f-]{36})$/i;
/** As the list of a person's drive names it: it tells nothing without whose drive that is. */
const OF_THE_PERSON = /^[0-9A-Z!]+$/;

/** Whether a text is the name of a file in one of these forms; ids of files have one spelling. */
export const isFileId = (id: string): boolean => [IN_DRIVE, LIST_ITEM, OF_THE_PERSON].some((form) => form.test(id));

/** The name of a file that says all of where it is. */
export const fileIdOf = ({ driveId, itemId }: FilePlace): string => `drives/${driveId}/items/${itemId}`;

/** Where a file is. Errors: VENDOR_NOT_FOUND when it, or the drive of the person, is not there. */
export async function locateFile(
  client: MicrosoftClient,
  { fileId, accountId }: { readonly fileId: string; readonly accountId: string },
  signal: AbortSignal | undefined,
): Promise<FilePlace> {
  const [, inDrive, item] = IN_DRIVE.exec(fileId) ?? [];
  if (inDrive !== undefined && item !== undefined) return { driveId: inDrive, itemId: item };
  const [, siteId, listId, itemId] = LIST_ITEM.exec(fileId) ?? [];
  if (siteId !== undefined && listId !== undefined && itemId !== undefined) {
    const found = await client.call(
      OPERATIONS.listItemFile,
      { path: { siteId, listId, itemId }, signal },
      z.looseObject({ id: z.string(), parentReference: z.looseObject({ driveId: z.string() }) }),
    );
    return { driveId: found.parentReference.driveId, itemId: found.id };
  }
  if (!OF_THE_PERSON.test(fileId)) throw new QuellError('VENDOR_NOT_FOUND', 'not an id of a file');
  const drive = await client.call(
    OPERATIONS.userDrive,
    { path: { id: accountId }, query: { $select: 'id' }, signal },
    z.looseObject({ id: z.string() }),
  );
  return { driveId: drive.id, itemId: fileId };
}
