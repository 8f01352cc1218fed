import { placeOf } from './address.js';
import type { CollectedWindow, EvidenceEvent, Ground } from './evidence.js';
import type { Finding } from './finding.js';
import { foreignRows } from './foreign.js';
import { computeFindings } from './indicators/index.js';
import type { Instant } from './platform.js';
import type { Policy } from './policy.js';

const HOUR_MS = 3_600_000;

/** A row without what people wrote or called something: all that grounds need, and all that the containment worker may see. */
export function groundRow(event: EvidenceEvent): EvidenceEvent {
  const {
    text: _text,
    urls: _urls,
    labels: _labels,
    externalRecipients: _r,
    owner: _o,
    target,
    channel,
    ...row
  } = event;
  return {
    ...row,
    ...(target === undefined ? {} : { target: { type: target.type, id: target.id } }),
    ...(channel === undefined ? {} : { channel: { id: channel.id } }),
  };
}

/**
 * The grounds for automatic steps that hold in rows of one tenant, for each account on its own: with the same pure rules as the analysis,
 * but without what others say (alerts, lists, earlier cases). The evidence worker computes them over rows it read itself and signs them;
 * the containment worker computes them again, by its own policy, over the rows that were signed. A row that another account did shows nothing.
 */
export function groundsIn(
  events: readonly EvidenceEvent[],
  policy: Pick<Policy, 'indicators' | 'windows' | 'grounds'>,
  accounts: readonly string[],
  window: CollectedWindow,
): readonly Ground[] {
  return accounts.flatMap((nativeId) => {
    const own = events.filter((e) => (e.actor === undefined ? accounts.length === 1 : e.actor === nativeId));
    const findings = computeFindings({
      events: own,
      accounts: [nativeId],
      thresholds: policy.indicators,
      focusFrom: focusFrom(policy, window),
    });
    return groundsOf(findings, own, policy.grounds, nativeId);
  });
}

/** A narrow window begins `narrowHours` before the first alert; a wide one ends now and does not know the alert. */
function focusFrom({ windows }: Pick<Policy, 'windows'>, { depth, from, to }: CollectedWindow): Instant {
  const at =
    depth === 'narrow'
      ? Date.parse(from) + (windows.narrowHours - windows.focusHours) * HOUR_MS
      : Date.parse(to) - windows.focusHours * HOUR_MS;
  return new Date(at).toISOString();
}

/**
 * All findings of a rule, inside one authenticated session that is surely somebody else's: of what nobody can say whose it is, nothing
 * happens by itself.
 */
export function groundsOf(
  findings: readonly Finding[],
  events: readonly EvidenceEvent[],
  grounds: Policy['grounds'],
  nativeId: string,
): readonly Ground[] {
  const foreign = findings.filter(
    (f) => f.inSession && !f.ownSession && f.confidence !== 'low' && (f.whose === undefined || f.whose === 'other'),
  );
  return grounds.flatMap(({ rule, findings: wanted }) => {
    const shown = wanted.map((kind) => foreign.filter((f) => f.kind === kind));
    if (shown.length === 0 || !shareSession(shown, events)) return [];
    return [{ rule, nativeId, sessionIds: sessionsOf(shown.flat(), events) }];
  });
}

/** Findings of different sessions don't add up: each must show one and the same, by its id, its place or its sign-in. */
function shareSession(shown: readonly (readonly Finding[])[], events: readonly EvidenceEvent[]): boolean {
  const marks = shown.map((findings) => new Set(foreignRows(findings, events).flatMap(marksOf)));
  const [first = new Set<string>(), ...others] = marks;
  return [...first].some((mark) => others.every((o) => o.has(mark)));
}

const marksOf = (e: EvidenceEvent): readonly string[] => [
  `row:${e.id}`,
  ...(e.sessionId === undefined ? [] : [`session:${e.platform}:${e.sessionId}`]),
  ...(e.ip === undefined ? [] : [`place:${placeOf(e.ip)}`]),
];

function sessionsOf(findings: readonly Finding[], events: readonly EvidenceEvent[]): readonly string[] {
  return [...new Set(foreignRows(findings, events).flatMap((e) => e.sessionId ?? []))].sort();
}
