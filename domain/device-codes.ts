import { placeOf } from './address.js';
import type { EvidenceEvent } from './evidence.js';
import { latestBefore } from './sorted-rows.js';

/** What a log says of no session may be of the sign-in by a code for so long. */
const REACH_MS = 24 * 3_600_000;

/**
 * Which rows are of a sign-in by device code (RFC 8628). Whoever types a code in does so at home, with the own browser and second factor; the
 * token goes to who asked for the code, and a log shows the one's address for the other's access (Microsoft on Storm-2372, 2025). So the
 * rows of such a sign-in are no rows of the place: those of its session, and those without a session there until somebody proves anew who
 * they are.
 */
export class DeviceCodes {
  readonly #sessions = new Set<string>();
  readonly #proofs = new Map<string, EvidenceEvent[]>();

  /** Rows by time. */
  constructor(sorted: readonly EvidenceEvent[]) {
    const signIns = sorted.filter((e) => e.kind === 'sign_in' && e.ip !== undefined);
    const codes = signIns.filter(isByCode);
    if (codes.length === 0) return;
    const begun = new Map<string, EvidenceEvent>();
    for (const e of signIns) if (e.sessionId !== undefined && !begun.has(sessionOf(e))) begun.set(sessionOf(e), e);
    for (const [session, first] of begun) if (isByCode(first)) this.#sessions.add(session);
    const places = new Set(codes.map((e) => placeOf(e.ip ?? '')));
    for (const e of signIns) {
      const place = placeOf(e.ip ?? '');
      if (!places.has(place) || e.authentication === 'token') continue; // a token proves nothing anew
      this.#proofs.set(place, [...(this.#proofs.get(place) ?? []), e]);
    }
  }

  /** Whether the row at that place is of a sign-in by device code. */
  let(place: string, e: EvidenceEvent): boolean {
    if (isByCode(e)) return true;
    if (e.sessionId !== undefined) return this.#sessions.has(sessionOf(e));
    const proof = e.kind === 'sign_in' ? undefined : latestBefore(this.#proofs.get(place) ?? [], e.at);
    return proof !== undefined && isByCode(proof) && Date.parse(e.at) - Date.parse(proof.at) <= REACH_MS;
  }
}

const isByCode = (e: EvidenceEvent): boolean => e.kind === 'sign_in' && e.authentication === 'device_code';
const sessionOf = (e: EvidenceEvent): string => `${e.platform}:${e.sessionId ?? ''}`;
