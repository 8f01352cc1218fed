import { calendarName, endOfBusinessDays, type CalendarId } from './business-days.js';
import type { Instant } from './platform.js';

/** What starts a clock: each duty names its own moment, and none of them is the moment of the first alert. */
export const CLOCK_STARTS = ['awareness', 'confirmation', 'determination_of_materiality'] as const;
export type ClockStart = (typeof CLOCK_STARTS)[number];

/** A legal or contractual deadline as the policy knows it. What says neither what starts it nor how it counts runs hours from awareness. */
export type ClockRule = {
  readonly id: string;
  readonly startsAt?: ClockStart;
} & (
  | { readonly counts?: 'hours'; readonly hours: number }
  | { readonly counts: 'business_days'; readonly businessDays: number; readonly calendar: CalendarId }
);

/** A duty as people see it: the rule, and where it stands. */
export type LegalClock = ClockRule & {
  readonly name: string;
  /** Article or item. */
  readonly basis: string;
  /** Address of the text. */
  readonly source?: string;
  /** What counsel should know of how it counts. */
  readonly note?: string;
};

/** A clock that runs, from the moment that a named person recorded. */
export interface RunningClock {
  readonly id: string;
  readonly startedAt: Instant;
  readonly dueAt: Instant;
  readonly by: string;
}

const HOUR_MS = 3_600_000;
/** Date and time, with a zone or, as the form asks for it, in UTC without one. */
const WRITTEN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

const MOMENT: Readonly<Record<ClockStart, string>> = {
  awareness: 'aware of it since',
  confirmation: 'confirmed at',
  determination_of_materiality: 'determined to be material at',
};

/** What starts it, in words that an instant can follow. */
export const momentOf = ({ startsAt = 'awareness' }: Pick<ClockRule, 'startsAt'>): string => MOMENT[startsAt];

/** Name of the form's field in which its moment is entered. */
export const entryOf = ({ id, startsAt = 'awareness' }: Pick<ClockRule, 'id' | 'startsAt'>): string =>
  `${startsAt === 'awareness' ? 'aware' : startsAt}:${id}`;

/** How long it is, in words. */
export const lengthOf = (rule: ClockRule): string =>
  rule.counts === 'business_days'
    ? `${rule.businessDays} business days (${calendarName(rule.calendar)})`
    : `${rule.hours} hours`;

/**
 * The clock that a person's entry starts; undefined when nothing was entered (the duty does not apply) or it is no instant. Never read in
 * the zone of the machine: the same entry gives the same deadline everywhere.
 */
export function startClock(rule: ClockRule, moment: unknown, by: string): RunningClock | undefined {
  const zone = typeof moment === 'string' ? WRITTEN.exec(moment.trim()) : undefined;
  if (!zone) return undefined;
  const started = Date.parse(zone[3] === undefined ? `${zone[0]}Z` : zone[0]);
  if (Number.isNaN(started)) return undefined;
  return {
    id: rule.id,
    startedAt: new Date(started).toISOString(),
    dueAt: new Date(dueOf(rule, started)).toISOString(),
    by,
  };
}

const dueOf = (rule: ClockRule, started: number): number =>
  rule.counts === 'business_days'
    ? endOfBusinessDays(rule.calendar, started, rule.businessDays)
    : started + rule.hours * HOUR_MS;
