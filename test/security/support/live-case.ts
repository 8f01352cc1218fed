import type { CaseState, PlanState } from '../../../domain/case.js';
import type { Scenario } from '../../../simulator/core/scenario.js';
import { raiseAlerts } from '../../../cli/demo/alerts.js';
import { PlayedPeople } from '../../../cli/demo/people.js';
import { viewCase, viewContainment } from '../../../gateway/case-client.js';
import type { ContainmentView } from '../../../workflows/messages.js';
import { until, withPeople, type Attack, type AttackOptions } from './attack.js';

/** A real case that goes as far as people must do something, and waits there for minutes: nobody decides, nobody does tasks. */
export const LIVE = {
  scenario: 'slack-takeover',
  pace: { lag: 1200, people: 12 },
  change: (scenario: Scenario): Scenario => {
    const { plays, ...all } = withPeople(scenario);
    return { ...all, plays: { ...plays, approvers: [], tasks: 'late' } };
  },
} satisfies AttackOptions;

export interface LiveCase {
  readonly state: CaseState;
  readonly plan: PlanState;
  readonly view: ContainmentView;
}

/** Raises the alerts and waits until the subject has been asked. */
export async function askedCase({ house }: Attack): Promise<CaseState> {
  await raiseAlerts(house, () => undefined);
  const caseId = await until(async () => {
    for await (const { workflowId } of house.client.workflow.list({ query: "WorkflowType = 'caseWorkflow'" }))
      return workflowId;
    return undefined;
  });
  return await until(async () => {
    const state = await viewCase(house.client, caseId);
    return state?.contact?.outcome === 'waiting' && state;
  }, 180_000);
}

/** Raises the alerts, answers as the subject would, and waits for the plan that people must decide on. */
export async function liveCase(on: Attack): Promise<LiveCase> {
  const { house } = on;
  const { caseId } = await askedCase(on);
  const people = new PlayedPeople(
    ...([house.scenario, house.client, house.files.vault, house.messagesTo, () => undefined, house.slack] as const),
  );
  return await until(async () => {
    const state = await viewCase(house.client, caseId);
    if (!state) return undefined;
    await people.act(state);
    // First steps wait for nobody, and are told as waiting for a moment all the same.
    const plan = state.plans.find((p) => p.purpose === 'containment' && p.status === 'awaiting_approval');
    const view = plan && (await viewContainment(house.client, plan.containmentId));
    return plan && view && { state, plan, view };
  }, 240_000);
}
