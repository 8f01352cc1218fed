import type { EvidenceEvent } from '../evidence.js';
import type { Confidence, Finding } from '../finding.js';
import { byPlatform, finding, measure } from './finding.js';
import { happened, type IntelligenceHit, type View } from './view.js';

/** Findings that rest on what others found in the evidence: secrets, threat intelligence, earlier incidents. */
export function givenFindings(view: View): readonly Finding[] {
  return [...exposedCredentials(view), ...intelligence(view), ...involvement(view)];
}

function exposedCredentials(view: View): readonly Finding[] {
  const secrets = view.input.secrets ?? [];
  return byPlatform(hitBy(view, secrets).filter(happened)).map(({ platform, events }) => {
    const hits = hitsIn(events, secrets);
    const different = new Set(hits.map((h) => h.fingerprint)).size;
    return finding(view, {
      kind: 'credential_exposed',
      platform,
      confidence: hits.some((h) => h.confirmed === true) ? 'high' : 'medium',
      measures: [measure('different secrets', different, 1, 'secrets')],
      events,
      attack: ['T1552.008'],
      text: `${different} secret(s) in reach: ${[...new Set(hits.map((h) => h.kind))].join(', ')}`,
    });
  });
}

const LEVELS: readonly Confidence[] = ['high', 'medium', 'low'];

/** An address that acted, and what a message or file only points to, are two things; each is as sure as its list. */
function intelligence(view: View): readonly Finding[] {
  const matches = view.input.intelligence ?? [];
  const byId = new Map(view.focus.map((e) => [e.id, e]));
  const acting = matches.filter((h) => byId.get(h.eventId)?.ip === h.indicator);
  const told = matches.filter((h) => byId.has(h.eventId) && !acting.includes(h));
  return [...listed(view, acting, ACTED), ...listed(view, told, 'matches')];
}
/** Measure of a finding about addresses that acted. */
export const ACTED = 'addresses that acted';

function listed(view: View, matches: readonly IntelligenceHit[], name: string): readonly Finding[] {
  return byPlatform(hitBy(view, matches)).map(({ platform, events }) => {
    const hits = hitsIn(events, matches);
    const surest = LEVELS.find((level) => hits.some((h) => (h.confidence ?? 'medium') === level)) ?? 'medium';
    return finding(view, {
      kind: 'threat_intelligence',
      platform,
      confidence: surest,
      measures: [measure(name, hits.length, 1, 'matches')],
      events,
      attack: ['T1583'],
      text: `Known to threat intelligence, ${surest} confidence (${[...new Set(hits.map((h) => h.list))].join(', ')}): ${[...new Set(hits.map((h) => h.indicator))].join(', ')}`,
    });
  });
}

/** Rests on the case index, not on rows. */
function involvement(view: View): readonly Finding[] {
  const { incidents, days } = view.input.thresholds.involvement;
  const count = view.input.involvements ?? 0;
  const platform = view.input.platform ?? view.past[0]?.platform ?? view.focus[0]?.platform;
  if (count < incidents || !platform) return [];
  return [
    finding(view, {
      kind: 'frequent_involvement',
      platform,
      confidence: 'medium',
      measures: [measure('earlier incidents as actor', count, incidents, `in ${days} days`)],
      events: [],
      attack: [],
      text: `Acted in ${count} earlier incident(s) within ${days} days`,
    }),
  ];
}

interface Hit {
  readonly eventId: string;
}

const hitBy = (view: View, hits: readonly Hit[]): readonly EvidenceEvent[] => {
  const hit = new Set(hits.map((h) => h.eventId));
  return view.focus.filter((e) => hit.has(e.id));
};

const hitsIn = <H extends Hit>(events: readonly EvidenceEvent[], hits: readonly H[]): readonly H[] => {
  const ids = new Set(events.map((e) => e.id));
  return hits.filter((h) => ids.has(h.eventId));
};
