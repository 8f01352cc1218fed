import type { EvidenceEvent } from '../evidence.js';
import type { Finding } from '../finding.js';
import { busiest, confidenceOf, finding, groups, measure } from './finding.js';
import type { View } from './view.js';

/** "Large-scale downloading or exporting of chat histories or files." */
export function bulkCollection(view: View): readonly Finding[] {
  const t = view.input.thresholds.bulkCollection;
  const candidates = view.of('file_download', 'conversation_read', 'export', 'api_activity');
  return groups(view, candidates).flatMap((events) => {
    const of = (
      kinds: readonly EvidenceEvent['kind'][],
      by?: (e: EvidenceEvent) => number,
    ): ReturnType<typeof busiest> =>
      busiest(
        events.filter((e) => kinds.includes(e.kind)),
        t.windowMinutes,
        by,
      );
    const tries = [
      { name: 'files downloaded', window: of(['file_download']), threshold: t.files, unit: 'files' },
      {
        name: 'conversations read',
        window: of(['conversation_read']),
        threshold: t.conversations,
        unit: 'conversations',
      },
      {
        name: 'bytes',
        window: of(['file_download', 'api_activity'], (e) => e.bytes ?? 0),
        threshold: t.bytes,
        unit: 'bytes',
      },
      { name: 'API calls', window: of(['api_activity']), threshold: t.apiCalls, unit: 'calls' },
      { name: 'exports', window: of(['export']), threshold: t.exports, unit: 'exports' },
    ].filter((x) => x.window.total >= x.threshold && x.window.total > 0);
    const [first] = events;
    if (tries.length === 0 || !first) return [];
    const measures = tries.map((x) =>
      measure(x.name, x.window.total, x.threshold, `${x.unit} in ${t.windowMinutes} min`),
    );
    const cited = [...new Map(tries.flatMap((x) => x.window.events).map((e) => [e.id, e])).values()];
    return [
      finding(view, {
        kind: 'bulk_collection',
        platform: first.platform,
        confidence: tries.some((x) => x.name === 'exports') ? 'high' : confidenceOf(measures),
        measures,
        events: cited,
        attack: ['T1213.005', ...(tries.some((x) => x.name === 'API calls') ? ['T1119'] : [])],
        text: `${measures.map((m) => `${m.value} ${m.name}`).join(', ')} within ${t.windowMinutes} minutes`,
      }),
    ];
  });
}
