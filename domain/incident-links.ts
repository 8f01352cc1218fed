import { digest } from './canonical.js';
import type { EvidenceEvent } from './evidence.js';
import type { Finding } from './finding.js';
import { foreignRows } from './foreign.js';

/** Hashes of the attacker's addresses, sessions and apps: cases that share one belong to one incident. */
export function incidentLinks(findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly string[] {
  const values = foreignRows(findings, events).flatMap((e) => [
    ...(e.ip === undefined ? [] : [`ip:${e.ip}`]),
    ...(e.sessionId === undefined ? [] : [`session:${e.platform}:${e.sessionId}`]),
  ]);
  const links = [...values, ...grantedApps(findings, events)];
  return [...new Set(links)].sort().map((v) => digest(v).slice(0, 32));
}

/** Only apps that were given access: the client that a person signs in with is everybody's. */
function grantedApps(findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly string[] {
  const consents = findings.filter((f) => f.kind === 'app_consent' && f.confidence !== 'low').flatMap((f) => f.events);
  return events
    .filter((e) => e.kind === 'app_grant' && e.app !== undefined && consents.includes(e.id))
    .map((e) => `app:${e.platform}:${e.app?.id ?? ''}`);
}
