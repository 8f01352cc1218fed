import type { CaseState, ClosedAs, ExposureSummary, HumanTask, TimelineEntry, Verdict } from '../../../domain/case.js';
import type { RunningClock } from '../../../domain/clocks.js';
import type { SourceShows } from '../../../domain/exposure-sources.js';
import type { Finding, Impact, PatternMatch, QuestionAnswer } from '../../../domain/finding.js';
import type { ActionResult, PlannedAction } from '../../../domain/plan.js';
import type { Instant, Severity } from '../../../domain/platform.js';
import type { Change, Dossier, EpisodeNote, LedgerEntry } from '../../dossier.js';
import type { ReportOther } from './others.js';
import type { ReportVerdict } from './weighing.js';

/** A person or process by id, with the name that the configuration or the registry knows. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Who decided what, when and why. */
export interface ReportDecision {
  readonly kind: 'escalation' | 'contact' | 'approval' | 'task';
  readonly by: Named;
  readonly role?: string;
  readonly at?: Instant;
  readonly what: string;
  readonly why: readonly string[];
  /** Id of the key that signed it. */
  readonly signedBy?: string;
}

/** One planned action and what became of it. `no_result`: nothing was ever heard of it; `unknown`, platform too: only its result is left. */
export interface ReportAction extends Omit<PlannedAction, 'kind'>, Omit<ActionResult, 'status' | 'allowedBy'> {
  readonly kind: PlannedAction['kind'] | 'unknown';
  readonly planDigest: string;
  readonly purpose: string;
  /** The target in words, with the names that are known. */
  readonly about: string;
  readonly status: ActionResult['status'] | 'no_result';
  readonly allowedBy: readonly Named[];
}

/** A legal clock of the policy: what starts it, how long it is, where it stands, and whether it runs. */
export interface ReportDuty {
  readonly id: string;
  readonly name: string;
  readonly starts: string;
  readonly length: string;
  readonly basis: string;
  readonly source?: string;
  readonly note?: string;
  readonly clock?: RunningClock;
}

export interface ReportGap {
  readonly source: string;
  readonly code: string;
  readonly text: string;
  readonly platform?: string;
  readonly tenant?: string;
}

/** A change of settings or rights, with whose session made it. */
export interface ReportChange extends Change {
  /** Id of the episode. */
  readonly episode: string;
  readonly whose: EpisodeNote['attribution'];
}

/** The report, as it is in the JSON file; the HTML shows the same. Holds personal data. */
export interface Report {
  readonly case: {
    readonly caseId: string;
    readonly subject: Named & {
      readonly kind: string;
      readonly vip: boolean;
      readonly mails: readonly string[];
      readonly accounts: readonly string[];
    };
    readonly openedAt: Instant;
    readonly reportedAt: Instant;
    readonly stage: string;
    readonly severity: Severity;
    readonly closedAs?: ClosedAs;
    readonly incidentId?: string;
    readonly alerts: readonly {
      readonly alertId: string;
      readonly source: string;
      readonly occurredAt: Instant;
      readonly severity: Severity;
    }[];
    readonly alertCount: number;
    readonly policyDigest: string;
    readonly mode: string;
    readonly demo: boolean;
    readonly impact?: Impact;
    readonly disclosure?: NonNullable<CaseState['disclosure']> & { readonly duties: readonly ReportDuty[] };
    readonly evidence: readonly {
      readonly key: string;
      readonly sha256: string;
      readonly rows: number;
      readonly what: string;
    }[];
    readonly refused: readonly { readonly at: Instant; readonly message: string; readonly code: string }[];
    readonly tasks: readonly Pick<HumanTask, 'taskId' | 'kind' | 'role' | 'text' | 'status' | 'dueAt'>[];
  };
  readonly verdict: Verdict;
  /** Absent in cases that were decided before explanations were weighed. */
  readonly decision?: ReportVerdict;
  readonly episodes: readonly EpisodeNote[];
  readonly changes: readonly ReportChange[];
  readonly others: readonly ReportOther[];
  readonly timeline: readonly TimelineEntry[];
  readonly findings: readonly Finding[];
  readonly patterns: readonly PatternMatch[];
  readonly questions: readonly QuestionAnswer[];
  readonly decisions: readonly ReportDecision[];
  readonly actions: readonly ReportAction[];
  readonly exposure?: Omit<ExposureSummary, 'gaps'> & {
    readonly items: readonly LedgerEntry[];
    readonly itemsInLedger: number;
    /** What each source that was asked can show of an exposure, and what none can. */
    readonly sources: readonly SourceShows[];
  };
  readonly gaps: readonly ReportGap[];
  readonly series: Dossier['series'];
}
