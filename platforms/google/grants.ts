import { z } from 'zod';
import type { VendorWrite } from '../../domain/plan.js';
import type { WriteOptions } from '../ports.js';
import { orMissing } from '../kit/replies.js';
import { sendOnce } from '../kit/writes.js';
import { write, type ActContext } from './act-context.js';
import { METHODS } from './methods.js';

export const tokenList = z.looseObject({ items: z.array(z.looseObject({ clientId: z.string() })).nullish() });

/** Client ids of the apps that hold a grant of the account. */
export async function grantsOf(
  { client }: ActContext,
  userKey: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const { items } = await client.call(
    METHODS.tokens,
    'admin',
    (directory, o) => directory.tokens.list({ userKey }, o),
    tokenList,
    signal,
  );
  return (items ?? []).map((t) => t.clientId);
}

/** Takes grants from the account; one that is gone meanwhile is no write. */
export async function removeGrants(
  context: ActContext,
  userKey: string,
  clientIds: readonly string[],
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  const { signal } = options;
  const writes: VendorWrite[] = [];
  for (const clientId of clientIds) {
    const send = (): Promise<void> =>
      context.client.send(
        METHODS.deleteToken,
        'admin',
        (directory, o) => directory.tokens.delete({ userKey, clientId }, o),
        signal,
      );
    const gone = async (): Promise<boolean> => !(await grantsOf(context, userKey, signal)).includes(clientId);
    const sent = sendOnce(write(METHODS.deleteToken, `${userKey}/tokens/${clientId}`), send, gone, options);
    writes.push(...((await orMissing(sent)) ?? []));
  }
  return writes;
}
