import { setTimeout as sleep } from 'node:timers/promises';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { WriteOptions } from '../../ports.js';
import type { SlackClient } from '../client.js';
import type { SlackOperation } from '../methods.js';
import type { SlackPlan } from '../settings.js';

export interface ActContext {
  readonly client: SlackClient;
  readonly teamIds: readonly string[];
  readonly plan: SlackPlan;
}

/** Looks for an effect whose answer was lost: SCIM shows it within seconds. */
const LOOKS = 5;
const LOOK_MS = 200;

/**
 * Sends one write, announced through `record` where the caller gives it. When the answer is lost the effect may still be there: then the
 * state decides, so that a write that took effect is reported as one, and not made again.
 */
export async function sendOnce(
  operation: SlackOperation,
  targetId: string,
  send: () => Promise<unknown>,
  took: () => Promise<boolean>,
  { record, signal }: WriteOptions = {},
): Promise<VendorWrite> {
  const write: VendorWrite = { platform: 'slack', operation: operation.name, targetId };
  const attempt = async (): Promise<void> => {
    try {
      await send();
    } catch (error) {
      const unclear = error instanceof QuellError && (error.code === 'VENDOR_DOWN' || error.code === 'VENDOR_REPLY');
      if (!unclear || !(await showsUp(took, signal))) throw error;
    }
  };
  await (record ? record(write, attempt) : attempt());
  return write;
}

async function showsUp(took: () => Promise<boolean>, signal: AbortSignal | undefined): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look++) {
    if (await took().catch(() => false)) return true;
    if (look < LOOKS) await sleep(LOOK_MS, undefined, signal ? { signal } : {});
  }
  return false;
}
