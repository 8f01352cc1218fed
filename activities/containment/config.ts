import type { Decider, DecisionKey } from '../../domain/decision.js';
import type { ActionKind } from '../../domain/plan.js';
import type { ContainmentPolicy } from '../../domain/policy.js';
import type { VerifyKey } from '../../store/key-ring.js';

/** What this worker believes, from its own configuration alone. Nothing of it is ever taken from an activity's input. */
export interface ContainmentConfig {
  /** `shadow` cannot write at all. */
  readonly mode: 'live' | 'shadow';
  /** Actions switched on for this tenant; the rest stay in shadow. */
  readonly enabled: readonly ActionKind[];
  /** While this file exists (or cannot be looked for) nothing is written. */
  readonly stopFile: string;
  readonly decisionKeys: readonly DecisionKey[];
  /** The evidence worker's public keys. */
  readonly manifestKeys: readonly VerifyKey[];
  readonly deciders: readonly Decider[];
  readonly approval: Pick<ContainmentPolicy, 'rules' | 'approvalRules' | 'vipRule'>;
  /** Native ids of emergency accounts, of any tenant: never touched. */
  readonly breakGlass: readonly string[];
  /** Native ids of VIP accounts of this tenant: only the VIP rule covers them. */
  readonly vips: readonly string[];
  /** Steps that may run without a person: the kind, and the manifest grounds that allow it. */
  readonly automatic: readonly { readonly kind: ActionKind; readonly grounds: readonly string[] }[];
  readonly manifestMaxAgeMinutes: number;
  /** CIDRs that are never blocked: own egress, trusted networks, vendors. */
  readonly neverBlock: readonly string[];
}
