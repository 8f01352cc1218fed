import { succeeded, type EvidenceEvent, type EventKind } from '../evidence.js';
import type { Finding, Measure } from '../finding.js';
import { PLATFORMS, type Platform } from '../platform.js';
import { busiest, byPlatform, finding, measure } from './finding.js';
import type { View } from './view.js';

const DAY_MS = 86_400_000;
/** Turns a median absolute deviation into a standard deviation for normal data. */
const MAD_TO_SIGMA = 1.4826;

/** Fewer days of past than this say nothing about what is usual. */
export const DAYS_NEEDED = 3;

/** The busiest day of the focus in one direction on one platform, held against the subject's own past days there. */
export interface Volume {
  readonly name: 'sent' | 'received';
  readonly platform: Platform;
  readonly focus: number;
  readonly zScore: number;
  readonly days: number;
  readonly events: readonly EvidenceEvent[];
}
const DIRECTIONS: readonly { readonly name: Volume['name']; readonly kinds: readonly EventKind[] }[] = [
  { name: 'sent', kinds: ['message', 'file_upload', 'share'] },
  { name: 'received', kinds: ['message_received', 'file_download', 'conversation_read', 'export'] },
];

/** Volume sent and received, by platform; nothing for a platform and direction without any row, past or now. */
export function volumes(view: View): readonly Volume[] {
  return PLATFORMS.flatMap((platform) =>
    DIRECTIONS.flatMap(({ name, kinds }) => {
      const rows = (events: readonly EvidenceEvent[]): readonly EvidenceEvent[] =>
        events.filter((e) => e.platform === platform && kinds.includes(e.kind) && succeeded(e));
      const { events, total: focus } = busiestDay(rows(view.focus));
      const past = daily(view, platform, rows(view.past));
      if (events.length === 0 && rows(view.past).length === 0) return [];
      return [{ name, platform, focus, zScore: robustZ(focus, past), days: past.length, events }];
    }),
  );
}

/** A sudden increase in the volume sent or received. */
export function volumeSurges(view: View): readonly Finding[] {
  const { zScore, floor } = view.input.thresholds.volume;
  return volumes(view)
    .filter((v) => v.focus >= floor && v.zScore >= zScore)
    .map((v) =>
      finding(view, {
        kind: 'volume_surge',
        platform: v.platform,
        confidence: v.zScore >= 2 * zScore ? 'high' : 'medium',
        measures: [measure(`volume ${v.name}`, v.focus, floor, 'items in a day'), zMeasure(v.zScore, zScore, v.days)],
        events: v.events,
        attack: ['T1213.005'],
        text: `${v.focus} items ${v.name} in a day; robust z ${round(v.zScore)} against ${v.days} past days`,
      }),
    );
}

const ACTING: readonly EventKind[] = ['file_download', 'conversation_read', 'message', 'share'];

/** T2: "examining historical data for patterns of behavior": more different channels, files and people than the subject's past shows. */
export function baselineDeviations(view: View): readonly Finding[] {
  const { zScore, floor } = view.input.thresholds.volume;
  const least = Math.ceil(floor / 2);
  const target = (e: EvidenceEvent): string | undefined => e.channel?.id ?? e.target?.id;
  const different = (events: readonly EvidenceEvent[]): number => new Set(events.map(target)).size;
  const acting = (events: readonly EvidenceEvent[]): readonly EvidenceEvent[] =>
    events.filter((e) => ACTING.includes(e.kind) && succeeded(e) && target(e) !== undefined);
  return byPlatform(acting(view.focus)).flatMap(({ platform, events: now }) => {
    const { events } = busiestDay(now);
    const days = daily(view, platform, acting(view.past.filter((e) => e.platform === platform)), different);
    const distinct = different(events);
    const z = robustZ(distinct, days);
    if (distinct < least || z < zScore) return [];
    return [
      finding(view, {
        kind: 'baseline_deviation',
        platform,
        confidence: z >= 2 * zScore ? 'high' : 'medium',
        measures: [measure('different targets', distinct, least, 'targets in a day'), zMeasure(z, zScore, days.length)],
        events,
        attack: ['T1213.005'],
        text: `${distinct} different channels and files in a day; robust z ${round(z)} against ${days.length} past days`,
      }),
    ];
  });
}

const busiestDay = (events: readonly EvidenceEvent[]): ReturnType<typeof busiest> => busiest(events, DAY_MS / 60_000);

const zMeasure = (z: number, threshold: number, days: number): Measure =>
  measure('robust z', round(z), threshold, `against ${days} past days`);

/** One number for each day since the subject's first row of any kind on the platform; days without such rows count as 0. */
function daily(
  view: View,
  platform: Platform,
  events: readonly EvidenceEvent[],
  of: (events: readonly EvidenceEvent[]) => number = total,
): readonly number[] {
  const first = view.past.find((e) => e.platform === platform);
  if (!first) return [];
  const end = Date.parse(view.input.focusFrom);
  const days = Math.max(1, Math.ceil((end - Date.parse(first.at)) / DAY_MS));
  const buckets = Array.from({ length: days }, (): EvidenceEvent[] => []);
  for (const e of events) buckets[Math.min(days - 1, Math.floor((end - Date.parse(e.at)) / DAY_MS))]?.push(e);
  return buckets.map(of);
}

const total = (events: readonly EvidenceEvent[]): number => events.reduce((n, e) => n + (e.count ?? 1), 0);

/** Median and MAD resist the outliers that a mean would swallow; a flat past counts one item as one deviation, too short a past says nothing. */
export function robustZ(value: number, past: readonly number[]): number {
  if (past.length < DAYS_NEEDED) return 0;
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
