import type { TargetOf, TargetType } from '../act-target.js';
import type { TenantRef } from '../platform.js';
import type { AimInput } from './aims/input.js';
import type { D3fendId } from './d3fend.js';
import type { MitigationId } from './mitigations.js';

/**
 * When an act is safe, in the words of what it takes away. Each platform has these in an order of its own
 * (`platforms/<vendor>/stopping-order.ts`), so that a new act needs no place in three lists.
 */
export const PHASES = [
  'preserve', // keep what stopping could destroy
  'lock', // nobody gets in with the account
  'credentials', // what the thief knows or registered is worth nothing
  'sessions', // what is open is closed
  'risk', // the identity provider's own engine is told
  'grants', // apps and tokens that outlive the password
  'content', // shares, files, rules and delegates
  'network', // addresses
  'devices', // phones and computers
] as const;
export type Phase = (typeof PHASES)[number];

/** Kinds of case an act is planned for when the policy does not say otherwise. */
export type PlannedFor = 'compromised' | 'insider' | 'app';

/** What an act is aimed at and why the evidence ties that to the case. */
export type AimOf<T extends TargetType> = T extends TargetType
  ? TenantRef & { readonly target: TargetOf<T>; readonly why: string }
  : never;

/** One kind of containment: everything that is said of it, once. The vendors' part is in `platforms/<vendor>/acts/`. */
export interface ActDefinition<K extends string = string, T extends TargetType = TargetType> {
  /** Stable word: in plans, policy, configuration, audit log. */
  readonly kind: K;
  /** For people: an imperative, e.g. `Disable the account`. */
  readonly name: string;
  readonly targets: readonly T[];
  /** What a platform must have for it, in words. */
  readonly needs: string;
  readonly phase: Phase;
  /** False where some platforms have no such thing at all: nobody is asked for it there. */
  readonly everywhere: boolean;
  /** Harm to the person and the organisation when it hits the wrong one. */
  readonly risk: 'low' | 'medium' | 'high';
  /** Whether and how it is taken back, and what stays lost, where a person does it. Each vendor's adapter says it for its own API. */
  readonly reversible: boolean;
  readonly undo: string;
  readonly losses: string;
  readonly d3fend: D3fendId;
  /** ATT&CK mitigation that it carries out. */
  readonly mitigation: MitigationId;
  /** Approval rule where the policy names none: a rule's name, or `automatic`. */
  readonly rule: string;
  readonly plannedFor: readonly PlannedFor[];
  /** Where the evidence says that there is something to do. */
  readonly aims: (input: AimInput) => readonly AimOf<T>[];
}

/** Keeps kind and target types literal, so that catalogue, plans and adapters fit together by type. */
export const defineAct = <const K extends string, const T extends TargetType>(
  act: ActDefinition<K, T>,
): ActDefinition<K, T> => act;
