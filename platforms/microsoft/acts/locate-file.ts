import { z } from 'zod';
import type { ActionTarget } from '../../../domain/plan.js';
import { accountOf } from '../../writes.js';
import type { MicrosoftClient } from '../client.js';
import { OPERATIONS } from '../operations.js';

/** Path values of a drive item. */
export interface File {
  readonly driveId: string;
  readonly itemId: string;
}

const LIST_ITEM = /^sites\/([^/]+)\/lists\/([^/]+)\/items\/([^/]+)$/;

/** A target names a file of the person's drive, or a list item as the audit log does. */
export async function locateFile(
  client: MicrosoftClient,
  target: ActionTarget,
  signal: AbortSignal | undefined,
): Promise<File> {
  const [, siteId, listId, itemId] = LIST_ITEM.exec(target.id) ?? [];
  if (siteId !== undefined && listId !== undefined && itemId !== undefined) {
    const item = await client.call(
      OPERATIONS.listItemFile,
      { path: { siteId, listId, itemId }, signal },
      z.looseObject({ id: z.string(), parentReference: z.looseObject({ driveId: z.string() }) }),
    );
    return { driveId: item.parentReference.driveId, itemId: item.id };
  }
  const drive = await client.call(
    OPERATIONS.userDrive,
    { path: { id: accountOf(target) }, query: { $select: 'id' }, signal },
    z.looseObject({ id: z.string() }),
  );
  return { driveId: drive.id, itemId: target.id };
}
