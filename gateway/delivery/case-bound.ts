import type { Alert } from '../../domain/alert.js';
import type { CaseIndex } from '../../store/cases/case-index.js';
import type { InboxItem } from '../../store/inbox/message.js';

export interface CaseBoundDeps {
  readonly index: Pick<CaseIndex, 'running'>;
  /** Of the policy (`alerts.maxCasesPerAlert`), as it is now. */
  readonly maxCasesPerAlert: () => Promise<number>;
}

/**
 * How many cases one alert may open: a rule that names everybody must not start a case for everybody. The first whom it names get one,
 * whoever has a case that runs joins it, and who is left is counted for the person who decides. Each time that the message is sent again by
 * a person, the next ones get theirs.
 */
export class CaseBound {
  #opened = 0;
  #left = 0;

  private constructor(
    readonly allowed: number,
    /** Cases that ran before the alert came: those that it opened itself count each time that it is read. */
    readonly running: ReadonlySet<string>,
  ) {}

  /** Undefined for an alert that names no more than may get a case. */
  static async of(deps: CaseBoundDeps, alert: Alert, item: InboxItem): Promise<CaseBound | undefined> {
    if (alert.subjects.length < 2) return undefined;
    const allowed = (await deps.maxCasesPerAlert()) * (item.resent + 1);
    if (alert.subjects.length <= allowed) return undefined;
    return new CaseBound(allowed, await deps.index.running(item.receivedAt));
  }

  /** From here on nobody needs to be registered who is not known. */
  get isFull(): boolean {
    return this.#opened >= this.allowed;
  }

  get left(): number {
    return this.#left;
  }

  /** Whether the subject's case may be told; undefined is nobody whom the registry knows. */
  admits(caseId: string | undefined): boolean {
    if (caseId !== undefined && this.running.has(caseId)) return true;
    if (caseId === undefined || this.isFull) {
      this.#left += 1;
      return false;
    }
    this.#opened += 1;
    return true;
  }

  /** What is told of those who are left: how many; whom, the console shows, as a reason is kept in the clear. */
  reasonFor(alert: Alert): string {
    return `${this.#left} of the ${alert.subjects.length} whom an alert names have got no case of it: one alert opens ${this.allowed} at most (alerts.maxCasesPerAlert of the policy). The console lists whom; sent again, the next get theirs`;
  }
}
