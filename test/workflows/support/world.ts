import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type {
  AnalysisActivities,
  ContainmentActivities,
  EvidenceActivities,
  PeopleActivities,
  RecordsActivities,
  SwitchActivities,
} from '../../../activities/contract.js';
import { ERRORS, type ErrorCode } from '../../../domain/errors.js';
import { QUEUES } from '../../../workflows/queues.js';
import type { TestWorker } from '../../support/temporal.js';
import { actionDone, assessmentOf, casePolicy, collectionOf, exposureOf, HOME, subjectFacts } from './facts.js';
import { statedOf } from './people.js';

export type Activities = EvidenceActivities &
  AnalysisActivities &
  PeopleActivities &
  ContainmentActivities &
  SwitchActivities &
  RecordsActivities;
type Name = keyof Activities;
type Input<K extends Name> = Parameters<Activities[K]>[0];

/** Which role offers what: a workflow that asks on another queue is left without an answer. */
const ROLES = {
  evidence: ['identifySubject', 'collectEvidence', 'findOthers'],
  analysis: ['assess', 'planContainment', 'auditExposure'],
  people: ['contactSubject', 'openForm', 'requestApproval', 'announceTasks', 'notifyIncidentResponse'],
  containment: ['actOnStep', 'verifyStep', 'revertStep', 'resolveSteps'],
  containmentSwitch: ['switchContainment'],
  records: ['openCase', 'recordProgress', 'listPlan', 'recordRefusals', 'handOver', 'raiseAlerts', 'closeCase'],
} as const satisfies Record<string, readonly Name[]>;

/** What a quiet world answers: a case in it is a false alarm. A test replaces what it is about. */
const quietly: Activities = {
  identifySubject: async ({ subjectId }) => subjectFacts(subjectId),
  collectEvidence: async (input) => collectionOf(input),
  findOthers: async () => ({ sightings: [], gaps: [] }),
  assess: async ({ depth }) => assessmentOf({ depth }),
  planContainment: async () => undefined,
  auditExposure: async () => ({
    exposure: exposureOf(),
    disclosure: { key: 'disclosure', sha256: '0', bytes: 1, rows: 0 },
  }),
  contactSubject: async () => ({ channel: 'mail', avoided: [], sentAt: new Date().toISOString() }),
  openForm: async () => ({ opened: true }),
  requestApproval: async () => ({ asked: 2 }),
  announceTasks: async ({ tasks }) => ({ told: tasks.length }),
  notifyIncidentResponse: async () => ({ ways: ['pager'] }),
  actOnStep: async ({ plan, step }) => statedOf(plan.body, actionDone(plan.body, step)),
  verifyStep: async ({ since }) => ({ at: since, holds: true, state: {} }),
  revertStep: async ({ plan, step }) => statedOf(plan.body, actionDone(plan.body, step, { text: 'Undone.' })),
  resolveSteps: async () => ({ steps: [], names: { key: 'names', sha256: '0', bytes: 1, rows: 1 } }),
  switchContainment: async ({ signed: { body } }) =>
    body.verb === 'stop' ? { stopped: { by: body.personId, at: body.at, why: body.why, nonce: body.nonce } } : {},
  openCase: async () => casePolicy(),
  recordProgress: async () => ({}),
  listPlan: async () => undefined,
  recordRefusals: async () => undefined,
  handOver: async () => ({ caseId: 'case-that-stays' }),
  raiseAlerts: async () => undefined,
  closeCase: async () => ({ html: 'report.html', json: 'report.json', sha256: '0' }),
};

/** Everything that workflows ask of the world, in memory. */
export class PlayedWorld {
  readonly #asked: { readonly name: Name; readonly input: unknown }[] = [];
  #answers: Activities;

  constructor(answers: Partial<Activities> = {}) {
    this.#answers = { ...quietly, ...answers };
  }

  /** From now on the world answers so. */
  answer(answers: Partial<Activities>): void {
    this.#answers = { ...this.#answers, ...answers };
  }

  /** What an activity was asked, in order, every attempt. */
  asked<K extends Name>(name: K): readonly Input<K>[] {
    return this.#asked.filter((a) => a.name === name).map((a) => a.input as Input<K>);
  }

  /** Names of these activities in the order in which they were asked for. */
  order(...names: readonly Name[]): readonly Name[] {
    return this.#asked.map((a) => a.name).filter((name) => names.includes(name));
  }

  ask(name: Name, input: never): Promise<unknown> {
    this.#asked.push({ name, input });
    return this.#answers[name](input);
  }
}

/** A worker for the workflows and one for each role, on the queues of the tenant `HOME`; `world` is asked anew each time. */
export function workersFor(
  workflowBundle: WorkflowBundleWithSourceMap,
  world: () => PlayedWorld,
): readonly TestWorker[] {
  const role = (names: readonly Name[]): NonNullable<TestWorker['activities']> =>
    Object.fromEntries(names.map((name) => [name, (input: never) => world().ask(name, input)]));
  return [
    { taskQueue: QUEUES.playbook, workflowBundle },
    { taskQueue: QUEUES.evidence(HOME), activities: role(ROLES.evidence) },
    { taskQueue: QUEUES.containment(HOME), activities: role(ROLES.containment) },
    { taskQueue: QUEUES.containmentSwitch, activities: role(ROLES.containmentSwitch) },
    { taskQueue: QUEUES.analysis, activities: role(ROLES.analysis) },
    { taskQueue: QUEUES.people, activities: role(ROLES.people) },
    { taskQueue: QUEUES.records, activities: role(ROLES.records) },
  ];
}

/** An activity that gives up with a code of the catalogue. */
export const failing = (code: ErrorCode) => (): Promise<never> =>
  Promise.reject(ApplicationFailure.create({ type: code, message: ERRORS[code].text, nonRetryable: true }));
