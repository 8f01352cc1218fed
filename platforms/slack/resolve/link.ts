import { z } from 'zod';
import type { LinkTarget } from '../../../domain/act-target.js';
import { QuellError } from '../../../domain/errors.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import { OPERATIONS } from '../methods.js';
import { accountReader, type ReadContext } from './accounts.js';
import { isSlackId } from './ids.js';

const info = z.looseObject({ file: z.looseObject({ id: z.string(), user: z.string().nullish() }) });

/**
 * A file that was shared affects who shared it and whose it is: anybody may share what they see. A deleted file (`file_deleted`) is nobody
 * else's any more; of one that Slack does not find nobody can say whose it is.
 */
export const linkResolver =
  (context: ReadContext) =>
  async ({ fileId, accountId }: LinkTarget, { signal }: CallOptions): Promise<readonly TargetReading<'link'>[]> => {
    if (!isSlackId('file', fileId) || !isSlackId('account', accountId)) return [];
    const answers = { file_deleted: { file: { id: fileId, user: accountId } } };
    const { file } = await context.client.call(OPERATIONS.fileInfo, { file: fileId }, info, { signal, answers });
    if (file.id !== fileId || !file.user)
      throw new QuellError('VENDOR_REPLY', `${OPERATIONS.fileInfo.name}: another file, or nobody's`);
    const account = accountReader(context, signal);
    const named = await account(accountId);
    const affects = file.user === named.accountId ? [named] : [named, await account(file.user)];
    return [readingOf<'link'>({ type: 'link', fileId: file.id, accountId: named.accountId }, affects)];
  };
