import type { CaseState } from './case.js';
import type { Instant } from './platform.js';

/** When what happened to a case, as far as it is known: what response times are measured by. */
export interface CaseTimes {
  /** The first event that an alert tells of, by its detector's clock: a claim. */
  readonly beganAt?: Instant;
  /** The first alert came in. */
  readonly detectedAt?: Instant;
  /** The first task that a person ended. Decisions on plans are their containments' to tell. */
  readonly acknowledgedAt?: Instant;
  /** The last step that was read back of the plans that hold. */
  readonly containedAt?: Instant;
}

export function timesOf({ alerts, tasks, plans }: Pick<CaseState, 'alerts' | 'tasks' | 'plans'>): CaseTimes {
  const times = {
    beganAt: first(alerts.map((a) => a.occurredAt)),
    detectedAt: first(alerts.map((a) => a.receivedAt)),
    acknowledgedAt: first(tasks.flatMap((t) => (t.doneBy === undefined ? [] : (t.doneAt ?? [])))),
    containedAt: plans
      .filter((p) => p.status === 'holding' || p.status === 'permanent')
      .flatMap((p) => p.results.filter((r) => r.verified).map((r) => r.at))
      .sort()
      .at(-1),
  };
  return Object.fromEntries(Object.entries(times).filter(([, at]) => at !== undefined));
}

const first = (instants: readonly Instant[]): Instant | undefined => [...instants].sort()[0];
