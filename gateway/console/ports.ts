import type { Dossier, LedgerEntry } from '../../activities/dossier.js';
import type { CaseState } from '../../domain/case.js';
import type {
  ApprovalDecision,
  ForgetDecision,
  Signed,
  SwitchDecision,
  TaskCompletion,
} from '../../domain/decision.js';
import type { RetentionPolicy } from '../../domain/retention.js';
import type { CaseEntry } from '../../store/cases/case-entry.js';
import type { CaseCounts, CaseFilter, CaseOrder, CasePage } from '../../store/cases/case-list.js';
import type { AllNumbers } from '../../store/cases/numbers.js';
import type { CaseStanding, DueCase } from '../../store/forgetting/case-standing.js';
import type { CaseHold } from '../../store/forgetting/holds.js';
import type { DeadLetter } from '../../store/inbox/dead-letters.js';
import type { InboxItem } from '../../store/inbox/message.js';
import type { QueueView } from '../../store/inbox/queue.js';
import type { SignedPlan } from '../../domain/plan.js';
import type { ResolvedStep, StepNames } from '../../domain/resolved-step.js';
import type { ContainmentView, GuardView, SwitchAnswer } from '../../workflows/messages.js';
import type { AlertRow } from '../delivery.js';
import type { WhomItNames } from '../delivery/whom-it-names.js';

/** Somebody as people see them: names are for the console's pages and never leave it. */
export interface PersonView {
  readonly name: string;
  readonly mails: readonly string[];
}

/** Who read what, and who decided what. */
export interface ConsoleAudit {
  readonly kind: string;
  readonly by: string;
  readonly caseId?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  /** The same look, told once. */
  readonly once?: string;
}

/** What the console reads and asks. Tests give their own. */
export interface ConsolePorts {
  /** A page of a list of cases, as their index knows them. */
  cases(
    filter: CaseFilter,
    page: { readonly order: CaseOrder; readonly after?: string; readonly limit: number },
  ): Promise<CasePage>;
  /** How many there are of each kind, and how many of them wait for a person. */
  counts(filter: CaseFilter, person: NonNullable<CaseFilter['waitsFor']>): Promise<CaseCounts>;
  /** What the index knows of a case; of several with the id the newest. */
  entry(caseId: string): Promise<CaseEntry | undefined>;
  /** Of the cases that were opened in the days before now. */
  numbers(days: number): Promise<AllNumbers>;
  /** The live state; undefined when Temporal does not know the case (any more) or nobody answers in time. */
  view(caseId: string): Promise<CaseState | undefined>;
  containment(containmentId: string): Promise<ContainmentView | undefined>;
  /** How the stop switch stands; undefined when nobody has pressed it yet or nobody answers in time. */
  guard(): Promise<GuardView | undefined>;
  /** What the steps of a plan would touch now, as the containment workers resolve it; steps without an answer in time are missing. */
  targets(plan: SignedPlan): Promise<{ readonly steps: readonly ResolvedStep[]; readonly names: StepNames }>;
  /** Findings with their texts, volumes, sign-ins. */
  dossier(state: CaseState): Promise<Dossier | undefined>;
  /** The alerts as their detectors sent them, newest first; at most `limit`. */
  alerts(caseId: string, limit: number): Promise<readonly AlertRow[]>;
  /** What was read or taken; at most `limit`. */
  ledger(state: CaseState, limit: number): Promise<readonly LedgerEntry[]>;
  person(subjectId: string): Promise<PersonView | undefined>;
  /** Many at once, by the ids that were asked for. */
  people(subjectIds: readonly string[]): Promise<ReadonlyMap<string, PersonView>>;
  /** Every id that is this subject's by now, its own too. */
  idsOf(subjectId: string): Promise<readonly string[]>;
  /** Who has the mail address. */
  subjectWith(mail: string): Promise<string | undefined>;
  /** Whose account it is that a plan acts on. */
  account(platform: string, tenant: string, nativeId: string): Promise<PersonView | undefined>;
  /** Keeps free text in the case's dossier and gives its key. */
  keepNote(caseId: string, text: string): Promise<string>;
  note(caseId: string, key: string): Promise<string>;
  decide(containmentId: string, decision: Signed<ApprovalDecision>): Promise<void>;
  complete(caseId: string, completion: Signed<TaskCompletion>): Promise<void>;
  /** Stops all containment, or resumes it. Errors: what the guard refuses it for; SWITCH when the guard cannot be reached. */
  turn(decision: Signed<SwitchDecision>): Promise<SwitchAnswer>;
  retention(): Promise<RetentionPolicy>;
  /** Cases of which something is due, the longest closed first: those that nothing keeps, or those that a hold keeps. */
  due(page: {
    readonly held: boolean;
    readonly limit: number;
    readonly after?: { readonly caseId: string; readonly closedAt: string };
  }): Promise<readonly DueCase[]>;
  /** Legal holds, of these cases or of all, the newest first. */
  holds(caseIds?: readonly string[]): Promise<readonly CaseHold[]>;
  /** What the index says of all cases under an id, with what is due of them when. */
  standing(caseId: string): Promise<CaseStanding | DueCase | undefined>;
  /** A hold, its end, or an erasure. `going_on`: it is not done yet and goes on by itself. Errors: what it is refused for. */
  forget(decision: Signed<ForgetDecision>): Promise<'done' | 'going_on'>;
  queue(): Promise<QueueView>;
  /** Those behind a number, by number; at most `limit`. */
  deadLetters(page: { readonly after: number; readonly limit: number }): Promise<readonly DeadLetter[]>;
  deadLetterCount(): Promise<number>;
  deadLetter(seq: number): Promise<DeadLetter | undefined>;
  /** A dead letter as it came. Errors: STORE_GONE. */
  letter(seq: number): Promise<InboxItem>;
  /** Whom a dead letter names, those without a case first. Errors: STORE_GONE. */
  whomItNames(seq: number): Promise<readonly WhomItNames[]>;
  resend(seq: number): Promise<void>;
  /** Sends a dead letter that names nobody again, about the account that a person found. */
  nameSubject(seq: number, mail: string): Promise<void>;
  /** Report of a case as HTML; the index knows it after Temporal has forgotten the case. */
  report(caseId: string): Promise<string | undefined>;
  audit(entry: ConsoleAudit): Promise<void>;
}
