import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ActionResult, ContainmentPlan } from '../domain/plan.js';
import type { TenantRef } from '../domain/platform.js';
import { HOUR, now, plus } from './clock.js';
import { blockUpdate, ipBlocksViewQuery, unblockUpdate, type BlockRequest, type IpBlocksState } from './messages.js';
import { containment } from './proxies.js';

const CHANGES_PER_RUN = 200;
const REVIEW_AFTER = 30 * 24 * HOUR;

export interface IpBlocksInput {
  readonly tenant: TenantRef;
  readonly resume?: IpBlocksState;
}

/**
 * The single writer of one tenant's address blocks: vendors replace the whole list on a change and give no ETag,
 * so two writers would lose each other's entries. Entries have an owner and a date for their review.
 */
export async function ipBlocksWorkflow(input: IpBlocksInput): Promise<void> {
  const state: IpBlocksState = input.resume ?? { entries: [] };
  let changes = 0;
  let busy = false;
  const alone = async (change: () => Promise<ActionResult>): Promise<ActionResult> => {
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

  setHandler(ipBlocksViewQuery, () => state);
  setHandler(blockUpdate, (request) =>
    alone(async () => {
      const summary = `Block an address for plan ${request.plan.planId}`;
      return keep(state, request, await actOnStep.executeWithOptions({ summary }, [request]));
    }),
  );
  setHandler(unblockUpdate, (request) =>
    alone(async () => {
      const summary = `Undo a block of plan ${request.plan.planId}`;
      return drop(state, request, await revertStep.executeWithOptions({ summary }, [request]));
    }),
  );

  await condition(() => changes >= CHANGES_PER_RUN || workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof ipBlocksWorkflow>({ ...input, resume: state });
}

function keep(state: IpBlocksState, { plan, step }: BlockRequest, result: ActionResult): ActionResult {
  const address = addressOf(plan, step);
  if (address !== undefined && (result.status === 'done' || result.status === 'already')) {
    const since = now();
    state.entries = [
      ...state.entries.filter((e) => e.address !== address),
      { address, owner: plan.caseId, since, reviewAt: plus(since, REVIEW_AFTER) },
    ];
    draw(state);
  }
  return result;
}

/** What could not be undone still holds, and stays listed. */
function drop(state: IpBlocksState, { plan, step }: BlockRequest, result: ActionResult): ActionResult {
  if (result.status === 'done' && result.verified) {
    state.entries = state.entries.filter((e) => e.address !== addressOf(plan, step));
    draw(state);
  }
  return result;
}

const addressOf = (plan: ContainmentPlan, step: number): string | undefined =>
  plan.actions.find((a) => a.step === step)?.target.id;

function draw({ entries }: IpBlocksState): void {
  const rows = entries.map((e) => `| ${e.owner} | ${e.since} | ${e.reviewAt} |`);
  setCurrentDetails(
    [`## ${entries.length} address(es) blocked\n`, '| owner | since | review at |', '|---|---|---|', ...rows].join(
      '\n',
    ),
  );
}
