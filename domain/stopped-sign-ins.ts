import { placeOf } from './address.js';
import { clientFamily } from './client.js';
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
 * gets in at some time, or around the time in its network, from its country with its program. Whoever was refused there is no step of
 * another's way. Of one without an address nothing can be said, so it counts as a step.
 */
export function stepsOnTheWay(rows: readonly EvidenceEvent[]): (e: EvidenceEvent) => boolean {
  if (!rows.some(isStopped)) return () => false;
  const entries = rows.filter((e) => e.ip !== undefined && isAccess(e) && actingApp(e) === undefined);
  const places = new Set(entries.flatMap((e) => e.ip ?? []).map(placeOf));
  const alike = new Map<string, EvidenceEvent[]>();
  for (const entry of [...entries].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    const key = networkOf(entry);
    if (key === undefined) continue;
    const known = alike.get(key);
    if (known) known.push(entry);
    else alike.set(key, [entry]);
  }
  const isAround = (e: EvidenceEvent): boolean =>
    e.kind === 'sign_in_stopped' &&
    around(alike.get(networkOf(e) ?? '') ?? [], e.at).some(
      ({ at }) => Math.abs(Date.parse(at) - Date.parse(e.at)) <= AT_ONCE_MS,
    );
  return (e) => e.ip === undefined || places.has(placeOf(e.ip)) || isAround(e);
}

/** Who shares it may be one: a carrier's, a proxy's or a VPN's network alone has thousands. */
const networkOf = ({ platform, asn, country = '', userAgent = '' }: EvidenceEvent): string | undefined =>
  asn === undefined ? undefined : `${platform} ${asn} ${country} ${clientFamily(userAgent)}`;
