import type { CaseState, Stage, Verdict } from '../../domain/case.js';
import type { CaseTimes } from '../../domain/case-times.js';
import type { ListedWait } from '../../domain/case-summary.js';
import type { PlanWait } from '../../domain/plan-wait.js';
import { SEVERITIES, type Instant, type Platform, type Severity } from '../../domain/platform.js';

/** One case as the index knows it: ids and numbers, no personal data. A subject's later case has the same `caseId` and another `openedAt`. */
export interface CaseEntry {
  readonly caseId: string;
  readonly subjectId: string;
  readonly openedAt: Instant;
  readonly updatedAt: Instant;
  readonly stage: Stage;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly platforms: readonly Platform[];
  readonly alertCount: number;
  readonly openTasks: number;
  /** Plans that wait for a decision, as the case knew when it was written. */
  readonly openPlans: number;
  /** Soonest first, with decisions on plans (`who` is `approvers`); of many the soonest. */
  readonly waits: readonly ListedWait[];
  /** Roles of all open tasks. */
  readonly taskRoles: readonly string[];
  /** Plans that wait for a decision now, as their containments told. */
  readonly plans: readonly OpenPlan[];
  readonly times: CaseTimes;
  readonly closedAt?: Instant;
  readonly incidentId?: string;
  readonly closedAs?: NonNullable<CaseState['closedAs']>;
  readonly report?: NonNullable<CaseState['report']>;
}

type OpenPlan = Pick<PlanWait, 'planId' | 'roles' | 'decidedBy' | 'until'>;

/** Whether a task or a plan of the case is somebody's to do: by one of their roles, and no plan that they have decided. The same as `CaseFilter.waitsFor`. */
export const waitsFor = (
  { taskRoles, plans }: Pick<CaseEntry, 'taskRoles' | 'plans'>,
  { personId, roles }: { readonly personId: string; readonly roles: readonly string[] },
): boolean =>
  taskRoles.some((role) => roles.includes(role)) ||
  plans.some((plan) => plan.roles.some((role) => roles.includes(role)) && !plan.decidedBy.includes(personId));

/** What a query selects by `COLUMNS`. */
export interface CaseRow {
  readonly case_id: string;
  readonly subject_id: string;
  readonly opened_at: Date;
  readonly updated_at: Date;
  readonly stage: Stage;
  readonly severity: number;
  readonly verdict: Verdict;
  readonly platforms: readonly Platform[];
  readonly alert_count: number;
  readonly open_tasks: number;
  readonly open_plans: number;
  readonly waits: readonly ListedWait[];
  readonly task_roles: readonly string[];
  readonly plans: readonly OpenPlan[] | null;
  readonly began_at: Date | null;
  readonly detected_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly contained_at: Date | null;
  readonly closed_at: Date | null;
  readonly incident_id: string | null;
  readonly closed_as: NonNullable<CaseState['closedAs']> | null;
  readonly report: NonNullable<CaseState['report']> | null;
}

/** Of `cases c`. */
export const COLUMNS = `c.case_id, c.subject_id, c.opened_at, c.updated_at, c.stage, c.severity, c.verdict, c.platforms, c.alert_count, c.open_tasks,
  c.open_plans, c.waits, c.task_roles, c.began_at, c.detected_at, c.acknowledged_at, c.contained_at, c.closed_at, c.incident_id, c.closed_as, c.report,
  CASE WHEN c.closed_at IS NULL THEN (
    SELECT json_agg(json_build_object('planId', p.plan_id, 'roles', p.roles, 'decidedBy', p.decided_by, 'until', p.ends_at)) FROM plan_waits p WHERE p.case_id = c.case_id AND p.roles <> '{}'
  ) END AS plans`;

export function entryOf(row: CaseRow): CaseEntry {
  const plans = (row.plans ?? []).map((plan) => ({ ...plan, until: new Date(plan.until).toISOString() }));
  const decisions = plans.map(({ planId, until }): ListedWait => ({
    id: planId,
    kind: 'plan',
    who: 'approvers',
    until,
  }));
  const times = {
    ...at('beganAt', row.began_at),
    ...at('detectedAt', row.detected_at),
    ...at('acknowledgedAt', row.acknowledged_at),
    ...at('containedAt', row.contained_at),
  };
  return {
    caseId: row.case_id,
    subjectId: row.subject_id,
    openedAt: row.opened_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    stage: row.stage,
    severity: SEVERITIES[row.severity] ?? 'critical',
    verdict: row.verdict,
    platforms: row.platforms,
    alertCount: row.alert_count,
    openTasks: row.open_tasks,
    openPlans: row.open_plans,
    waits: [...row.waits, ...decisions].sort((a, b) => (a.until < b.until ? -1 : 1)),
    ...{ taskRoles: row.task_roles, plans, times },
    ...at('closedAt', row.closed_at),
    ...(row.incident_id === null ? {} : { incidentId: row.incident_id }),
    ...(row.closed_as === null ? {} : { closedAs: row.closed_as }),
    ...(row.report === null ? {} : { report: row.report }),
  };
}

const at = <Name extends string>(name: Name, date: Date | null): Partial<Record<Name, Instant>> =>
  date === null ? {} : ({ [name]: date.toISOString() } as Record<Name, Instant>);
