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
  const criticalThings = new Set(touched.filter((e) => isCritical(e, critical)).map(thingOf));
  const shared = new Set(findings.filter((f) => f.kind === 'external_share').flatMap((f) => f.events));
  const exposed = secrets.filter((s) => cited.has(s.eventId));
  const transfers = events.filter((e) => shared.has(e.id) && e.kind === 'share');
  return {
    level:
      criticalThings.size >= critical.highItems || exposed.some((s) => s.confirmed === true)
        ? 'high'
        : touched.length > 0
          ? 'limited'
          : 'none',
    criticalItems: criticalThings.size,
    exposedSecrets: new Set(exposed.map((s) => s.fingerprint)).size,
    confirmedLeaks: new Set(exposed.filter((s) => s.confirmed === true).map((s) => s.fingerprint)).size,
    externalTransfers: transfers.length,
    criticalTransfers: transfers.filter((e) => criticalThings.has(thingOf(e))).length,
  };
}

/** A share names the file it gives away: what is critical by one row is critical in all rows about it. */
const thingOf = (e: EvidenceEvent): string => e.target?.id ?? e.id;

/** Labels as the vendor gives them, channels by name, files and channels by words in their names. */
export function isCritical(event: EvidenceEvent, { labels, channels, names }: CriticalData): boolean {
  if ((event.labels ?? []).some((l) => labels.includes(l))) return true;
  if (event.channel?.name !== undefined && channels.includes(event.channel.name.replace(/^#/, ''))) return true;
  return matches([event.target?.name ?? '', event.channel?.name ?? ''], names);
}
