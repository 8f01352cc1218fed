import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { finding, measure } from './finding.js';
import type { View } from './view.js';

/** Findings that rest on what others found in the evidence: secrets, threat intelligence, earlier incidents. */
export function givenFindings(view: View): readonly Finding[] {
  return [...exposedCredentials(view), ...intelligence(view), ...involvement(view)];
}

function exposedCredentials(view: View): readonly Finding[] {
  const hits = (view.input.secrets ?? []).filter((s) => view.focus.some((e) => e.id === s.eventId));
  const events = cited(view, hits);
  const [first] = events;
  if (!first) return [];
  const secrets = new Set(hits.map((h) => h.fingerprint)).size;
  return [
    finding(view, {
      kind: 'credential_exposed',
      platform: first.platform,
      confidence: hits.some((h) => h.confirmed === true) ? 'high' : 'medium',
      measures: [measure('different secrets', secrets, 1, 'secrets')],
      events,
      attack: ['T1552.008'],
      text: `${secrets} secret(s) in reach: ${[...new Set(hits.map((h) => h.kind))].join(', ')}`,
    }),
  ];
}

function intelligence(view: View): readonly Finding[] {
  const hits = (view.input.intelligence ?? []).filter((h) => view.focus.some((e) => e.id === h.eventId));
  const events = cited(view, hits);
  const [first] = events;
  if (!first) return [];
  return [
    finding(view, {
      kind: 'threat_intelligence',
      platform: first.platform,
      confidence: 'high',
      measures: [measure('matches', hits.length, 1, 'matches')],
      events,
      attack: ['T1583'],
      own: false,
      text: `Known to threat intelligence (${[...new Set(hits.map((h) => h.list))].join(', ')}): ${[...new Set(hits.map((h) => h.indicator))].join(', ')}`,
    }),
  ];
}

function involvement(view: View): readonly Finding[] {
  const { incidents, days } = view.input.thresholds.involvement;
  const count = view.input.involvements ?? 0;
  const platform = view.focus[0]?.platform;
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

const cited = (view: View, hits: readonly { readonly eventId: string }[]): readonly EvidenceEvent[] =>
  view.focus.filter((e) => hits.some((h) => h.eventId === e.id));
