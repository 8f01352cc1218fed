import { placeOf } from './address.js';
import { actingApp, isAccess } from './episodes.js';
import { LABELS, type EvidenceEvent } from './evidence.js';
import { around } from './sorted-rows.js';

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
  const inNetworks = new Map<number, EvidenceEvent[]>();
  for (const entry of [...entries].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    if (entry.asn === undefined) continue;
    const known = inNetworks.get(entry.asn);
    if (known) known.push(entry);
    else inNetworks.set(entry.asn, [entry]);
  }
  const isAround = ({ asn, at }: EvidenceEvent): boolean =>
    asn !== undefined &&
    around(inNetworks.get(asn) ?? [], at).some((e) => Math.abs(Date.parse(e.at) - Date.parse(at)) <= AT_ONCE_MS);
  return (e) => e.ip === undefined || places.has(placeOf(e.ip)) || isAround(e);
}
