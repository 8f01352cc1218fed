import type { VendorWrite } from '../../../domain/plan.js';
import type { WriteOptions } from '../../ports.js';
import { sendOnce as sendAndLook, type Looks } from '../../kit/writes.js';
import type { SlackClient } from '../client.js';
import type { SlackOperation } from '../methods.js';
import type { SlackPlan } from '../settings.js';

export interface ActContext {
  readonly client: SlackClient;
  readonly teamIds: readonly string[];
  readonly plan: SlackPlan;
}

/** SCIM shows an effect within seconds. */
const LOOKS: Looks = { times: 5, everyMs: 200 };

/** A write of Slack's, sent once: see `sendOnce` of `platforms/kit/writes.ts`. */
export async function sendOnce(
  operation: SlackOperation,
  targetId: string,
  send: () => Promise<unknown>,
  took: () => Promise<boolean>,
  options: WriteOptions = {},
): Promise<VendorWrite> {
  const write: VendorWrite = { platform: 'slack', operation: operation.name, targetId };
  await sendAndLook(write, send, took, options, LOOKS);
  return write;
}
