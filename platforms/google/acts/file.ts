import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ActionTarget, VendorWrite } from '../../../domain/plan.js';
import { orMissing } from '../../replies.js';
import type { ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import { accountOf, sendOnce } from '../../writes.js';
import { METHODS } from '../methods.js';
import { addressOf } from '../people.js';
import { write, type ActContext } from './act.js';

const file = z.looseObject({
  id: z.string(),
  trashed: z.boolean().nullish(),
  capabilities: z.looseObject({ canTrash: z.boolean().nullish(), canUntrash: z.boolean().nullish() }).nullish(),
});
type File = z.infer<typeof file>;
/** Unnamed fields are left out of the answer. */
const FIELDS = 'id,trashed,capabilities(canTrash,canUntrash)';

/** Moves a file to the trash, as the person in whose name it was shared. Nothing is deleted for good. */
export function removeFile({ client }: ActContext): ContainmentAct {
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
  async function state(target: ActionTarget, signal: AbortSignal | undefined): Promise<VendorState> {
    const found = await read(await addressOf(client, accountOf(target), signal), target.id, signal);
    return { present: found !== undefined, trashed: found?.trashed === true };
  }
  async function set(target: ActionTarget, trashed: boolean, options: WriteOptions): Promise<readonly VendorWrite[]> {
    const { signal } = options;
    const email = await addressOf(client, accountOf(target), signal);
    const found = await read(email, target.id, signal);
    if (!found || (found.trashed === true) === trashed) return [];
    if ((trashed ? found.capabilities?.canTrash : found.capabilities?.canUntrash) === false)
      throw new QuellError('UNSUPPORTED', 'the file belongs to somebody else, who alone can move it to the trash');
    const send = (): Promise<void> =>
      client.send(
        METHODS.trashFile,
        { email },
        (drive, o) =>
          drive.files.update(
            { fileId: target.id, fields: FIELDS, supportsAllDrives: true, requestBody: { trashed } },
            o,
          ),
        signal,
      );
    const took = async (): Promise<boolean> => ((await read(email, target.id, signal))?.trashed === true) === trashed;
    return sendOnce(write(METHODS.trashFile, target.id), send, took, options);
  }
  return {
    kind: 'remove_file',
    reversible: true,
    d3fend: 'D3-FEV',
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
