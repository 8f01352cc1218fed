import type { Finding } from '../finding.js';
import { finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import type { View } from './view.js';

export const frequentInvolvement: Indicator = {
  id: 'frequent-involvement',
  kind: 'frequent_involvement',
  what: 'The subject acted in several earlier incidents. It rests on the case index, not on rows, and names no technique: a history is none.',
  why: 'Are there specific users who are frequently involved in suspicious chat activities?',
  sources: ['case_index'],
  attack: [],
  falsePositives: [
    'Administrators and security people, whose accounts stand in many cases: only incidents in which the account acted count.',
    'An account that was a victim before: it acted then, by another’s hand; the explanations weigh it lightly.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const { incidents, days } = view.input.thresholds.involvement;
  const count = view.input.involvements ?? 0;
  const platform = view.input.platform ?? view.past[0]?.platform ?? view.focus[0]?.platform;
  if (count < incidents || !platform) return [];
  return [
    finding(view, {
      kind: frequentInvolvement.kind,
      platform,
      confidence: 'medium',
      measures: [measure('earlier incidents as actor', count, incidents, `in ${days} days`)],
      events: [],
      attack: frequentInvolvement.attack,
      text: `Acted in ${count} earlier incident(s) within ${days} days`,
    }),
  ];
}
