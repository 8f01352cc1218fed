import type { ActionKind, Phase } from './acts/index.js';

/** What an adapter says of an act at its vendor. */
export interface ActWords {
  readonly reversible: boolean;
  readonly undo: string;
  readonly losses: string;
}

/** What a platform's adapter declares: which acts it has, and what a person does where it has none. Plain data. */
export interface Capability {
  readonly acts: Readonly<Partial<Record<ActionKind, ActWords>>>;
  /** The phases in the order in which they are safe here, earlier first: stopping can destroy evidence or lock out the stopping itself. */
  readonly order: readonly Phase[];
  readonly limitations: readonly { readonly what: string; readonly why: string; readonly instead: string }[];
}
