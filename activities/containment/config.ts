import type { ActionKind } from '../../domain/acts/index.js';
import type { DecisionKey } from '../../domain/decision.js';
import type { Policy } from '../../domain/policy.js';
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
  /** The analysis role's public keys: the authors of plans. */
  readonly planKeys: readonly VerifyKey[];
  readonly policy: Pick<Policy, 'containment' | 'indicators' | 'windows' | 'grounds'>;
  /** Kinds that may run without a person. */
  readonly automatic: readonly ActionKind[];
  readonly manifestMaxAgeMinutes: number;
  /** CIDRs that are never blocked: own egress, trusted networks, vendors. */
  readonly neverBlock: readonly string[];
}
