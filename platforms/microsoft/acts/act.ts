import { QuellError } from '../../../domain/errors.js';
import type { ActionTarget, VendorWrite } from '../../../domain/plan.js';
import type { WriteOptions } from '../../ports.js';
import type { MicrosoftClient } from '../client.js';
import type { MicrosoftOperation } from '../operations.js';

export interface ActContext {
  readonly client: MicrosoftClient;
  /** Client ids of Quell's own app registrations. */
  readonly ownAppIds: readonly string[];
  /** Display name of the Conditional Access location that holds blocked addresses. */
  readonly blockedLocation: string;
}

export function write(operation: MicrosoftOperation, targetId: string): VendorWrite {
  return { platform: 'microsoft', operation: operation.name, targetId };
}

/**
 * Sends one write, announced to the caller first. When the answer is lost the effect may still be there: then the state
 * decides, so that a write that took effect is reported as one, and not made again.
 */
export async function sendOnce(
  done: VendorWrite,
  send: () => Promise<void>,
  took: () => Promise<boolean>,
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  try {
    await (options.record ? options.record(done, send) : send());
  } catch (error) {
    const unclear = error instanceof QuellError && (error.code === 'VENDOR_DOWN' || error.code === 'VENDOR_REPLY');
    if (!unclear || !(await took().catch(() => false))) throw error;
  }
  return [done];
}

/** True when a vendor time (whole seconds) is not before an instant. */
export function notBefore(vendorTime: string | null | undefined, since: string): boolean {
  if (!vendorTime) return false;
  return Math.floor(Date.parse(vendorTime) / 1000) >= Math.floor(Date.parse(since) / 1000);
}

export function accountOf(target: ActionTarget): string {
  const id = target.type === 'account' ? target.id : target.accountId;
  if (id === undefined) throw new QuellError('CONFIG', `target of type ${target.type} names no account`);
  return id;
}

/** Undefined when the vendor does not know the object (any more). */
export async function orMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof QuellError && error.code === 'VENDOR_NOT_FOUND') return undefined;
    throw error;
  }
}
