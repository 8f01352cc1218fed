import { setTimeout as sleep } from 'node:timers/promises';
import { QuellError } from '../../domain/errors.js';
import type { VendorWrite } from '../../domain/plan.js';
import type { WriteOptions } from '../ports.js';

/** How often the state is looked at, and how long after the look before, where a vendor shows an effect late. */
export interface Looks {
  readonly times: number;
  readonly everyMs: number;
}
const ONE_LOOK: Looks = { times: 1, everyMs: 0 };

/**
 * Sends one write, announced to the caller first. When the answer is lost the effect may still be there: then the state
 * decides, so that a write that took effect is reported as one, and not made again.
 */
export async function sendOnce(
  done: VendorWrite,
  send: () => Promise<unknown>,
  took: () => Promise<boolean>,
  { record, signal }: WriteOptions,
  looks: Looks = ONE_LOOK,
): Promise<readonly VendorWrite[]> {
  const attempt = async (): Promise<void> => {
    try {
      await send();
    } catch (error) {
      const unclear = error instanceof QuellError && (error.code === 'VENDOR_DOWN' || error.code === 'VENDOR_REPLY');
      if (!unclear || !(await showsUp(took, looks, signal))) throw error;
    }
  };
  await (record ? record(done, attempt) : attempt());
  return [done];
}

async function showsUp(
  took: () => Promise<boolean>,
  { times, everyMs }: Looks,
  signal?: AbortSignal,
): Promise<boolean> {
  for (let look = 1; look <= times; look++) {
    if (await took().catch(() => false)) return true;
    if (look < times) await sleep(everyMs, undefined, signal ? { signal } : {});
  }
  return false;
}
