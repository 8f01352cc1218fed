import type { EvidenceEvent } from '../evidence.js';

/** Rows needed before anything can be called new. */
const COLD_START = 3;

/**
 * A habit shows on so many different days, or on half of them when the past is short: whoever came in a day before the first
 * alert is not part of the subject's past.
 */
const HABIT_DAYS = 3;

/** What the subject is known for, from its own past. */
export interface Profile {
  /** Too little past to call anything new. */
  readonly cold: boolean;
  readonly size: number;
  /** Known by device, address, or by country together with user agent or session. Hours don't count: an insider may work at night. */
  knows(event: EvidenceEvent): boolean;
  /** What is new about an access row; empty when the past is too short to say. */
  novelties(event: EvidenceEvent): readonly Novelty[];
}
export type Novelty = 'new_country' | 'new_asn' | 'new_device' | 'new_user_agent' | 'unusual_hour';

/** Sign-ins needed before an hour can be called unusual, and how far it must be from all of theirs (that allows for summer time). */
const HOURS_NEEDED = 10;
const HOURS_APART = 2;

export function profileOf(past: readonly EvidenceEvent[]): Profile {
  const needed = Math.min(HABIT_DAYS, Math.ceil(new Set(past.map(dayOf)).size / 2));
  const set = (pick: (e: EvidenceEvent) => string | number | undefined): ReadonlySet<string | number> =>
    habits(past, pick, needed);
  const sessions = habits(past, (e) => e.sessionId, 1);
  const devices = set((e) => e.deviceId);
  const addresses = set((e) => e.ip);
  const countries = set((e) => e.country);
  const networks = set((e) => e.asn);
  const agents = set((e) => e.userAgent);
  const hours = past.filter((e) => e.kind === 'sign_in').map(hourOf);
  const cold = past.length < COLD_START;
  return {
    cold,
    size: past.length,
    knows(e) {
      if (e.deviceKnown === true || (e.deviceId !== undefined && devices.has(e.deviceId))) return true;
      if (e.ip !== undefined && addresses.has(e.ip)) return true;
      const sameAgent = e.userAgent !== undefined && agents.has(e.userAgent);
      const sameCountry = e.country !== undefined && countries.has(e.country);
      if (e.sessionId === undefined || !sessions.has(e.sessionId)) return sameCountry && sameAgent;
      // A known session may be stolen: what its row tells of the place and the client must be known, too.
      return (e.country === undefined || sameCountry) && (e.userAgent === undefined || sameAgent);
    },
    novelties(e) {
      if (cold) return [];
      const found: Novelty[] = [];
      if (e.country !== undefined && countries.size > 0 && !countries.has(e.country)) found.push('new_country');
      if (e.asn !== undefined && networks.size > 0 && !networks.has(e.asn)) found.push('new_asn');
      if (e.deviceKnown === false || (e.deviceId !== undefined && devices.size > 0 && !devices.has(e.deviceId)))
        found.push('new_device');
      if (e.userAgent !== undefined && agents.size > 0 && !agents.has(e.userAgent)) found.push('new_user_agent');
      const isFar = hours.length >= HOURS_NEEDED && hours.every((h) => hoursBetween(h, hourOf(e)) > HOURS_APART);
      if (e.kind === 'sign_in' && isFar) found.push('unusual_hour');
      return found;
    },
  };
}

function habits(
  past: readonly EvidenceEvent[],
  pick: (e: EvidenceEvent) => string | number | undefined,
  needed: number,
): ReadonlySet<string | number> {
  const days = new Map<string | number, Set<string>>();
  for (const e of past) {
    const value = pick(e);
    if (value !== undefined) days.set(value, (days.get(value) ?? new Set()).add(dayOf(e)));
  }
  return new Set([...days].filter(([, on]) => on.size >= needed).map(([value]) => value));
}

const dayOf = (e: EvidenceEvent): string => e.at.slice(0, 10);
const hourOf = (e: EvidenceEvent): number => Number(e.at.slice(11, 13));
const hoursBetween = (a: number, b: number): number => Math.min(Math.abs(a - b), 24 - Math.abs(a - b));
