import type { EvidenceEvent } from './evidence.js';
import type { Finding, FindingKind, Impact } from './finding.js';
import { saysLeaked } from './leaks.js';
import { matches } from './indicators/shared/keywords.js';
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
  const used = exposed.filter((s) => s.confirmed === true);
  const strong = findings.filter((f) => f.confidence !== 'low');
  const shown = new Set(strong.flatMap((f) => f.events));
  const told = events.filter((e) => saysLeaked(e) && shown.has(e.id));
  const leaks = new Set([...used.map((s) => s.fingerprint), ...told.map(accountOf)]).size;
  const leakRows = new Set([...used.map((s) => s.eventId), ...told.map((e) => e.id)]);
  const transfers = events.filter((e) => shared.has(e.id) && e.kind === 'share');
  return {
    level: criticalThings.size >= critical.highItems || leaks > 0 ? 'high' : touched.length > 0 ? 'limited' : 'none',
    criticalItems: criticalThings.size,
    exposedSecrets: new Set(exposed.map((s) => s.fingerprint)).size,
    confirmedLeaks: leaks,
    ...(leaks === 0
      ? {}
      : {
          leakFindings: strong
            .filter((f) => tellsOfLeak(f.kind) && f.events.some((id) => leakRows.has(id)))
            .map((f) => f.id),
        }),
    externalTransfers: transfers.length,
    criticalTransfers: transfers.filter((e) => criticalThings.has(thingOf(e))).length,
  };
}

const accountOf = (e: EvidenceEvent): string => `${e.platform}:${e.tenant}:${e.actor ?? ''}`;
const tellsOfLeak = (kind: FindingKind): boolean =>
  kind === 'credential_exposed' || kind === 'platform_alert' || kind === 'unusual_sign_in';

/** A share names the file it gives away: what is critical by one row is critical in all rows about it. */
const thingOf = (e: EvidenceEvent): string => e.target?.id ?? e.id;

/** Labels as the vendor gives them, channels by name, files and channels by words in their names. */
export function isCritical(event: EvidenceEvent, { labels, channels, names }: CriticalData): boolean {
  if ((event.labels ?? []).some((l) => labels.includes(l))) return true;
  if (event.channel?.name !== undefined && channels.includes(event.channel.name.replace(/^#/, ''))) return true;
  return matches([event.target?.name ?? '', event.channel?.name ?? ''], names);
}
