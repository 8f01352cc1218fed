import type { EvidenceEvent, EvidenceManifest } from '../../domain/evidence.js';
import type { AccountRef } from '../../domain/platform.js';
import type { Policy } from '../../domain/policy.js';
export function groundsIn(
  events: readonly EvidenceEvent[],
  policy: Policy,
  accounts: readonly AccountRef[],
): EvidenceManifest['grounds'] {
  return [];
}
