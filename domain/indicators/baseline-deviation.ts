import { succeeded, type EvidenceEvent, type EventKind } from '../evidence.js';
import type { Finding } from '../finding.js';
import { finding, measure, platformsOf } from './finding.js';
import type { Indicator } from './indicator.js';
import { against, isSurge, measured, words } from './shared/daily-volume.js';
import { WARM_DAYS } from './shared/surprise.js';
import type { View } from './view.js';

export const baselineDeviation: Indicator = {
  id: 'baseline-deviation',
  kind: 'baseline_deviation',
  what: 'On one day more different channels and files than the subject’s past shows.',
  why: 'deeper analysis of user activities, examining historical data for patterns of behavior',
  sources: ['chat_history', 'file_transfer'],
  attack: ['T1213.005'],
  falsePositives: [
    'A new role or project, with other channels: medium confidence, and it says nothing of whose session it was.',
    'A rhythm of weeks or months, and a cold start: as for volume-surge.',
  ],
  find,
};

const ACTING: readonly EventKind[] = ['file_download', 'conversation_read', 'message', 'share'];

function find(view: View): readonly Finding[] {
  const { zScore, floor } = view.input.thresholds.volume;
  const least = Math.ceil(floor / 2);
  const target = (e: EvidenceEvent): string | undefined => e.channel?.id ?? e.target?.id;
  const different = (events: readonly EvidenceEvent[]): number => new Set(events.map(target)).size;
  return platformsOf(view.focus).flatMap((platform) => {
    const isCounted = (e: EvidenceEvent): boolean =>
      e.platform === platform && ACTING.includes(e.kind) && succeeded(e) && target(e) !== undefined;
    const v = measured(view, platform, isCounted, different);
    if (!isSurge(view, v, least)) return [];
    return [
      finding(view, {
        kind: baselineDeviation.kind,
        platform,
        confidence: v.days < WARM_DAYS ? 'low' : v.zScore >= 2 * zScore ? 'high' : 'medium',
        measures: [measure('different targets', v.focus, least, 'targets in a day'), ...against(view, v)],
        events: v.events,
        attack: baselineDeviation.attack,
        text: `${v.focus} different channels and files in a day, ${words(v)}`,
      }),
    ];
  });
}
