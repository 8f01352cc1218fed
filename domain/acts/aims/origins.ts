import { isSamePlace, placeOf } from '../../address.js';
import type { EvidenceEvent } from '../../evidence.js';
import type { Finding, FindingKind } from '../../finding.js';
import { foreignRows } from '../../foreign.js';
import { isAccess, isState } from '../../episodes.js';
import type { AimOf } from '../define.js';
import { citedBy, strong, type AimInput } from './input.js';

const SHOWING: readonly FindingKind[] = ['unusual_sign_in', 'session_reuse', 'threat_intelligence'];

/** Addresses of foreign access, blocked once: at the authority when it is a platform, else where they were seen. */
export function addressAims(input: AimInput): readonly AimOf<'address'>[] {
  const { subject, findings, events, isProtectedAddress } = input;
  const foreign = foreignRows(
    strong(input).filter((f) => SHOWING.includes(f.kind) || f.whose === 'unknown'),
    events,
  );
  const quiet = quietPlaces(findings, events);
  const seen = new Map<string, EvidenceEvent>();
  for (const e of foreign)
    if (e.ip !== undefined && !isProtectedAddress(e.ip) && !quiet.has(placeOf(e.ip))) seen.set(e.ip, e);
  const authority = subject.accounts.find((a) => a.platform === subject.authority);
  return [...seen].map(([address, e]) => {
    const { platform, tenant } = authority ?? e;
    return {
      platform,
      tenant,
      target: { type: 'address', address },
      why: 'access that is not the subject’s came from it',
    };
  });
}

/** A place from which the subject also got in without any finding, and not on a device that is known to be strange, is not the attacker's alone. */
export function quietPlaces(findings: readonly Finding[], events: readonly EvidenceEvent[]): ReadonlySet<string> {
  const foreign = new Set(findings.filter((f) => !f.ownSession).flatMap((f) => f.foreignEvents ?? f.events));
  return new Set(
    events
      .filter((e) => isAccess(e) && !isState(e) && e.deviceKnown !== false && !foreign.has(e.id))
      .flatMap((e) => (e.ip === undefined ? [] : placeOf(e.ip))),
  );
}

/** A device only when its id ties it to the malicious session, and the organisation manages it: others can't be reached. */
export function deviceAims(input: AimInput): readonly AimOf<'device'>[] {
  const { events } = input;
  const shown = strong(input).filter((f) => SHOWING.includes(f.kind) && !f.ownSession);
  const sessions = new Set(foreignRows(shown, events).flatMap((e) => e.sessionId ?? []));
  return citedBy(shown, events).flatMap(({ platform, tenant, deviceId, sessionId, deviceKnown }) =>
    deviceId === undefined || sessionId === undefined || deviceKnown !== true || !sessions.has(sessionId)
      ? []
      : [
          {
            platform,
            tenant,
            target: { type: 'device', deviceId, sessionIds: [sessionId] } as const,
            why: 'the malicious session ran on this managed device',
          },
        ],
  );
}

/**
 * Devices that somebody else registered: in nothing but the stranger's sessions, from nowhere but the stranger's addresses, and first seen
 * after the stranger had come in there without any device. A stolen session names the person's own devices too, and a person who got a new
 * laptop comes in with it.
 */
export function strangersDeviceAims(input: AimInput): readonly AimOf<'device'>[] {
  const { events } = input;
  const foreign = foreignRows(strong(input), events);
  const ids = new Set(foreign.map((e) => e.id));
  const sessions = new Set(foreign.flatMap((e) => e.sessionId ?? []));
  const places = new Set(foreign.flatMap((e) => (e.ip === undefined ? [] : placeOf(e.ip))));
  const isStrangers = (e: EvidenceEvent): boolean =>
    ids.has(e.id) ||
    (e.sessionId !== undefined && sessions.has(e.sessionId) && (e.ip === undefined || places.has(placeOf(e.ip))));
  const strangers = events.filter(isStrangers);
  const devices = new Map<string, EvidenceEvent[]>();
  for (const e of events)
    if (e.deviceId !== undefined) devices.set(e.deviceId, [...(devices.get(e.deviceId) ?? []), e]);
  return [...devices].flatMap(([deviceId, rows]): readonly AimOf<'device'>[] => {
    const [first] = [...rows].sort((a, b) => (a.at < b.at ? -1 : 1));
    if (!first || !rows.every(isStrangers) || !rows.some((e) => e.deviceKnown === true)) return [];
    const isThere = (e: EvidenceEvent): boolean =>
      (e.sessionId !== undefined && e.sessionId === first.sessionId) || isSamePlace(e.ip, first.ip);
    if (!strangers.some((e) => e.deviceId === undefined && e.at < first.at && isThere(e))) return [];
    const { platform, tenant } = first;
    const sessionIds = [...new Set(rows.flatMap((e) => e.sessionId ?? []))].sort();
    const why = 'it was registered from a session that is not the subject’s';
    return [{ platform, tenant, target: { type: 'device', deviceId, sessionIds }, why }];
  });
}
