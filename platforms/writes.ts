import { QuellError } from '../domain/errors.js';
import type { VendorWrite } from '../domain/plan.js';
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
