import type { EvidenceEvent, EventKind } from '../evidence.js';
import type { Finding, Measure } from '../finding.js';
import { finding, measure } from './finding.js';
import type { View } from './view.js';

const DAY_MS = 86_400_000;
/** Turns a median absolute deviation into a standard deviation for normal data. */
const MAD_TO_SIGMA = 1.4826;

export interface Volume {
  readonly name: 'sent' | 'received';
  readonly focus: number;
  readonly zScore: number;
  readonly days: number;
  readonly events: readonly EvidenceEvent[];
}
const DIRECTIONS: readonly { readonly name: Volume['name']; readonly kinds: readonly EventKind[] }[] = [
  { name: 'sent', kinds: ['message', 'file_upload', 'share'] },
  { name: 'received', kinds: ['message_received', 'file_download', 'conversation_read', 'export'] },
];

/** Volume sent and received in the focus against the subject's own past days; undefined when no such row exists at all. */
export function volumes(view: View): readonly Volume[] {
  return DIRECTIONS.flatMap(({ name, kinds }) => {
    const of = (events: readonly EvidenceEvent[]): readonly EvidenceEvent[] =>
      events.filter((e) => kinds.includes(e.kind));
    const events = of(view.focus);
    const past = daily(view, of(view.past));
    if (events.length === 0 && past.length === 0) return [];
    const focus = total(events);
    return [{ name, focus, zScore: robustZ(focus, past), days: past.length, events }];
  });
}

/** A sudden increase in the volume sent or received. */
export function volumeSurges(view: View): readonly Finding[] {
  const { zScore, floor } = view.input.thresholds.volume;
  return volumes(view).flatMap((volume) => {
    const surge = volume.focus >= floor && volume.zScore >= zScore;
    const [first] = volume.events;
    if (!surge || !first) return [];
    const measures = [
      measure(`volume ${volume.name}`, volume.focus, floor, 'items'),
      measure('robust z', round(volume.zScore), zScore, `against ${volume.days} past days`),
    ];
    return [
      finding(view, {
        kind: 'volume_surge',
        platform: first.platform,
        confidence: volume.zScore >= 2 * zScore ? 'high' : 'medium',
        measures,
        events: volume.events,
        attack: ['T1213.005'],
        text: `${volume.focus} items ${volume.name}; robust z ${round(volume.zScore)} against ${volume.days} past days`,
      }),
    ];
  });
}

/** T2: "examining historical data for patterns of behavior": more different channels, files and people than the subject's past shows. */
export function baselineDeviations(view: View): readonly Finding[] {
  const { zScore, floor } = view.input.thresholds.volume;
  const targets = (e: EvidenceEvent): string | undefined => e.channel?.id ?? e.target?.id;
  const acting = (events: readonly EvidenceEvent[]): readonly EvidenceEvent[] =>
    events.filter(
      (e) => ['file_download', 'conversation_read', 'message', 'share'].includes(e.kind) && targets(e) !== undefined,
    );
  const now = acting(view.focus);
  const [first] = now;
  if (!first) return [];
  const distinct = new Set(now.map(targets)).size;
  const past = daily(view, acting(view.past), (events) => new Set(events.map(targets)).size);
  const z = robustZ(distinct, past);
  const least = Math.ceil(floor / 2);
  if (past.length === 0 || distinct < least || z < zScore) return [];
  const measures: readonly Measure[] = [
    measure('different targets', distinct, least, 'targets'),
    measure('robust z', round(z), zScore, `against ${past.length} past days`),
  ];
  return [
    finding(view, {
      kind: 'baseline_deviation',
      platform: first.platform,
      confidence: z >= 2 * zScore ? 'high' : 'medium',
      measures,
      events: now,
      attack: ['T1213.005'],
      text: `${distinct} different channels and files; robust z ${round(z)} against ${past.length} past days`,
    }),
  ];
}

/** One number for each day since the subject's first row of any kind; days without such rows count as 0. */
function daily(
  view: View,
  events: readonly EvidenceEvent[],
  of: (events: readonly EvidenceEvent[]) => number = total,
): readonly number[] {
  const [first] = view.past;
  if (!first) return [];
  const end = Date.parse(view.input.focusFrom);
  const days = Math.max(1, Math.ceil((end - Date.parse(first.at)) / DAY_MS));
  const buckets = Array.from({ length: days }, (): EvidenceEvent[] => []);
  for (const e of events) buckets[Math.min(days - 1, Math.floor((end - Date.parse(e.at)) / DAY_MS))]?.push(e);
  return buckets.map(of);
}

const total = (events: readonly EvidenceEvent[]): number => events.reduce((n, e) => n + (e.count ?? 1), 0);

/** Median and MAD resist the outliers that a mean would swallow; a flat past counts one item as one deviation, no past at all says nothing. */
export function robustZ(value: number, past: readonly number[]): number {
  if (past.length === 0) return 0;
  const middle = median(past);
  const spread = median(past.map((p) => Math.abs(p - middle))) * MAD_TO_SIGMA;
  return (value - middle) / Math.max(1, spread);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

const round = (n: number): number => Math.round(n * 10) / 10;
