import { succeeded, type EvidenceEvent, type EventKind } from '../evidence.js';
import type { IndicatorThresholds } from '../policy.js';
import type { Instant, Platform } from '../platform.js';
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
  /** Where the subject is at home, for a finding that rests on no row. */
  readonly platform?: Platform;
}
export interface SecretHit {
  readonly eventId: string;
  readonly fingerprint: string;
  readonly kind: string;
  /** Its use was logged. What owners say comes later, by the task of its rotation. */
  readonly confirmed?: boolean;
  /** SHA-256, hex, of the lower-case mail address that the text names beside a password: whose account it opens. */
  readonly account?: string;
}
export interface IntelligenceHit {
  readonly eventId: string;
  readonly indicator: string;
  readonly list: string;
}

/** How an event was authenticated. */
export interface Attribution {
  /** The sign-in, session or access row it belongs to; the event itself when it is one, or its session shows no other row. */
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
  /** Focus events of some kinds; of acts those that took place. */
  of(...kinds: readonly EventKind[]): readonly EvidenceEvent[];
}

const ACCESS_KINDS: readonly EventKind[] = ['sign_in', 'session', 'api_activity'];
/** What others do to the subject, or the platform says of them: never an act of the subject's session. */
const NOT_ACTS: readonly EventKind[] = ['sign_in_failed', 'message_received', 'security_notice', 'platform_alert'];
const HOUR_MS = 3_600_000;

export const isAccess = (e: EvidenceEvent): boolean => ACCESS_KINDS.includes(e.kind) && succeeded(e);
export const isAct = (e: EvidenceEvent): boolean => !NOT_ACTS.includes(e.kind);

/** An act that took place, or a row that tells of something else. */
export const happened = (e: EvidenceEvent): boolean => !isAct(e) || succeeded(e);

export function viewOf(input: IndicatorInput): View {
  const unique = [...new Map(input.events.map((e) => [e.id, e])).values()];
  const sorted = unique.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
  const past = sorted.filter((e) => e.at < input.focusFrom);
  const focus = sorted.filter((e) => e.at >= input.focusFrom);
  const profile = profileOf(past.filter((e) => isAct(e) && succeeded(e) && (isAccess(e) || e.ip !== undefined)));
  const authenticate = authenticator(sorted.filter(isAccess), profile, input.thresholds.signIn.sessionHours * HOUR_MS);
  const known = new Map<string, Attribution>();
  return {
    input,
    past,
    focus,
    profile,
    attribute: (event) => {
      const attribution = known.get(event.id) ?? authenticate(event);
      known.set(event.id, attribution);
      return attribution;
    },
    of: (...kinds) => focus.filter((e) => kinds.includes(e.kind) && happened(e)),
  };
}

/**
 * An access row stands for itself. Another row belongs to the access of its session or, within the time a session may last, of
 * its address. One that carries neither (Google Chat logs no address) belongs to the person's latest access before it.
 */
function authenticator(
  access: readonly EvidenceEvent[],
  profile: Profile,
  reach: number,
): (event: EvidenceEvent) => Attribution {
  const sessions = new Map<string, EvidenceEvent>();
  for (const row of [...access].reverse()) if (row.sessionId !== undefined) sessions.set(sessionOf(row), row);
  const latest = (event: EvidenceEvent, fits: (row: EvidenceEvent) => boolean): EvidenceEvent | undefined => {
    const since = new Date(Date.parse(event.at) - reach).toISOString();
    return access.findLast((row) => row.at <= event.at && row.at >= since && fits(row));
  };
  return (event) => {
    const own = profile.knows(event);
    if (isAccess(event)) return { by: event, own };
    const isPlaced = event.ip !== undefined || event.deviceId !== undefined;
    if (event.sessionId !== undefined) {
      const by = sessions.get(sessionOf(event)) ?? event;
      return { by, own: isPlaced ? own : profile.knows(by) };
    }
    if (isPlaced) {
      const by = latest(event, (row) => row.ip !== undefined && row.ip === event.ip);
      return by ? { by, own } : { own };
    }
    // A rule as the mailbox lists it says nothing of the session that made it.
    const by = isAct(event) && event.kind !== 'mail_rule' ? latest(event, () => true) : undefined;
    return by ? { by, own: profile.knows(by) } : { own: false };
  };
}

const sessionOf = (e: EvidenceEvent): string => `${e.platform}:${e.sessionId ?? ''}`;
