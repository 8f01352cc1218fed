import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { CaseState } from '../../../domain/case.js';
import type { ActionResult, ContainmentPlan } from '../../../domain/plan.js';
import { viewContainment } from '../../../gateway/case-client.js';
import { viewQuery } from '../../../workflows/messages.js';
import { raiseAlerts, type RaisedAlert } from '../alerts.js';
import { PlayedPeople } from '../people.js';
import { reportsOf } from '../play.js';
import type { Organisation } from './organisation.js';

const LOOK_EVERY_MS = 250;
/** A case may open others: of the people whom it finds. */
const QUIET_FOR_MS = 3_000;

/** A plan as it was proposed, and what became of its steps. */
export interface PlanEnd {
  readonly caseId: string;
  readonly plan: ContainmentPlan;
  readonly results: readonly ActionResult[];
}

/** What a run left behind: all that it is judged by. */
export interface Ended {
  readonly states: readonly CaseState[];
  readonly plans: readonly PlanEnd[];
  /** JSON reports. */
  readonly reports: readonly object[];
  /** HTML reports. */
  readonly pages: readonly string[];
  /** Bodies as they were raised. */
  readonly alerts: readonly string[];
  /** Seconds from the first alert until all had closed. */
  readonly seconds: number;
  /** What did not come to its end in time. */
  readonly unfinished?: string;
}

/** Raises the alerts and plays the people until every case has closed and no other opens. */
export async function playScenario(organisation: Organisation, limitMs: number): Promise<Ended> {
  const { scenario, client, files, slack } = organisation;
  const began = Date.now();
  const people = new PlayedPeople(scenario, client, files.vault, organisation.messagesTo, () => undefined, slack);
  const cases = new Cases(client);
  let raised: readonly RaisedAlert[] | undefined;
  const raising = raiseAlerts(organisation, () => undefined).then((alerts) => (raised = alerts));
  raising.catch(() => undefined); // told below
  let quietSince: number | undefined;
  let unfinished: string | undefined;
  for (;;) {
    const states = await cases.look();
    const open = states.filter((s) => s.stage !== 'closed');
    const busy = open.length > 0 || raised === undefined || !(await areSettled(raised));
    quietSince = busy ? undefined : (quietSince ?? Date.now());
    if (quietSince !== undefined && Date.now() - quietSince >= QUIET_FOR_MS) break;
    if (Date.now() - began > limitMs) {
      unfinished = open.map((s) => `${s.caseId} is in ${s.stage}`).join(', ') || 'alerts wait in the inbox';
      break;
    }
    for (const state of open) await people.act(state);
    // Alerts that cannot be raised, and roles that end, end the run.
    await Promise.race([
      sleep(LOOK_EVERY_MS),
      organisation.failed,
      ...(raised ? [] : [raising.then(() => sleep(LOOK_EVERY_MS))]),
    ]);
  }
  const seconds = ((quietSince ?? Date.now()) - began) / 1_000;
  const states = cases.states.filter((s) => s.closedAs !== 'merged');
  const reports = await reportsOf(organisation.reports, states);
  return {
    states,
    plans: await plansOf(client, states),
    reports: reports.map(({ json }) => JSON.parse(json) as object),
    pages: reports.map(({ html }) => html),
    alerts: (raised ?? []).map((a) => a.body),
    seconds,
    ...(unfinished === undefined ? {} : { unfinished }),
  };
}

/** What became of every alert is known: none waits in the inbox. */
async function areSettled(raised: readonly RaisedAlert[]): Promise<boolean> {
  for (const { status } of raised) {
    const answer = (await (await fetch(status)).json()) as { readonly status?: string };
    if (answer.status === 'waiting') return false;
  }
  return true;
}

async function plansOf(client: Client, states: readonly CaseState[]): Promise<readonly PlanEnd[]> {
  const ends: PlanEnd[] = [];
  for (const { caseId, plans } of states)
    for (const { containmentId, results } of plans) {
      const view = await viewContainment(client, containmentId);
      if (view) ends.push({ caseId, plan: view.plan.body, results: view.results.length > 0 ? view.results : results });
    }
  return ends;
}

/** The cases of an organisation. A case is asked only when its history has grown: an answer costs a replay at worst. */
class Cases {
  readonly #seen = new Map<string, { readonly length: number; readonly state: CaseState }>();

  constructor(readonly client: Client) {}

  get states(): readonly CaseState[] {
    return [...this.#seen.values()].map((s) => s.state);
  }

  async look(): Promise<readonly CaseState[]> {
    const { workflow } = this.client;
    for await (const { workflowId, runId, status } of workflow.list({ query: "WorkflowType = 'caseWorkflow'" })) {
      const name = `${workflowId}:${runId}`;
      if (status.name === 'CONTINUED_AS_NEW') {
        this.#seen.delete(name); // the run after it has all of its state
        continue;
      }
      const seen = this.#seen.get(name);
      if (seen?.state.stage === 'closed') continue;
      const handle = workflow.getHandle(workflowId, runId);
      const length = (await handle.describe()).historyLength;
      if (seen?.length === length) continue;
      const state = await handle.query(viewQuery).catch(() => undefined);
      if (state) this.#seen.set(name, { length, state });
    }
    return this.states;
  }
}
