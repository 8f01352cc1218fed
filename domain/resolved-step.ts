import type { ResolvedSummary } from './plan.js';

/** What a step would touch if it were carried out now, by ids alone. Without a target it could not be resolved. */
export interface ResolvedStep extends Partial<ResolvedSummary> {
  readonly step: number;
  /** Why only the VIP rule covers it. */
  readonly because: readonly string[];
  /** Code of why the containment worker would refuse it. */
  readonly refused?: string;
}

/** Names of the affected accounts by id, as the vendor's directory has them now. Personal data: kept in the dossier. */
export type StepNames = Readonly<Record<string, string>>;
