import { isSamePlace } from '../../address.js';
import type { EvidenceEvent } from '../../evidence.js';

const EARTH_KM = 6_371;

/** Great-circle distance in kilometres. */
export function kilometres(
  a: { readonly lat: number; readonly lon: number },
  b: { readonly lat: number; readonly lon: number },
): number {
  const rad = (deg: number): number => (deg * Math.PI) / 180;
  const dLat = rad(b.lat - a.lat);
  const dLon = rad(b.lon - a.lon);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

export interface Travel {
  readonly kilometres: number;
  readonly kmPerHour: number;
}

/** Distance and speed between two rows with coordinates; undefined when a vendor gave none, or both came from one place. */
export function travel(from: EvidenceEvent, to: EvidenceEvent): Travel | undefined {
  if (!from.location || !to.location || isSamePlace(from.ip, to.ip)) return undefined;
  const distance = kilometres(from.location, to.location);
  const hours = Math.max(1 / 60, (Date.parse(to.at) - Date.parse(from.at)) / 3_600_000);
  return { kilometres: Math.round(distance), kmPerHour: Math.round(distance / hours) };
}
