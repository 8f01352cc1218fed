import type { CaseState, Stage, Verdict } from '../domain/case.js';
import type { Instant, Platform, Severity } from '../domain/platform.js';
import { QuellError } from '../domain/errors.js';

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
  /** Plans that wait for a decision. */
  readonly openPlans: number;
  readonly incidentId?: string;
  readonly closedAs?: CaseState['closedAs'];
  readonly report?: CaseState['report'];
  /** Others the case touched; being contacted or harmed is not being involved. */
  readonly others?: readonly { readonly subjectId: string; readonly part: 'actor' | 'contacted' | 'harmed' }[];
}

export interface Involvement {
  /** Distinct incidents in which the subject acted, with verdict `compromised` or `insider`. */
  readonly incidents: readonly string[];
  readonly count: number;
}

/** Outlives Temporal's retention. One writer (records), many readers. Errors: STORE. */
export class CaseIndexWriter {
  static open(_dir: string): Promise<CaseIndexWriter> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Durable when it resolves; the last entry of a case (caseId and openedAt) counts. `alertIds` join what is known. */
  put(_entry: CaseEntry, _alertIds: readonly string[]): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
  close(): Promise<void> {
    throw new QuellError('STORE', 'not there yet');
  }
}

export class CaseIndex {
  static open(_dir: string): Promise<CaseIndex> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Newest first. */
  list(_filter?: { readonly open?: boolean; readonly subjectId?: string; readonly incidentId?: string; readonly limit?: number }): Promise<readonly CaseEntry[]> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** The newest case of that id. */
  get(_caseId: string): Promise<CaseEntry | undefined> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** The case that holds an alert. */
  status(_alertId: string): Promise<CaseEntry | undefined> {
    throw new QuellError('STORE', 'not there yet');
  }
  /** Over the last `days` before `now`; `exceptCaseId` leaves out the running case. */
  involvements(_subjectId: string, _days: number, _now: Instant, _exceptCaseId?: string): Promise<Involvement> {
    throw new QuellError('STORE', 'not there yet');
  }
}

/** The entry of a case's state. */
export function caseEntry(_state: CaseState, _updatedAt: Instant): CaseEntry {
  throw new QuellError('STORE', 'not there yet');
}
