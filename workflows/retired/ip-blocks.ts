import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { SignedPlan } from '../../domain/plan.js';
import type { TenantRef } from '../../domain/platform.js';
import { refusal } from '../handle.js';
import { containment } from '../proxies.js';

const CHANGES_PER_RUN = 200;

interface BlockRequest {
  readonly plan: SignedPlan;
  readonly step: number;
  readonly decisions: readonly never[];
}
interface IpBlocksState {
  readonly entries: readonly unknown[];
}
const blockUpdate = defineUpdate<unknown, [BlockRequest]>('block');
const unblockUpdate = defineUpdate<unknown, [BlockRequest]>('unblock');
const ipBlocksViewQuery = defineQuery<IpBlocksState>('ipBlocksView');

export interface IpBlocksInput {
  readonly tenant: TenantRef;
  readonly resume?: IpBlocksState;
}

/**
 * Retired: nothing starts it or asks it any more. Address blocks go the way of every other act, one at a time by the containment worker's own
 * lock. It stays for runs and histories of 0.1.0 alone, and takes nothing new.
 * Terminate its runs after the upgrade (docs/operations.md); it goes with the histories of 0.1.0.
 */
export async function ipBlocksWorkflow(input: IpBlocksInput): Promise<void> {
  let changes = 0;
  let busy = false;
  const alone = async <T>(change: () => Promise<T>): Promise<T> => {
    while (busy) await condition(() => !busy); // all who wait are let go at once
    busy = true;
    changes += 1;
    try {
      return await change();
    } finally {
      busy = false;
    }
  };
  const { actOnStep, revertStep } = containment(input.tenant);
  setHandler(ipBlocksViewQuery, () => input.resume ?? { entries: [] });
  // What an older version took is answered again when its history is read; the interceptor sees no update that has no validator.
  const validator = (_: BlockRequest): never => {
    throw refusal('MESSAGE');
  };
  setHandler(blockUpdate, (request: BlockRequest) => alone(() => actOnStep(request)), { validator });
  setHandler(unblockUpdate, (request: BlockRequest) => alone(() => revertStep(request)), { validator });

  await condition(() => changes >= CHANGES_PER_RUN || workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof ipBlocksWorkflow>(input);
}
