import { condition } from '@temporalio/workflow';
import type { PlanWait } from '../../domain/plan-wait.js';
import type { ContainmentInput, ContainmentState } from '../messages.js';
import { records } from '../proxies.js';
import { clearance } from './decisions.js';
import { planOf } from '../retired/before-last-gate.js';

/** Keeps the lists of cases right about whose decision the plan waits for, until it waits for nobody. */
export async function keepPlanListed(input: ContainmentInput, state: ContainmentState): Promise<void> {
  for (let written = 1; ; written++) {
    const wait = waitOf(input, state);
    const shown = JSON.stringify(wait);
    await records.listPlan.executeWithOptions({ summary: 'Show in the lists whose decision is needed' }, [
      { ...wait, written },
    ]);
    if (wait.roles.length === 0) return;
    await condition(() => JSON.stringify(waitOf(input, state)) !== shown);
  }
}

function waitOf(input: ContainmentInput, state: ContainmentState): Omit<PlanWait, 'written'> {
  const { caseId, deadline, policy } = input;
  const { planId, actions } = planOf(input.plan);
  const waiting = state.status === 'awaiting_approval' ? clearance(input, state).waiting : [];
  const rules = new Set(actions.filter((a) => waiting.includes(a.step)).map((a) => a.rule));
  const roles = policy.containment.approvalRules.filter((r) => rules.has(r.name)).flatMap((r) => r.roles);
  const decisions = state.decisions.map((d) => d.body).filter((d) => d.verb !== 'release');
  const decidedAt = decisions.map((d) => d.at).sort()[0];
  return {
    ...{ planId, caseId, until: deadline, roles: [...new Set(roles)].sort() },
    decidedBy: [...new Set(decisions.map((d) => d.personId))].sort(),
    ...(decidedAt === undefined ? {} : { decidedAt }),
  };
}
