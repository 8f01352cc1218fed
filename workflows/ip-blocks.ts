import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ActionResult } from '../domain/plan.js';
import type { TenantRef } from '../domain/platform.js';
import { HOUR, now, plus } from './clock.js';
import { blockUpdate, ipBlocksViewQuery, type BlockRequest, type IpBlocksState } from './messages.js';
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

  setHandler(ipBlocksViewQuery, () => state);
  setHandler(blockUpdate, async (request): Promise<ActionResult> => {
    while (busy) await condition(() => !busy); // all who wait are let go at once
    busy = true;
    try {
      changes += 1;
      return keep(
        state,
        request,
        await containment(input.tenant).actOnStep.executeWithOptions(
          { summary: `Block an address for plan ${request.plan.planId}` },
          [request],
        ),
      );
    } finally {
      busy = false;
    }
  });

  await condition(() => changes >= CHANGES_PER_RUN || workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof ipBlocksWorkflow>({ ...input, resume: state });
}

function keep(state: IpBlocksState, { plan, step }: BlockRequest, result: ActionResult): ActionResult {
  const address = plan.actions.find((a) => a.step === step)?.target.id;
  if (address !== undefined && (result.status === 'done' || result.status === 'already')) {
    const since = now();
    state.entries = [
      ...state.entries.filter((e) => e.address !== address),
      { address, owner: plan.caseId, since, reviewAt: plus(since, REVIEW_AFTER) },
    ];
    setCurrentDetails(
      `## ${state.entries.length} address(es) blocked\n\n| owner | since | review at |\n|---|---|---|\n${state.entries.map((e) => `| ${e.owner} | ${e.since} | ${e.reviewAt} |`).join('\n')}`,
    );
  }
  return result;
}
