import { digest } from '../canonical.js';
import type { EvidenceEvent } from '../evidence.js';
import type { Confidence, Finding, FindingKind, Measure } from '../finding.js';
import type { Episode, Whose } from '../attribution.js';
import type { FactCode } from '../weights.js';
import type { Platform } from '../platform.js';
import { actingApp } from '../episodes.js';
import { isAct, type View } from './view.js';

export interface Draft {
  readonly kind: FindingKind;
  readonly platform: Platform;
  readonly confidence: Confidence;
  readonly measures: readonly Measure[];
  readonly events: readonly EvidenceEvent[];
  readonly attack: readonly string[];
  readonly text: string;
  /** When the events alone don't tell, e.g. a mail. */
  readonly own?: boolean;
  readonly usual?: Finding['usual'];
  readonly at?: string;
}

/**
 * A finding cites every event it rests on, the sign-ins that authenticate them included. Failures, mails and alerts show it,
 * but only acts say whose session it was.
 */
export function finding(view: View, draft: Draft): Finding {
  const cited = new Map(draft.events.map((e) => [e.id, e]));
  for (const { by } of draft.events.map((e) => view.attribute(e)))
    if (by && by.at >= view.input.focusFrom) cited.set(by.id, by);
  const ids = [...cited.keys()].sort();
  const acts = draft.events.filter(isAct).map((e) => view.attribute(e));
  const isOwn = draft.own ?? (acts.length > 0 && acts.every((a) => a.own));
  const whose = isOwn ? (acts.some((a) => a.whose === 'job') ? 'job' : 'own') : gravest(acts.map((a) => a.whose));
  const times = draft.events.map((e) => e.at).sort();
  return {
    id: `f-${digest({ kind: draft.kind, platform: draft.platform, events: ids }).slice(0, 24)}`,
    kind: draft.kind,
    platform: draft.platform,
    confidence: draft.confidence,
    measures: draft.measures,
    events: ids,
    foreignEvents: isOwn
      ? []
      : [...cited.values()]
          .filter((e) => isForeign(view, e, ACTING.includes(draft.kind)))
          .map((e) => e.id)
          .sort(),
    logSources: [...new Set(draft.events.map((e) => e.logSource))].sort(),
    attack: draft.attack,
    firstAt: times[0] ?? draft.at ?? view.input.focusFrom,
    lastAt: times.at(-1) ?? draft.at ?? view.input.focusFrom,
    inSession: acts.length > 0 && acts.every((a) => a.by !== undefined),
    ownSession: isOwn,
    whose,
    ...(draft.usual === undefined ? {} : { usual: draft.usual }),
    text: draft.text,
  };
}

/**
 * Facts against the person that make an episode nearly somebody else's: a plan may aim at it when the case is sure for other reasons, and
 * sooner where it collects, shares or takes hold of the account.
 */
const SUSPECT = -2.5;
const SUSPECT_ACTING = -0.5;
const ACTING: readonly FindingKind[] = [
  'bulk_collection',
  'volume_surge',
  'external_share',
  'credential_change',
  'hidden_notice',
  'config_or_api_change',
];

/** What speaks against a person who is on a journey with a new device. */
const OF_A_JOURNEY: readonly FactCode[] = ['client.new', 'network.new', 'country.new', 'hour.unusual'];

/** A device that the directory knows came in somewhere new, and that is all. */
const isJourney = ({ acts, facts }: Episode): boolean =>
  facts.some((f) => f.code === 'device.known.late') &&
  facts.every((f) => f.weight >= 0 || OF_A_JOURNEY.includes(f.code)) &&
  acts.every((e) => e.kind === 'sign_in' || e.kind === 'session');

/** What is not the subject's; of what nobody can say whose it is only what nearly is not, and no mere journey. */
function isForeign(view: View, e: EvidenceEvent, acting: boolean): boolean {
  const { whose } = view.attribute(e);
  const episode = view.episodeOf(e);
  const isSuspect =
    whose === 'unknown' &&
    episode !== undefined &&
    episode.score <= (acting ? SUSPECT_ACTING : SUSPECT) &&
    !isJourney(episode);
  return isAct(e) && (whose === 'other' || whose === 'app' || isSuspect);
}

const gravest = (all: readonly Whose[]): Whose => (['other', 'app'] as const).find((w) => all.includes(w)) ?? 'unknown';

/** Events by platform, by whose they are and by whether an app acted: a mix would hide each other. */
export function groups(view: View, events: readonly EvidenceEvent[]): readonly (readonly EvidenceEvent[])[] {
  const grouped = new Map<string, EvidenceEvent[]>();
  for (const event of events) {
    const key = `${event.platform}:${view.attribute(event).whose}:${actingApp(event) === undefined ? '' : 'app'}`;
    grouped.set(key, [...(grouped.get(key) ?? []), event]);
  }
  return [...grouped.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

export interface OnPlatform {
  readonly platform: Platform;
  readonly events: readonly EvidenceEvent[];
}

/** Platforms that events are of, in a fixed order. */
export const platformsOf = (events: readonly EvidenceEvent[]): readonly Platform[] =>
  [...new Set(events.map((e) => e.platform))].sort();

/** Events by platform, in a fixed order; a platform without any is left out. */
export function byPlatform(events: readonly EvidenceEvent[]): readonly OnPlatform[] {
  return platformsOf(events).map((platform) => ({ platform, events: events.filter((e) => e.platform === platform) }));
}

const weight = (e: EvidenceEvent): number => e.count ?? 1;

/** For rows whose `count` says what they hold (messages of a page, files of a message) and not how often it happened. */
export const once = (): number => 1;

/** The earliest window of that length with the most (by `of`); events must be sorted by time. */
export function busiest(
  events: readonly EvidenceEvent[],
  minutes: number,
  of: (e: EvidenceEvent) => number = weight,
): { readonly events: readonly EvidenceEvent[]; readonly total: number } {
  let best: readonly EvidenceEvent[] = [];
  let bestTotal = 0;
  let from = 0;
  let total = 0;
  for (let to = 0; to < events.length; to++) {
    const last = events[to];
    if (!last) continue;
    total += of(last);
    for (
      let first = events[from];
      first && Date.parse(last.at) - Date.parse(first.at) > minutes * 60_000;
      first = events[from]
    ) {
      total -= of(first);
      from += 1;
    }
    if (total > bestTotal) {
      bestTotal = total;
      best = events.slice(from, to + 1);
    }
  }
  return { events: best, total: bestTotal };
}

export const measure = (name: string, value: number, threshold: number, unit: string): Measure => ({
  name,
  value,
  threshold,
  unit,
});

/** High when a threshold is passed twice over, else medium. */
export function confidenceOf(measures: readonly Measure[]): Confidence {
  return measures.some((m) => m.threshold > 0 && m.value >= 2 * m.threshold) ? 'high' : 'medium';
}

/** Only the measures that reach their threshold. */
export const reached = (measures: readonly Measure[]): readonly Measure[] =>
  measures.filter((m) => m.value >= m.threshold && m.value > 0);
