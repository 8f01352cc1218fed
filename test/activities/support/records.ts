import type { CaseSummary } from '../../../domain/case-summary.js';
import type { RecordsActivities } from '../../../activities/contract.js';
import { createRecordsActivities, type RecordsDeps, type WorkflowsPort } from '../../../activities/records/index.js';
import { AuditChain } from '../../../store/audit/chain.js';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { IncidentLinks } from '../../../store/cases/incident-links.js';
import type { House } from './house.js';
import { later, NOW } from './plans.js';

/** Other workflows, as far as the records role sees them. */
export class RecordedWorkflows implements WorkflowsPort {
  readonly calls: (readonly [string, unknown])[] = [];
  lost: Error | undefined;
  views = new Map<string, Awaited<ReturnType<WorkflowsPort['containment']>>>();

  joinAlerts = (input: unknown) => this.take('joinAlerts', input, undefined);
  joinIncident = (input: unknown) => this.take('joinIncident', input, undefined);
  containment = (id: string) => this.take('containment', id, this.views.get(id));

  private take<T>(name: string, input: unknown, answer: T): Promise<T> {
    this.calls.push([name, input]);
    return this.lost ? Promise.reject(this.lost) : Promise.resolve(answer);
  }
}

export interface Records {
  readonly workflows: RecordedWorkflows;
  readonly chain: AuditChain;
  readonly run: RecordsActivities;
}

export async function records(house: House, change: Partial<RecordsDeps> = {}): Promise<Records> {
  const chain = new AuditChain(house.database.as('records'), house.keys.signing('audit'));
  const workflows = new RecordedWorkflows();
  const run = createRecordsActivities({
    policies: house.policies,
    keys: [],
    resultKeys: [{ keyId: 'k-worker', publicKey: 'aa' }],
    deciders: async () => [
      { personId: 'p-1', roles: ['responder'] },
      { personId: 'p-2', roles: ['lead'] },
    ],
    names: new Map([
      ['p-1', 'Grace Approver'],
      ['p-2', 'Linus Lead'],
    ]),
    pace: { lag: 1, people: 1 },
    mode: 'live',
    profile: 'demo',
    chain,
    index: new CaseWriter(house.database.as('records')),
    links: new IncidentLinks(house.database.as('records')),
    registry: await house.registryFor('records'),
    dossier: house.dossier,
    reports: house.reports.writer,
    workflows,
    clock: () => NOW,
    ...change,
  });
  return { workflows, chain, run };
}

/** A case as the records role is told of it. */
export const summary = (change: Partial<CaseSummary> = {}): CaseSummary => ({
  caseId: 'case-s-1',
  subjectId: 's-1',
  openedAt: later(-9),
  stage: 'triage',
  severity: 'high',
  verdict: 'undetermined',
  platforms: ['slack'],
  alertIds: ['al-1'],
  alertCount: 1,
  openTasks: 0,
  openPlans: 0,
  links: [],
  ...change,
});
