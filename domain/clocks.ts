import type { Instant } from './platform.js';

/** A legal or contractual deadline as the policy knows it. */
export interface ClockRule {
  readonly id: string;
  readonly hours: number;
}

/** A clock that runs, from the moment of awareness that a named person recorded. */
export interface RunningClock {
  readonly id: string;
  readonly startedAt: Instant;
  readonly dueAt: Instant;
  readonly by: string;
}

const HOUR_MS = 3_600_000;
/** Date and time, with a zone or, as the form asks for it, in UTC without one. */
const WRITTEN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * The clock that a person's entry starts; undefined when nothing was entered (the duty does not apply) or it is no instant. Never read in
 * the zone of the machine: the same entry gives the same deadline everywhere.
 */
export function startClock(rule: ClockRule, awareSince: unknown, by: string): RunningClock | undefined {
  const zone = typeof awareSince === 'string' ? WRITTEN.exec(awareSince.trim()) : undefined;
  if (!zone) return undefined;
  const started = Date.parse(zone[3] === undefined ? `${zone[0]}Z` : zone[0]);
  if (Number.isNaN(started)) return undefined;
  return {
    id: rule.id,
    startedAt: new Date(started).toISOString(),
    dueAt: new Date(started + rule.hours * HOUR_MS).toISOString(),
    by,
  };
}
