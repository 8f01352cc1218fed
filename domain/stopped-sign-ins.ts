import { placeOf } from './address.js';
import { actingApp, isAccess } from './episodes.js';
import { LABELS, type EvidenceEvent } from './evidence.js';

/** Whoever is asked for a second factor gets in at once, or from the next address of the network (IPv6 first and IPv4 then, a phone). */
const AT_ONCE_MS = 30 * 60_000;

/** Somebody who had what is asked first, and did not get in by this. */
export const isStopped = ({ kind, labels = [] }: Pick<EvidenceEvent, 'kind' | 'labels'>): boolean =>
  kind === 'sign_in_stopped' || labels.includes(LABELS.knowsFirst);

/**
 * Whether a stopped sign-in is nothing but a step on the way in, as nearly every sign-in with a second factor has one: at its place somebody
 * gets in at some time, or around the time in its network. Of one without an address nothing can be said, so it counts as a step.
 */
export function stepsOnTheWay(rows: readonly EvidenceEvent[]): (e: EvidenceEvent) => boolean {
  if (!rows.some(isStopped)) return () => false;
  const entries = rows.filter((e) => e.ip !== undefined && isAccess(e) && actingApp(e) === undefined);
  const places = new Set(entries.flatMap((e) => e.ip ?? []).map(placeOf));
  const times = new Map<number, number[]>();
  for (const { asn, at } of entries) {
    if (asn === undefined) continue;
    const known = times.get(asn);
    if (known) known.push(Date.parse(at));
    else times.set(asn, [Date.parse(at)]);
  }
  const isAround = ({ asn, at }: EvidenceEvent): boolean =>
    asn !== undefined && (times.get(asn) ?? []).some((t) => Math.abs(t - Date.parse(at)) <= AT_ONCE_MS);
  return (e) => e.ip === undefined || places.has(placeOf(e.ip)) || isAround(e);
}
