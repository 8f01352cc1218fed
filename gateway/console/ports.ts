import type { CaseState, CaseSummary } from '../../domain/case.js';
import type { ApprovalDecision, Signed, TaskCompletion } from '../../domain/decision.js';
import type { Finding } from '../../domain/finding.js';
import type { Instant } from '../../domain/platform.js';
import type { ContainmentView, GuardState } from '../../workflows/messages.js';

/** Somebody as people see them: names are for the console's pages and never leave it. */
export interface PersonView {
  readonly name: string;
  readonly mails: readonly string[];
}

/** What the console reads and asks. Tests give their own. */
export interface ConsolePorts {
  /** Newest first. */
  cases(): Promise<readonly (CaseSummary & { readonly updatedAt: Instant })[]>;
  /** The live state; undefined when Temporal does not know the case (any more). */
  view(caseId: string): Promise<CaseState | undefined>;
  containment(containmentId: string): Promise<ContainmentView | undefined>;
  guard(): Promise<GuardState | undefined>;
  /** Findings with their texts, from the case's dossier. */
  findings(state: CaseState): Promise<readonly Finding[]>;
  person(subjectId: string): Promise<PersonView | undefined>;
  /** Name of an account that a plan acts on. */
  account(platform: string, tenant: string, nativeId: string): Promise<PersonView | undefined>;
  decide(containmentId: string, decision: Signed<ApprovalDecision>): Promise<void>;
  complete(caseId: string, completion: Signed<TaskCompletion>): Promise<void>;
  stop(by: string): Promise<void>;
  resume(completion: Signed<TaskCompletion>): Promise<void>;
  deadLetters(): Promise<
    readonly { readonly seq: number; readonly source: string; readonly receivedAt: Instant; readonly reason: string }[]
  >;
  resend(seq: number): Promise<void>;
  /** Report file of a case, as HTML. */
  report(state: CaseState): Promise<string | undefined>;
  /** Who read what, and who decided what. */
  audit(entry: {
    readonly kind: string;
    readonly by: string;
    readonly caseId?: string;
    readonly data?: Readonly<Record<string, unknown>>;
  }): Promise<void>;
}
