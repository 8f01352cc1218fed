import { alertCount, type CaseState, type Stage, type Verdict } from './case.js';
import type { Instant, Platform, Severity } from './platform.js';
import { timesOf, type CaseTimes } from './case-times.js';
import { waitsOf, type Wait } from './waits.js';

/** A wait as lists show it: ids and fixed words. */
export type ListedWait = Pick<Wait, 'id' | 'kind' | 'who' | 'until'>;

/** What the case index and the audit chain need of a state: ids and numbers, small enough to travel often. What older versions did not say is optional. */
export interface CaseSummary {
  readonly caseId: string;
  readonly subjectId: string;
  readonly openedAt: Instant;
  /** Of two summaries of a case the one with the higher number is the later. */
  readonly written?: number;
  readonly stage: Stage;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly platforms: readonly Platform[];
  /** Names of the detectors. */
  readonly sources?: readonly string[];
  readonly alertIds: readonly string[];
  readonly alertCount: number;
  readonly openTasks: number;
  readonly openPlans: number;
  /** Soonest first, at most `WAITS`; without decisions on plans, which their containments tell of (`PlanWait`). */
  readonly waits?: readonly ListedWait[];
  /** When the soonest wait of all ends. */
  readonly dueAt?: Instant;
  /** Roles of all open tasks. */
  readonly taskRoles?: readonly string[];
  readonly times?: CaseTimes;
  readonly links: readonly string[];
  readonly incidentId?: string;
  readonly closedAs?: CaseState['closedAs'];
  readonly report?: CaseState['report'];
}

/** A case with more waits than a list shows is counted by its open tasks. */
const WAITS = 10;

export function summarise(state: CaseState): CaseSummary {
  const platforms = new Set<Platform>();
  for (const alert of state.alerts) if (alert.platform) platforms.add(alert.platform);
  for (const finding of state.assessment?.findings ?? []) platforms.add(finding.platform);
  const openTasks = state.tasks.filter((t) => t.status === 'open');
  const waits = waitsOf(state);
  const dueAt = waits[0]?.until;
  return {
    caseId: state.caseId,
    subjectId: state.subjectId,
    openedAt: state.openedAt,
    ...(state.written === undefined ? {} : { written: state.written }),
    stage: state.stage,
    severity: state.severity,
    verdict: state.verdict,
    platforms: [...platforms].sort(),
    sources: [...new Set(state.alerts.map((a) => a.source))].sort(),
    alertIds: state.alerts.map((a) => a.alertId),
    alertCount: alertCount(state),
    openTasks: openTasks.length,
    openPlans: state.plans.filter((p) => p.status === 'awaiting_approval').length,
    waits: waits
      .filter(({ kind }) => kind !== 'plan')
      .slice(0, WAITS)
      .map(({ id, kind, who, until }) => ({ id, kind, who, until })),
    ...(dueAt === undefined ? {} : { dueAt }),
    taskRoles: [...new Set(openTasks.map((t) => t.role))].sort(),
    times: timesOf(state),
    links: state.assessment?.links ?? [],
    ...(state.incidentId === undefined ? {} : { incidentId: state.incidentId }),
    ...(state.closedAs === undefined ? {} : { closedAs: state.closedAs }),
    ...(state.report === undefined ? {} : { report: state.report }),
  };
}
