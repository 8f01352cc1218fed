import type { NewCaseCap } from './new-case-cap.js';

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;

/** Why a message waits in the inbox though it could be read. */
export interface HeldMessage {
  readonly source: string;
  /** `cap`: its source has opened its share of new cases for this minute. `retry`: a try failed. `pace`: its case is told of it together with others. */
  readonly why: 'cap' | 'retry' | 'pace';
  readonly caseIds: readonly string[];
  readonly notBefore: number;
}

/** Messages that stay in the inbox for now, by sequence number: neither read again nor in the way of those behind them. */
export class Held {
  readonly #messages = new Map<number, HeldMessage>();
  readonly #failures = new Map<string, number>();

  constructor(readonly now: () => number = Date.now) {}

  has(seq: number): boolean {
    return this.#messages.has(seq);
  }

  /** Until its source has room for the new cases. */
  forRoom(seq: number, source: string, caseIds: readonly string[]): void {
    this.#messages.set(seq, { source, why: 'cap', caseIds, notBefore: 0 });
  }

  /** For longer with each failure of the same case. */
  forRetry(seq: number, source: string, caseId: string): void {
    const failures = this.#failures.get(caseId) ?? 0;
    const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
    this.#messages.set(seq, { source, why: 'retry', caseIds: [caseId], notBefore: this.now() + pause });
  }

  /** Until its case may be told again. */
  forPace(seq: number, source: string, caseId: string, dueAt: number): void {
    this.#messages.set(seq, { source, why: 'pace', caseIds: [caseId], notBefore: dueAt });
  }

  failed(caseId: string): void {
    this.#failures.set(caseId, Math.min(20, (this.#failures.get(caseId) ?? 0) + 1));
  }

  succeeded(caseId: string): void {
    this.#failures.delete(caseId);
  }

  /** Lets go of what may be tried again: oldest first, all messages of a case together. */
  release(cap: NewCaseCap): void {
    const opening = new Map<string, Set<string>>();
    for (const [seq, { source, why, caseIds, notBefore }] of this.#messages) {
      if (why !== 'cap') {
        if (notBefore <= this.now()) this.#messages.delete(seq);
        continue;
      }
      const mine = opening.get(source) ?? new Set<string>();
      opening.set(source, mine);
      let granted = false;
      for (const caseId of caseIds) {
        if (!mine.has(caseId) && mine.size >= cap.room(source)) continue;
        mine.add(caseId);
        granted = true;
      }
      if (granted) this.#messages.delete(seq);
    }
  }

  view(): readonly HeldMessage[] {
    return [...this.#messages.values()];
  }
}
