import { z } from 'zod';
import type { VendorWrite } from '../../domain/plan.js';
import type { WriteOptions } from '../ports.js';
import { sendOnce } from '../kit/writes.js';
import { write, type ActContext } from './act-context.js';
import { METHODS } from './methods.js';
import { readUser } from './people.js';

/** The codes themselves are secrets: only their number is taken over. */
export const codeList = z.looseObject({ items: z.array(z.unknown()).nullish() });

/** How many backup codes the account could sign in with: while it is suspended none, and then they cannot be listed or made void either. */
export async function backupCodesOf(
  context: ActContext,
  userKey: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  return (await readUser(context.client, userKey, signal)).suspended ? 0 : listed(context, userKey, signal);
}

async function listed({ client }: ActContext, userKey: string, signal: AbortSignal | undefined): Promise<number> {
  const { items } = await client.call(
    METHODS.backupCodes,
    'admin',
    (directory, o) => directory.verificationCodes.list({ userKey }, o),
    codeList,
    signal,
  );
  return (items ?? []).length;
}

/** Makes all of them void: Google has no other way. */
export async function voidBackupCodes(
  context: ActContext,
  userKey: string,
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  const { signal } = options;
  if ((await backupCodesOf(context, userKey, signal)) === 0) return [];
  return sendOnce(
    write(METHODS.invalidateCodes, userKey),
    () =>
      context.client.send(
        METHODS.invalidateCodes,
        'admin',
        (directory, o) => directory.verificationCodes.invalidate({ userKey }, o),
        signal,
      ),
    async () => (await listed(context, userKey, signal)) === 0,
    options,
  );
}
