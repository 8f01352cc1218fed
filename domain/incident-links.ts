import { quietPlaces } from './acts/aims/origins.js';
import { actingApp } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';
import type { Finding } from './finding.js';
import { foreignRows } from './foreign.js';
import { traceLinks, type Traces } from './pivot.js';
import { tracesIn, type OwnThings } from './traces.js';

export type { OwnThings } from './traces.js';

/**
 * What the attacker of a case can be followed by: addresses, sessions, apps and the rest of what strong findings show. Never an address
 * from which the subject also got in without any finding, and nothing of the organisation. `attempts`: of somebody who never got in here,
 * and may have elsewhere.
 */
export function tracesOfFindings(
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  own: OwnThings,
  attempts: readonly EvidenceEvent[] = [],
): Traces {
  // Only apps that were given access or that act by themselves: the client that a person signs in with is everybody's.
  const cited = new Set(
    findings.filter((f) => f.kind === 'app_consent' && f.confidence !== 'low').flatMap((f) => f.events),
  );
  const foreign = foreignRows(findings, events);
  const rogue = new Set(foreign.flatMap((e) => actingApp(e) ?? []));
  return tracesIn({
    foreign: [...foreign, ...attempts],
    grants: events.filter((e) => cited.has(e.id) || (e.kind === 'app_grant' && rogue.has(e.app?.id ?? ''))),
    own,
    quiet: quietPlaces(findings, events),
  });
}

/** Hashes of those: cases that share one belong to one incident. */
export const incidentLinks = (
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  own: OwnThings,
): readonly string[] => traceLinks(tracesOfFindings(findings, events, own));
