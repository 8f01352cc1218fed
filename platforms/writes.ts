import { QuellError } from '../domain/errors.js';
import type { ActionTarget, VendorWrite } from '../domain/plan.js';
import type { WriteOptions } from './ports.js';

/**
 * Sends one write, announced to the caller first. When the answer is lost the effect may still be there: then the state
 * decides, so that a write that took effect is reported as one, and not made again.
 */
export async function sendOnce(
  done: VendorWrite,
  send: () => Promise<void>,
  took: () => Promise<boolean>,
  { record }: WriteOptions,
): Promise<readonly VendorWrite[]> {
  const attempt = async (): Promise<void> => {
    try {
      await send();
    } catch (error) {
      const unclear = error instanceof QuellError && (error.code === 'VENDOR_DOWN' || error.code === 'VENDOR_REPLY');
      if (!unclear || !(await took().catch(() => false))) throw error;
    }
  };
  await (record ? record(done, attempt) : attempt());
  return [done];
}

/** The account that an act is on, also where the target is something of the account. */
export function accountOf(target: ActionTarget): string {
  const id = target.type === 'account' ? target.id : target.accountId;
  if (id === undefined) throw new QuellError('CONFIG', `target of type ${target.type} names no account`);
  return id;
}
