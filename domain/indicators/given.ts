import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { byPlatform, finding, measure } from './finding.js';
import { happened, type View } from './view.js';

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

function intelligence(view: View): readonly Finding[] {
  const matches = view.input.intelligence ?? [];
  return byPlatform(hitBy(view, matches)).map(({ platform, events }) => {
    const hits = hitsIn(events, matches);
    return finding(view, {
      kind: 'threat_intelligence',
      platform,
      confidence: 'high',
      measures: [measure('matches', hits.length, 1, 'matches')],
      events,
      attack: ['T1583'],
      own: false,
      text: `Known to threat intelligence (${[...new Set(hits.map((h) => h.list))].join(', ')}): ${[...new Set(hits.map((h) => h.indicator))].join(', ')}`,
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
