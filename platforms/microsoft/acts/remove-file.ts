import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct, ResolvedTargetOf } from '../../ports.js';
import { orMissing } from '../../kit/replies.js';
import { sendOnce } from '../../kit/writes.js';
import { locateFile, type FilePlace } from '../files.js';
import { OPERATIONS } from '../operations.js';
import { write, type ActContext } from './act.js';

const driveItem = z.looseObject({ id: z.string(), file: z.looseObject({}).nullish() });

/** Moves a file to the recycle bin of its site. Graph restores only in personal drives, so a person undoes it. */
export function removeFile({ client }: ActContext): ContainmentAct<'remove_file'> {
  async function read(
    target: ResolvedTargetOf<'remove_file'>,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly path: FilePlace; readonly isFile: boolean } | undefined> {
    return orMissing(
      (async () => {
        const path = await locateFile(client, target, signal);
        const query = { $select: 'id,file' };
        const item = await client.call(OPERATIONS.file, { path: { ...path }, query, signal }, driveItem);
        return { path, isFile: Boolean(item.file) };
      })(),
    );
  }
  return {
    kind: 'remove_file',
    reversible: false,
    undo: 'The owner or a site administrator restores the file from the recycle bin of the site, within 93 days.',
    losses: 'The links of the file; a restored file is shared anew.',
    recognised: 'The file is no longer where it was.',
    proof: 'Reading the file answers that there is none.',
    effectWithinSeconds: 60,
    capture: async (target, { signal } = {}) => ({ present: (await read(target, signal)) !== undefined }),
    apply: async (target, _, options = {}) => {
      const { signal } = options;
      const found = await read(target, signal);
      if (!found) return [];
      if (!found.isFile) throw new QuellError('UNSUPPORTED', 'it is a folder: all that is in it would go with it');
      const { path } = found;
      const send = (): Promise<void> => client.send(OPERATIONS.deleteFile, { path: { ...path }, signal });
      const gone = async (): Promise<boolean> => (await read(target, signal)) === undefined;
      return (await orMissing(sendOnce(write(OPERATIONS.deleteFile, path.itemId), send, gone, options))) ?? [];
    },
    verify: async (target, _, { signal } = {}) => {
      const present = (await read(target, signal)) !== undefined;
      return { holds: !present, state: { present } };
    },
  };
}
