import type { Instant } from './platform.js';

/** How many days each kind of record is kept. Of a case they count from the close of the subject's last one. */
export interface RetentionPolicy {
  /** What was read at the vendors, the rows of automatic grounds, what the ledger of acts noted. */
  readonly evidenceDays: number;
  /** Alerts, findings, plans, free text, reports; Temporal's histories of the case. */
  readonly dossierDays: number;
  /** The row of the case index: ids, fixed words, numbers. */
  readonly caseDays: number;
  /** Profile and aliases of a subject of whom no dossier is kept, since a directory or an alert last told of it. */
  readonly subjectDays: number;
  readonly deadLetterDays: number;
  /** What became of delivered messages. */
  readonly outcomeDays: number;
}

export const RETENTION: RetentionPolicy = {
  evidenceDays: 180,
  dossierDays: 730,
  caseDays: 1095,
  subjectDays: 90,
  deadLetterDays: 90,
  outcomeDays: 30,
};

/** What is forgotten of a case, in this order. */
export const CASE_PARTS = ['evidence', 'dossier', 'row'] as const;
export type CasePart = (typeof CASE_PARTS)[number];

const DAY_MS = 86_400_000;

export const daysOf = (policy: RetentionPolicy, part: CasePart): number =>
  ({ evidence: policy.evidenceDays, dossier: policy.dossierDays, row: policy.caseDays })[part];

/** When a part of a case that closed at `closedAt` is due. */
export const dueAt = (closedAt: Instant, policy: RetentionPolicy, part: CasePart): Instant =>
  new Date(Date.parse(closedAt) + daysOf(policy, part) * DAY_MS).toISOString();

/** What is due of a case by `now`, of what is left of it. */
export const dueParts = (
  closedAt: Instant,
  forgotten: readonly string[],
  policy: RetentionPolicy,
  now: Instant,
): readonly CasePart[] =>
  CASE_PARTS.filter((part) => !forgotten.includes(part) && dueAt(closedAt, policy, part) <= now);

/** Before then what happened is old: `days` ago. */
export const daysBefore = (now: Instant, days: number): Instant =>
  new Date(Date.parse(now) - days * DAY_MS).toISOString();
