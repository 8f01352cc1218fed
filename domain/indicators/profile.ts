import type { EvidenceEvent } from '../evidence.js';

/** Access rows needed before anything can be called new. */
const COLD_START = 3;

/** What the subject is known for, from its own past. */
export interface Profile {
  /** Too little past to call anything new. */
  readonly cold: boolean;
  readonly size: number;
  /** Known by session, device, address, or by country together with user agent. */
  knows(event: EvidenceEvent): boolean;
  /** What is new about an access row; empty when the past is too short to say. */
  novelties(event: EvidenceEvent): readonly Novelty[];
}
export type Novelty = 'new_country' | 'new_asn' | 'new_device' | 'new_user_agent';

export function profileOf(past: readonly EvidenceEvent[]): Profile {
  const set = (pick: (e: EvidenceEvent) => string | number | undefined): ReadonlySet<string | number> =>
    new Set(past.map(pick).filter((v) => v !== undefined));
  const sessions = set((e) => e.sessionId);
  const devices = set((e) => e.deviceId);
  const addresses = set((e) => e.ip);
  const countries = set((e) => e.country);
  const networks = set((e) => e.asn);
  const agents = set((e) => e.userAgent);
  const cold = past.length < COLD_START;
  return {
    cold,
    size: past.length,
    knows(e) {
      if (e.sessionId !== undefined && sessions.has(e.sessionId))
        return e.country === undefined || countries.has(e.country) || (e.ip !== undefined && addresses.has(e.ip));
      if (e.deviceKnown === true || (e.deviceId !== undefined && devices.has(e.deviceId))) return true;
      if (e.ip !== undefined && addresses.has(e.ip)) return true;
      const sameCountry = e.country !== undefined && countries.has(e.country);
      return sameCountry && e.userAgent !== undefined && agents.has(e.userAgent);
    },
    novelties(e) {
      if (cold) return [];
      const found: Novelty[] = [];
      if (e.country !== undefined && countries.size > 0 && !countries.has(e.country)) found.push('new_country');
      if (e.asn !== undefined && networks.size > 0 && !networks.has(e.asn)) found.push('new_asn');
      if (e.deviceKnown === false || (e.deviceId !== undefined && devices.size > 0 && !devices.has(e.deviceId)))
        found.push('new_device');
      if (e.userAgent !== undefined && agents.size > 0 && !agents.has(e.userAgent)) found.push('new_user_agent');
      return found;
    },
  };
}
