import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { sendOnce, type ActContext } from './act.js';

const info = z.union([z.looseObject({ file: z.looseObject({ id: z.string() }) }), z.looseObject({ is: z.string() })]);
const ANSWERS = { file_deleted: { is: 'deleted' }, file_not_found: { is: 'not found' } } as const;

/** `files.delete`, for everybody and for good. */
export function removeFile({ client }: ActContext): ContainmentAct<'remove_file'> {
  const look = async (file: string, signal?: AbortSignal): Promise<'there' | 'deleted' | 'not found'> => {
    const { is } = await client.call(OPERATIONS.fileInfo, { file }, info, { signal, answers: ANSWERS });
    return is === 'deleted' || is === 'not found' ? is : 'there';
  };
  return {
    kind: 'remove_file',
    reversible: false,
    undo: 'Nothing undoes it: who has a copy uploads it again.',
    losses: 'The file and its links, for everybody. What a retention rule or a legal hold keeps stays with Slack.',
    recognised: '`files.info` answers `file_deleted`, or no longer finds the file that it found before.',
    proof: '`files.info` finds the file no more; the audit log holds `file_deleted`.',
    effectWithinSeconds: 30,
    capture: async (target, { signal } = {}) => {
      const file = await look(target.fileId, signal);
      // Slack says the same of a file that our account may not see: nothing could be proved afterwards.
      if (file === 'not found') throw new QuellError('VENDOR_NOT_FOUND', `${OPERATIONS.fileInfo.name}: file_not_found`);
      return { file };
    },
    apply: async (target, _, options = {}) => {
      const file = target.fileId;
      if ((await look(file, options.signal)) !== 'there') return [];
      const settings = { signal: options.signal, answers: { file_deleted: {} } };
      return [
        await sendOnce(
          OPERATIONS.fileDelete,
          file,
          () => client.call(OPERATIONS.fileDelete, { file }, z.looseObject({}), settings),
          async () => (await look(file, options.signal)) !== 'there',
          options,
        ),
      ];
    },
    verify: async (target, _, { signal } = {}) => {
      const file = await look(target.fileId, signal);
      return { holds: file !== 'there', state: { file } };
    },
  };
}
