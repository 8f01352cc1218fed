import { QuellError } from '../../domain/errors.js';
import type { VendorState } from '../ports.js';
import type { GoogleClient } from './client.js';
import { readUser } from './people.js';

/** In the place of what an account could sign in with: nothing of it works, and Google shows none of it. */
export const SUSPENDED = 'suspended';

/**
 * What an account could sign in with (grants, app passwords). Google answers for these lists of a suspended account with 401, as it does
 * for a bad credential: the account's own record tells the two apart. A 401 about an active account is thrown as it is.
 */
export async function waysIn<T>(
  client: GoogleClient,
  accountId: string,
  signal: AbortSignal | undefined,
  read: () => Promise<T>,
): Promise<T | typeof SUSPENDED> {
  try {
    return await read();
  } catch (error) {
    const isRefused = error instanceof QuellError && error.code === 'VENDOR_AUTH';
    if (isRefused && (await readUser(client, accountId, signal)).suspended === true) return SUSPENDED;
    throw error;
  }
}

/** Whether nothing is left to sign in with; of a suspended account for as long as it is. */
export function noneLeft(counts: VendorState | typeof SUSPENDED): {
  readonly holds: boolean;
  readonly state: VendorState;
} {
  return counts === SUSPENDED
    ? { holds: true, state: { suspended: true } }
    : { holds: Object.values(counts).every((n) => n === 0), state: counts };
}
