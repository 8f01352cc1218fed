import type { Lease, LeaseRequest } from '../../domain/budget.js';
import type { Signed, Stop, SwitchDecision } from '../../domain/decision.js';
import type { Instant } from '../../domain/platform.js';
import type { NotedStep, StepId, StepNote, StepRecord } from '../../domain/step-record.js';
import type { SwitchState } from '../../domain/switch.js';

/** What one attempt of a step holds, so that no other acts on the same. */
export interface Turn {
  readonly key: string;
  /** Of this attempt alone. */
  readonly holder: string;
}

/** One at a time of all workers. A turn that nobody keeps ends by itself. Errors: those of the database. */
export interface TurnBook {
  /** How long a turn lasts that nobody keeps. */
  readonly turnMs: number;
  /** False while another attempt has it. */
  takeTurn(turn: Turn): Promise<boolean>;
  keepTurn(turn: Turn): Promise<void>;
  endTurn(turn: Turn): Promise<void>;
}

/** What was begun, announced and done, step by step. Errors: those of the database, of the files that hold keys of cases, STORE_GONE for a case that was forgotten. */
export interface StepBook {
  step(id: StepId): Promise<StepRecord>;
  /** Durable when it returns. Errors: DATABASE_UNAVAILABLE also when the turn is another attempt's by now: then nothing more may be done. */
  note(turn: Turn, id: NotedStep, note: StepNote): Promise<void>;
}

/** What a step needs to be let through, all of it or nothing. */
export interface Binding {
  readonly planDigest: string;
  /** Nonces of decisions, each for one plan alone. */
  readonly tokens: readonly string[];
  readonly lease: LeaseRequest;
}

/** Single use of decisions by their nonce, of grounds by what they rest on; the blast radius. Errors: those of the database. */
export interface UseBook {
  /** Decided and kept in one, whoever else asks: `refuse` is shown the leases that may still count. Errors: DECISION_REPLAYED; BUDGET with what `refuse` says. */
  bind(binding: Binding, refuse: (leases: readonly Lease[]) => string | undefined): Promise<void>;
  /** Binds tokens to a plan without a lease. Errors: DECISION_REPLAYED. */
  use(tokens: readonly string[], planDigest: string): Promise<void>;
  endLease(owner: string, at: Instant): Promise<void>;
  /** Those that no plan may use any more. */
  burntOf(tokens: readonly string[]): Promise<ReadonlySet<string>>;
  burn(tokens: readonly string[]): Promise<void>;
}

/** The organisation-wide stop. Errors: those of the database. */
export interface SwitchBook {
  stopped(): Promise<Stop | undefined>;
  /** With the nonce of each decision that was ever obeyed. */
  standing(): Promise<SwitchState>;
  /** False, and nothing is kept, when another decision was obeyed since `standing` was read. */
  obey(standing: SwitchState, signed: Signed<SwitchDecision>, stopped: Stop | undefined): Promise<boolean>;
}

/** The containment workers' memory, which all of them share. */
export interface ContainmentMemory extends TurnBook, StepBook, UseBook, SwitchBook {}
