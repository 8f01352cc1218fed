import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import { orMissing } from '../../kit/replies.js';
import type { ContainmentAct, ResolvedTargetOf, VendorState, WriteOptions } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { write, type ActContext } from '../act-context.js';
import { METHODS } from '../methods.js';
import { addressOf } from '../people.js';

type Target = ResolvedTargetOf<'remove_file'>;

export const file = z.looseObject({
  id: z.string(),
  trashed: z.boolean().nullish(),
  capabilities: z.looseObject({ canTrash: z.boolean().nullish(), canUntrash: z.boolean().nullish() }).nullish(),
});
type File = z.infer<typeof file>;
/** Unnamed fields are left out of the answer. */
const FIELDS = 'id,trashed,capabilities(canTrash,canUntrash)';

/** Moves a file to the trash, as the person in whose name it was shared. Nothing is deleted for good. */
export function removeFile({ client }: ActContext): ContainmentAct<'remove_file'> {
  const read = (email: string, fileId: string, signal: AbortSignal | undefined): Promise<File | undefined> =>
    orMissing(
      client.call(
        METHODS.ownFile,
        { email },
        (drive, o) => drive.files.get({ fileId, fields: FIELDS, supportsAllDrives: true }, o),
        file,
        signal,
      ),
    );
  async function state({ accountId, fileId }: Target, signal: AbortSignal | undefined): Promise<VendorState> {
    const found = await read(await addressOf(client, accountId, signal), fileId, signal);
    return { present: found !== undefined, trashed: found?.trashed === true };
  }
  async function set(
    { accountId, fileId }: Target,
    trashed: boolean,
    options: WriteOptions,
  ): Promise<readonly VendorWrite[]> {
    const { signal } = options;
    const email = await addressOf(client, accountId, signal);
    const found = await read(email, fileId, signal);
    if (!found || (found.trashed === true) === trashed) return [];
    if ((trashed ? found.capabilities?.canTrash : found.capabilities?.canUntrash) === false)
      throw new QuellError('UNSUPPORTED', 'the file belongs to somebody else, who alone can move it to the trash');
    const send = (): Promise<void> =>
      client.send(
        METHODS.trashFile,
        { email },
        (drive, o) =>
          drive.files.update({ fileId, fields: FIELDS, supportsAllDrives: true, requestBody: { trashed } }, o),
        signal,
      );
    const took = async (): Promise<boolean> => ((await read(email, fileId, signal))?.trashed === true) === trashed;
    return sendOnce(write(METHODS.trashFile, fileId), send, took, options);
  }
  return {
    kind: 'remove_file',
    reversible: true,
    undo: 'The file is taken out of the trash.',
    losses:
      'What lies in the trash for 30 days is deleted by Google. Until then those it is shared with can still open it.',
    recognised: 'The file is in the trash, or gone.',
    proof: 'The file’s own record: in the trash.',
    effectWithinSeconds: 60,
    capture: (target, { signal } = {}) => state(target, signal),
    apply: (target, _, options = {}) => set(target, true, options),
    verify: async (target, _, { signal } = {}) => {
      const now = await state(target, signal);
      return { holds: now['present'] === false || now['trashed'] === true, state: now };
    },
    revert: (target, before, options = {}) =>
      before['present'] === true && before['trashed'] === false ? set(target, false, options) : Promise.resolve([]),
  };
}
