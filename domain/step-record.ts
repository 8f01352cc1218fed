import type { ActionResult, ResolvedSummary, VendorWrite } from './plan.js';
import type { Instant } from './platform.js';

/** One step of one plan. Under the plan's digest: another plan with the same id is another plan. */
export interface StepId {
  readonly planDigest: string;
  readonly step: number;
}

/** A step with its case, whose key what is noted is sealed with. */
export interface NotedStep extends StepId {
  readonly caseId: string;
}

export interface Begun {
  readonly at: Instant;
  /** What the step is done to: a later attempt that resolves to something else is refused. */
  readonly resolved: ResolvedSummary;
  /** The state that an undo puts back, in the vendor's words. */
  readonly before: Readonly<Record<string, string | number | boolean>>;
  readonly held: boolean;
  readonly allowedBy: readonly string[];
}
export interface Reverting {
  readonly at: Instant;
  readonly allowedBy: readonly string[];
}

/** What the containment worker notes of a step, each note before the next act. `refuted`: the vendor said that the announced write had no effect. */
export type StepNote =
  | { readonly kind: 'begun'; readonly content: Begun }
  | { readonly kind: 'intended' | 'refuted' | 'undo_intended' | 'undo_refuted'; readonly content: VendorWrite }
  | { readonly kind: 'finished' | 'released'; readonly content: ActionResult }
  | { readonly kind: 'reverting'; readonly content: Reverting };

/** What is known of a step. */
export interface StepRecord {
  readonly begun?: Begun;
  /** Writes that were announced and that the vendor did not refuse. */
  readonly intended: readonly VendorWrite[];
  readonly result?: ActionResult;
  readonly reverting?: Reverting;
  readonly revertIntended: readonly VendorWrite[];
  readonly released?: ActionResult;
}

/** The notes of one step, in their order, as one record. */
export function recordOf(notes: readonly StepNote[]): StepRecord {
  return notes.reduce(noted, { intended: [], revertIntended: [] });
}

function noted(record: StepRecord, { kind, content }: StepNote): StepRecord {
  switch (kind) {
    case 'begun':
      return { ...record, begun: content };
    case 'intended':
      return { ...record, intended: [...record.intended, content] };
    case 'refuted':
      return { ...record, intended: withoutLast(record.intended, content) };
    case 'finished':
      return { ...record, result: content };
    case 'reverting':
      return { ...record, reverting: content };
    case 'undo_intended':
      return { ...record, revertIntended: [...record.revertIntended, content] };
    case 'undo_refuted':
      return { ...record, revertIntended: withoutLast(record.revertIntended, content) };
    case 'released':
      return { ...record, released: content };
  }
}

function withoutLast(writes: readonly VendorWrite[], write: VendorWrite): readonly VendorWrite[] {
  const at = writes.findLastIndex((w) => sameWrite(w, write));
  return at < 0 ? writes : writes.toSpliced(at, 1);
}

export function sameWrite(a: VendorWrite, b: VendorWrite): boolean {
  return a.platform === b.platform && a.operation === b.operation && a.targetId === b.targetId;
}
