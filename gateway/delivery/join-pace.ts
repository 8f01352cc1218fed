import { SEVERITIES, type Severity } from '../../domain/platform.js';

/**
 * A case takes 2,000 updates in a run, people's decisions among them, and begins a new run at stage edges alone: while it waits for days for
 * a person, a trickle of alerts must not use them up. So the more often a case was told, the longer its next alerts are gathered.
 */
const PACE: readonly { readonly joins: number; readonly apartMs: number }[] = [
  { joins: 5, apartMs: 0 },
  { joins: 20, apartMs: 2_000 },
  { joins: 100, apartMs: 10_000 },
  { joins: Infinity, apartMs: 5 * 60_000 },
];
/** Cases remembered; who is forgotten begins anew. */
const KEPT = 10_000;

interface Told {
  readonly joins: number;
  readonly at: number;
  readonly severity: Severity;
}

/** When the case of a subject may be told of alerts again. Graver ones than it knows are told at once: there are four steps at most. */
export class JoinPace {
  readonly #told = new Map<string, Told>();

  constructor(readonly now: () => number = Date.now) {}

  /** The instant, milliseconds; not after now when it may be told at once. */
  dueAt(caseId: string, severity: Severity): number {
    const told = this.#told.get(caseId);
    if (!told || SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(told.severity)) return 0;
    return told.at + (PACE.find(({ joins }) => told.joins < joins)?.apartMs ?? 0);
  }

  /** `opened`: a new case, which counts from the beginning. */
  joined(caseId: string, severity: Severity, opened: boolean): void {
    const before = opened ? undefined : this.#told.get(caseId);
    const graver = before && SEVERITIES.indexOf(before.severity) > SEVERITIES.indexOf(severity);
    this.#told.delete(caseId);
    this.#told.set(caseId, {
      joins: (before?.joins ?? 0) + 1,
      at: this.now(),
      severity: graver ? before.severity : severity,
    });
    if (this.#told.size > KEPT) this.#told.delete(this.#told.keys().next().value ?? '');
  }
}
