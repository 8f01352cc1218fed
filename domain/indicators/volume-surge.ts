import { succeeded, type EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { finding, measure } from './finding.js';
import type { Indicator } from './indicator.js';
import { against, DIRECTIONS, isSurge, measured, total, volumes, words } from './shared/daily-volume.js';
import { WARM_DAYS } from './shared/surprise.js';
import { isAct, type View } from './view.js';

export const volumeSurge: Indicator = {
  id: 'volume-surge',
  kind: 'volume_surge',
  what: 'The busiest day, in what was sent or received on one platform, lies far above the subject’s own past days there.',
  why: 'Is there a sudden increase in the volume of data being sent or received by certain users?',
  sources: ['chat_history', 'file_transfer'],
  attack: ['T1213.005'],
  falsePositives: [
    'What comes every week or month: the past shows its like, and it is no surge.',
    'A busy chat: what others send is faint, and what the account took is also held against its own past alone.',
    'A new colleague: fewer than ten days of past leave the confidence low, fewer than three say nothing.',
  ],
  find,
};

/** What the account itself took comes first, so that a busy chat hides no collection; what others send says nothing of what the account did. */
function find(view: View): readonly Finding[] {
  const { zScore, floor } = view.input.thresholds.volume;
  return volumes(view).flatMap((all) => {
    const counted = new Set(DIRECTIONS.find((d) => d.name === all.name)?.kinds);
    const isOfActs = (e: EvidenceEvent): boolean =>
      e.platform === all.platform && counted.has(e.kind) && isAct(e) && succeeded(e);
    const acts = { name: all.name, platform: all.platform, ...measured(view, all.platform, isOfActs, total) };
    const v = [acts, all].find((volume) => isSurge(view, volume, floor));
    if (!v) return [];
    const isFaint = v !== acts || v.days < WARM_DAYS;
    return [
      finding(view, {
        kind: volumeSurge.kind,
        platform: v.platform,
        confidence: isFaint ? 'low' : v.zScore >= 2 * zScore ? 'high' : 'medium',
        measures: [measure(`volume ${v.name}`, v.focus, floor, 'items in a day'), ...against(view, v)],
        events: v.events,
        attack: volumeSurge.attack,
        text: `${v.focus} items ${v.name} in a day, ${words(v)}`,
      }),
    ];
  });
}
