import { z } from 'zod';
import type { VendorWrite } from '../../domain/plan.js';
import type { WriteOptions } from '../ports.js';
import { orMissing } from '../kit/replies.js';
import { sendOnce } from '../kit/writes.js';
import { write, type ActContext } from './act-context.js';
import { METHODS } from './methods.js';

export const aspList = z.looseObject({ items: z.array(z.looseObject({ codeId: z.number() })).nullish() });

/** Code ids of the account's app passwords; the passwords themselves are never told. */
export async function appPasswordsOf(
  { client }: ActContext,
  userKey: string,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const { items } = await client.call(
    METHODS.asps,
    'admin',
    (directory, o) => directory.asps.list({ userKey }, o),
    aspList,
    signal,
  );
  return (items ?? []).map((a) => a.codeId);
}

/** Takes app passwords from the account; one that is gone meanwhile is no write. */
export async function removeAppPasswords(
  context: ActContext,
  userKey: string,
  codeIds: readonly number[],
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  const { signal } = options;
  const writes: VendorWrite[] = [];
  for (const codeId of codeIds) {
    const send = (): Promise<void> =>
      context.client.send(
        METHODS.deleteAsp,
        'admin',
        (directory, o) => directory.asps.delete({ userKey, codeId }, o),
        signal,
      );
    const gone = async (): Promise<boolean> => !(await appPasswordsOf(context, userKey, signal)).includes(codeId);
    const sent = sendOnce(write(METHODS.deleteAsp, `${userKey}/asps/${String(codeId)}`), send, gone, options);
    writes.push(...((await orMissing(sent)) ?? []));
  }
  return writes;
}
