import { isSamePlace } from '../address.js';
import { succeeded, type EvidenceEvent, type EventKind } from '../evidence.js';
import { readable } from '../announced.js';
import type { CriticalData, IndicatorThresholds } from '../policy.js';
import type { Instant, Platform } from '../platform.js';
import { attributeAll, type Episode, type Surroundings, type Whose } from '../attribution.js';
import { groupContexts, isAccess, isAct, isState } from '../episodes.js';
import { historyOf } from '../history.js';
import { stepsOnTheWay } from '../stopped-sign-ins.js';

export interface IndicatorInput extends Omit<Surroundings, 'intelligence'> {
  readonly events: readonly EvidenceEvent[];
  /** Native ids of the subject's accounts on all platforms. */
  readonly accounts: readonly string[];
  readonly thresholds: IndicatorThresholds;
  /** The subject's own rows of before are compared with; what is not surely the subject's is measured however old it is. */
  readonly focusFrom: Instant;
  /** Secrets found in readable text and names, by event: a fingerprint, never the secret. */
  readonly secrets?: readonly SecretHit[];
  readonly intelligence?: readonly IntelligenceHit[];
  /** Distinct earlier incidents in which the subject acted. */
  readonly involvements?: number;
  /** What counts as critical business data. */
  readonly critical?: CriticalData;
  /** Where the subject is at home, for a finding that rests on no row. */
  readonly platform?: Platform;
}
export interface SecretHit {
  readonly eventId: string;
  readonly fingerprint: string;
  readonly kind: string;
  /** Its use was logged. What owners say comes later, by the task of its rotation. */
  readonly confirmed?: boolean;
  /** It stands in what the text quotes or passes on: whose it is, the text does not say. */
  readonly quoted?: boolean;
  /** SHA-256, hex, of the lower-case mail address that the text names beside a password: whose account it opens. */
  readonly account?: string;
}
export interface IntelligenceHit {
  readonly eventId: string;
  readonly indicator: string;
  readonly list: string;
  /** How sure the list is; `medium` when it does not say. */
  readonly confidence?: 'low' | 'medium' | 'high';
}

export { isAccess, isAct } from '../episodes.js';

/** Whose an event is, and how it was authenticated. */
export interface Attribution {
  /** The sign-in, session or access row it belongs to; the event itself when it is one, or its session shows no other row. */
  readonly by?: EvidenceEvent;
  readonly whose: Whose;
  /** The subject's own, or an automated job's that the organisation knows. */
  readonly own: boolean;
}

/** Events sorted, in episodes, and split into what is compared with and what is measured. */
export interface View {
  readonly input: IndicatorInput;
  /** The subject's own rows of before the focus: what is usual. */
  readonly past: readonly EvidenceEvent[];
  /** The subject's newest rows, and all rows of the window that are not surely its own. */
  readonly focus: readonly EvidenceEvent[];
  readonly episodes: readonly Episode[];
  /** Messages of people of the organisation whose text may be read: what they announce or ask for. Those to teams are in no other list. */
  readonly messages: readonly EvidenceEvent[];
  attribute(event: EvidenceEvent): Attribution;
  episodeOf(event: EvidenceEvent): Episode | undefined;
  /** Focus events of some kinds; of acts those that took place. */
  of(...kinds: readonly EventKind[]): readonly EvidenceEvent[];
}

const HOUR_MS = 3_600_000;

/** An act that took place, or a row that tells of something else. */
export const happened = (e: EvidenceEvent): boolean => !isAct(e) || succeeded(e);

export function viewOf(input: IndicatorInput): View {
  const unique = [...new Map(input.events.map((e) => [e.id, e])).values()];
  const isStep = stepsOnTheWay(unique);
  // What others told a team is nothing that the subject did, got or saw, and a question on the way in is no attempt: nothing is measured on it.
  const sorted = unique
    .filter((e) => e.kind !== 'team_message' && !(e.kind === 'sign_in_stopped' && isStep(e)))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
  const grouped = groupContexts(sorted);
  const messages = readable(unique);
  const episodes = attributeAll(grouped.contexts, sorted, historyOf(sorted), { ...input, messages });
  const byId = new Map(episodes.map((e) => [e.id, e]));
  const episodeOf = (event: EvidenceEvent): Episode | undefined => byId.get(grouped.contextOf(event)?.id ?? '');
  const access = authenticator(sorted.filter(isAccess), input.thresholds.signIn.sessionHours * HOUR_MS);
  const known = new Map<string, Attribution>();
  const attribute = (event: EvidenceEvent): Attribution => {
    const attribution =
      known.get(event.id) ?? attributionOf(access(event), whoseIs(event, episodeOf(event), input.accounts));
    known.set(event.id, attribution);
    return attribution;
  };
  const isMeasured = (e: EvidenceEvent): boolean =>
    e.at >= input.focusFrom || (isAct(e) && !isState(e) && !attribute(e).own);
  const focus = sorted.filter(isMeasured);
  const past = sorted.filter((e) => !isMeasured(e));
  return {
    input,
    past,
    focus,
    episodes,
    messages,
    episodeOf,
    attribute,
    of: (...kinds) => focus.filter((e) => kinds.includes(e.kind) && happened(e)),
  };
}

const attributionOf = (by: EvidenceEvent | undefined, whose: Whose): Attribution => ({
  ...(by === undefined ? {} : { by }),
  whose,
  own: whose === 'own' || whose === 'job',
});

/** What an administrator did to the account is nobody's session of the subject. */
function whoseIs(event: EvidenceEvent, episode: Episode | undefined, accounts: readonly string[]): Whose {
  const byOthers = event.actor !== undefined && !accounts.includes(event.actor) && OF_OTHERS.includes(event.kind);
  if (byOthers || isState(event)) return 'unknown';
  return episode?.attribution ?? 'unknown';
}
const OF_OTHERS: readonly EventKind[] = [
  'credential_change',
  'account_change',
  'role_change',
  'mail_access',
  'app_grant',
];

/**
 * An access row stands for itself. Another row belongs to the access of its session or, within the time a session may last, of
 * its place, else of its device. One that carries neither (Google Chat logs no address) belongs to the person's latest access before it.
 */
function authenticator(
  access: readonly EvidenceEvent[],
  reach: number,
): (event: EvidenceEvent) => EvidenceEvent | undefined {
  const sessions = new Map<string, EvidenceEvent>();
  for (const row of [...access].reverse()) if (row.sessionId !== undefined) sessions.set(sessionOf(row), row);
  const latest = (event: EvidenceEvent, fits: (row: EvidenceEvent) => boolean): EvidenceEvent | undefined => {
    const since = new Date(Date.parse(event.at) - reach).toISOString();
    return access.findLast((row) => row.at <= event.at && row.at >= since && fits(row));
  };
  return (event) => {
    if (isAccess(event)) return event;
    if (event.sessionId !== undefined) return sessions.get(sessionOf(event)) ?? event;
    if (event.ip !== undefined) return latest(event, (row) => isSamePlace(row.ip, event.ip));
    if (event.deviceId !== undefined) return latest(event, (row) => row.deviceId === event.deviceId);
    // A rule as the mailbox lists it says nothing of the session that made it.
    return isAct(event) && event.kind !== 'mail_rule' ? latest(event, () => true) : undefined;
  };
}

const sessionOf = (e: EvidenceEvent): string => `${e.platform}:${e.sessionId ?? ''}`;
