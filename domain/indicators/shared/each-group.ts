import type { EvidenceEvent } from '../../evidence.js';
import type { Confidence, Finding } from '../../finding.js';
import { finding, groups, measure } from '../finding.js';
import type { Indicator } from '../indicator.js';
import type { View } from '../view.js';

interface Rule {
  /** What is counted. */
  readonly name: string;
  readonly confidence: (events: readonly EvidenceEvent[], own: boolean) => Confidence;
  readonly text: (events: readonly EvidenceEvent[]) => string;
}

/** For an indicator of which one row is enough: a finding for each group of rows. */
export function eachGroup(
  { kind, attack }: Pick<Indicator, 'kind' | 'attack'>,
  view: View,
  events: readonly EvidenceEvent[],
  rule: Rule,
): readonly Finding[] {
  return groups(view, events).flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const own = group.every((e) => view.attribute(e).own);
    return [
      finding(view, {
        kind,
        platform: first.platform,
        confidence: rule.confidence(group, own),
        measures: [measure(rule.name, group.length, 1, 'rows')],
        events: group,
        attack,
        text: rule.text(group),
      }),
    ];
  });
}
