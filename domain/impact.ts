import type { EvidenceEvent } from './evidence.js';
import type { Finding, FindingKind, Impact } from './finding.js';
import { matches } from './indicators/sensitive-uploads.js';
import type { SecretHit } from './indicators/view.js';
import type { CriticalData } from './policy.js';

const TOUCHING: readonly FindingKind[] = [
  'bulk_collection',
  'sensitive_uploads',
  'external_share',
  'unusual_chat_activity',
  'volume_surge',
  'baseline_deviation',
  'app_consent',
  'credential_exposed',
];

/** How much critical business data the findings touch; what counts as critical is policy data: labels, channels, names. */
export function impactOf(
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  critical: CriticalData,
  secrets: readonly SecretHit[],
): Impact {
  const cited = new Set(findings.filter((f) => TOUCHING.includes(f.kind)).flatMap((f) => f.events));
  const touched = events.filter((e) => cited.has(e.id));
  const criticalItems = new Set(touched.filter((e) => isCritical(e, critical)).map((e) => e.target?.id ?? e.id)).size;
  const shared = new Set(findings.filter((f) => f.kind === 'external_share').flatMap((f) => f.events));
  const exposed = secrets.filter((s) => cited.has(s.eventId));
  const externalTransfers = events.filter((e) => shared.has(e.id) && e.kind === 'share').length;
  return {
    level:
      criticalItems >= critical.highItems || exposed.some((s) => s.confirmed === true)
        ? 'high'
        : touched.length > 0
          ? 'limited'
          : 'none',
    criticalItems,
    exposedSecrets: new Set(exposed.map((s) => s.fingerprint)).size,
    confirmedLeaks: new Set(exposed.filter((s) => s.confirmed === true).map((s) => s.fingerprint)).size,
    externalTransfers,
  };
}

/** Labels as the vendor gives them, channels by name, files and channels by words in their names. */
export function isCritical(event: EvidenceEvent, { labels, channels, names }: CriticalData): boolean {
  if ((event.labels ?? []).some((l) => labels.includes(l))) return true;
  if (event.channel?.name !== undefined && channels.includes(event.channel.name.replace(/^#/, ''))) return true;
  return matches([event.target?.name ?? '', event.channel?.name ?? ''], names);
}
