import { digest } from './canonical.js';
import { quietAddresses } from './acts/aims/origins.js';
import type { EvidenceEvent } from './evidence.js';
import type { Finding } from './finding.js';
import { foreignRows } from './foreign.js';

/** What belongs to the organisation: it would tie every case to every other. */
export interface OwnThings {
  /** Own egress, trusted, private, shared and vendor addresses. */
  readonly isProtectedAddress: (ip: string) => boolean;
  /** Ids of the organisation's own apps. */
  readonly apps: readonly string[];
}

/**
 * Hashes of the attacker's addresses, sessions and apps: cases that share one belong to one incident. Never an address from which
 * the subject also got in without any finding, and nothing of the organisation.
 */
export function incidentLinks(
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  own: OwnThings,
): readonly string[] {
  const quiet = quietAddresses(findings, events);
  const values = foreignRows(findings, events).flatMap((e) => [
    ...(e.ip === undefined || quiet.has(e.ip) || own.isProtectedAddress(e.ip) ? [] : [`ip:${e.ip}`]),
    ...(e.sessionId === undefined ? [] : [`session:${e.platform}:${e.sessionId}`]),
  ]);
  const links = [...values, ...grantedApps(findings, events, own.apps)];
  return [...new Set(links)].sort().map((v) => digest(v).slice(0, 32));
}

/** Only apps that were given access: the client that a person signs in with is everybody's. */
function grantedApps(
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  own: readonly string[],
): readonly string[] {
  const cited = findings.filter((f) => f.kind === 'app_consent' && f.confidence !== 'low').flatMap((f) => f.events);
  const consents = new Set(cited);
  return events.flatMap((e) =>
    e.kind === 'app_grant' && e.app !== undefined && consents.has(e.id) && !own.includes(e.app.id)
      ? [`app:${e.platform}:${e.app.id}`]
      : [],
  );
}
