import { parse, stringify } from 'yaml';
import type { CaseState } from '../../../domain/case.js';
import type { ActionResult, ContainmentPlan, PlannedAction } from '../../../domain/plan.js';
import { Names } from '../../../cli/demo/verdicts/names.js';
import type { Ended } from '../../../cli/demo/verdicts/play.js';
import type { Row } from '../../../cli/demo/verdicts/judge.js';
import { parseScenario, type Scenario } from '../../../simulator/core/scenario.js';
import { World } from '../../../simulator/core/world.js';

/** Two people, an app and an address over the shared organisation. */
const BASE = {
  name: 'scene',
  shows: 'nothing',
  people: {
    ada: {
      name: 'Ada Lohm',
      email: 'ada@example.com',
      accounts: ['slack', 'microsoft'],
      authority: 'microsoft',
      mail: 'microsoft',
    },
    raj: {
      name: 'Raj Nair',
      email: 'raj@example.com',
      accounts: ['microsoft'],
      authority: 'microsoft',
      mail: 'microsoft',
    },
  },
  apps: { sync: { name: 'Drive Sync', platform: 'google', scopes: [] } },
  subject: 'ada',
  rows: [],
  alerts: [],
  plays: { subject: { answer: 'silent' } },
  promise: { verdict: 'compromised' },
};

export const scenarioWith = (change: object = {}): Scenario =>
  parseScenario(stringify({ ...parse(stringify(BASE)), ...change }));
export const world = new World(scenarioWith());
export const names = new Names(world);
export const id = (key: string): string => world.nativeId('microsoft', key);

/** A step as a plan has it; what does not matter here is left out. */
export const action = (step: number, kind: PlannedAction['kind'], target: PlannedAction['target']): PlannedAction =>
  ({ step, kind, target, platform: 'microsoft', tenant: 'main', by: 'vendor' }) as PlannedAction;

export const result = (
  step: number,
  status: ActionResult['status'],
  more: Partial<ActionResult> = {},
): ActionResult => ({
  ...{ planId: 'p', step, status, at: '2026-01-01T00:00:00Z', text: '', writes: [], allowedBy: [] },
  verified: status === 'done',
  ...more,
});

export const caseOf = (key: string, change: Partial<CaseState> = {}): CaseState =>
  ({
    caseId: `case-${key}`,
    openedAt: '2026-01-01T00:00:00Z',
    stage: 'closed',
    verdict: 'compromised',
    closedAs: 'contained',
    escalation: { decision: 'escalate', verdict: 'compromised', reasons: [] },
    subject: { accounts: [{ platform: 'microsoft', tenant: 'main', nativeId: id(key) }] },
    timeline: [{ at: '2026-01-01T00:00:05Z', stage: 'escalation', text: 'Decision: escalate' }],
    plans: [],
    ...change,
  }) as unknown as CaseState;

export const ended = (change: Partial<Ended> = {}): Ended => ({
  ...{ states: [caseOf('ada')], plans: [], reports: [], pages: [], alerts: [], seconds: 9 },
  ...change,
});

export const planFor = (caseId: string, actions: readonly PlannedAction[], results: readonly ActionResult[] = []) => ({
  ...{ caseId, results },
  plan: { planId: 'p', caseId, actions } as unknown as ContainmentPlan,
});

/** A row that is right in everything. */
export const row = (change: Partial<Row> = {}): Row => ({
  ...{ name: 's', truth: 'attack', knowable: true, got: [{ verdict: 'compromised', closedAs: 'contained' }], cases: 1 },
  ...{ verdictRight: true, closingRight: true, casesRight: true, actsRight: true, right: true, escalated: true },
  ...{ rejected: false, proposed: [], novel: [], attack: 1, seconds: 10 },
  acts: { expected: 0, missing: [], forbidden: [] },
  says: { expected: 0, missing: [] },
  ...change,
});
