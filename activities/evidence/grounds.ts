import type { Depth, EvidenceEvent, EvidenceManifest } from '../../domain/evidence.js';
import { groundsOf } from '../../domain/grounds.js';
import { computeFindings } from '../../domain/indicators/index.js';
import type { AccountRef, Instant } from '../../domain/platform.js';
import type { Policy } from '../../domain/policy.js';

const HOUR_MS = 3_600_000;

/** What was collected: the window decides what is measured and what is the subject's own past. */
export interface CollectedWindow {
  readonly depth: Depth;
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * The grounds for automatic steps that hold in rows this worker read itself, for each account on its own: with the same pure rules as the
 * analysis, but without what others say (alerts, lists, earlier cases).
 */
export function groundsIn(
  events: readonly EvidenceEvent[],
  policy: Policy,
  accounts: readonly AccountRef[],
  window: CollectedWindow,
): EvidenceManifest['grounds'] {
  return accounts.flatMap(({ nativeId }) => {
    const own = accounts.length === 1 ? events : events.filter((e) => e.actor === nativeId);
    const findings = computeFindings({
      events: own,
      accounts: [nativeId],
      thresholds: policy.indicators,
      focusFrom: focusFrom(policy, window),
    });
    return groundsOf(findings, own, policy.grounds, nativeId);
  });
}

/** A narrow window begins `narrowHours` before the first alert; a wide one ends now and does not know the alert. */
function focusFrom({ windows }: Policy, { depth, from, to }: CollectedWindow): Instant {
  const at =
    depth === 'narrow'
      ? Date.parse(from) + (windows.narrowHours - windows.focusHours) * HOUR_MS
      : Date.parse(to) - windows.focusHours * HOUR_MS;
  return new Date(at).toISOString();
}
