import type { EvidenceEvent, EventKind } from '../evidence.js';
import type { IndicatorThresholds } from '../policy.js';
import type { Instant } from '../platform.js';
import { profileOf, type Profile } from './profile.js';

export interface IndicatorInput {
  readonly events: readonly EvidenceEvent[];
  /** Native ids of the subject's accounts on all platforms. */
  readonly accounts: readonly string[];
  readonly thresholds: IndicatorThresholds;
  /** What is older is the subject's own past: it is compared with, never measured. */
  readonly focusFrom: Instant;
  /** Secrets found in readable text and names, by event: a fingerprint, never the secret. */
  readonly secrets?: readonly SecretHit[];
  readonly intelligence?: readonly IntelligenceHit[];
  /** Distinct earlier incidents in which the subject acted. */
  readonly involvements?: number;
}
export interface SecretHit {
  readonly eventId: string;
  readonly fingerprint: string;
  readonly kind: string;
  /** Its owner or issuer says that it is live, or its use was logged. */
  readonly confirmed?: boolean;
}
export interface IntelligenceHit {
  readonly eventId: string;
  readonly indicator: string;
  readonly list: string;
}

/** How an event was authenticated. */
export interface Attribution {
  /** The sign-in, session or access row it belongs to; the event itself when it carries its own session. */
  readonly by?: EvidenceEvent;
  /** The subject is known for this device, address or session. */
  readonly own: boolean;
}

/** Events sorted and split into past and focus, with how each was authenticated. */
export interface View {
  readonly input: IndicatorInput;
  readonly past: readonly EvidenceEvent[];
  readonly focus: readonly EvidenceEvent[];
  readonly profile: Profile;
  attribute(event: EvidenceEvent): Attribution;
  /** Focus events of some kinds. */
  of(...kinds: readonly EventKind[]): readonly EvidenceEvent[];
}

const ACCESS_KINDS: readonly EventKind[] = ['sign_in', 'session', 'api_activity'];
const HOUR_MS = 3_600_000;

export const isAccess = (e: EvidenceEvent): boolean => ACCESS_KINDS.includes(e.kind) && e.outcome !== 'failure';

export function viewOf(input: IndicatorInput): View {
  const unique = [...new Map(input.events.map((e) => [e.id, e])).values()];
  const sorted = unique.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
  const past = sorted.filter((e) => e.at < input.focusFrom);
  const focus = sorted.filter((e) => e.at >= input.focusFrom);
  const profile = profileOf(past.filter((e) => isAccess(e) || e.ip !== undefined));
  const access = sorted.filter(isAccess);
  const reach = input.thresholds.signIn.sessionHours * HOUR_MS;
  return {
    input,
    past,
    focus,
    profile,
    attribute: (event) => attribute(event, access, profile, reach),
    of: (...kinds) => focus.filter((e) => kinds.includes(e.kind)),
  };
}

/**
 * An event's own session, address or device decides when it carries one; else the latest access row of the same
 * platform's person before it, as long as a session may last. Vendors that log no address (Google Chat) need this.
 */
function attribute(
  event: EvidenceEvent,
  access: readonly EvidenceEvent[],
  profile: Profile,
  reach: number,
): Attribution {
  const sameSession =
    event.sessionId === undefined
      ? undefined
      : access.find((a) => a.sessionId === event.sessionId && a.platform === event.platform);
  if (sameSession && sameSession.id !== event.id)
    return { by: sameSession, own: profile.knows(event) && profile.knows(sameSession) };
  if (event.ip !== undefined || event.deviceId !== undefined) {
    const sameAddress = latest(access, event, reach, (a) => a.ip !== undefined && a.ip === event.ip);
    if (sameAddress) return { by: sameAddress, own: profile.knows(event) };
    return event.sessionId === undefined && !isAccess(event)
      ? { own: profile.knows(event) }
      : { by: event, own: profile.knows(event) };
  }
  const before = latest(access, event, reach, () => true);
  return before ? { by: before, own: profile.knows(before) } : { own: false };
}

function latest(
  access: readonly EvidenceEvent[],
  event: EvidenceEvent,
  reach: number,
  fits: (a: EvidenceEvent) => boolean,
): EvidenceEvent | undefined {
  const at = Date.parse(event.at);
  return access.findLast((a) => a.id !== event.id && a.at <= event.at && at - Date.parse(a.at) <= reach && fits(a));
}
