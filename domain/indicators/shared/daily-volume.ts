import { succeeded, type EvidenceEvent, type EventKind } from '../../evidence.js';
import type { Measure } from '../../finding.js';
import type { Platform } from '../../platform.js';
import { busiest, measure, platformsOf } from '../finding.js';
import { byDay, middleOf } from './rhythm.js';
import { surprise, WARM_DAYS, type PastDay, type Surprise } from './surprise.js';
import type { View } from '../view.js';

const DAY_MS = 86_400_000;

/** The busiest day of the focus in one direction on one platform, held against the subject's own past days there. */
export interface Volume extends Surprise {
  readonly name: 'sent' | 'received';
  readonly platform: Platform;
  readonly focus: number;
  readonly events: readonly EvidenceEvent[];
}
/** What counts as sent and as received. */
export const DIRECTIONS: readonly { readonly name: Volume['name']; readonly kinds: readonly EventKind[] }[] = [
  { name: 'sent', kinds: ['message', 'file_upload', 'share'] },
  { name: 'received', kinds: ['message_received', 'file_download', 'conversation_read', 'export'] },
];

/** Volume sent and received, by platform; nothing for a platform and direction without any row, past or now. */
export function volumes(view: View): readonly Volume[] {
  return platformsOf([...view.focus, ...view.past]).flatMap((platform) =>
    DIRECTIONS.flatMap(({ name, kinds }) => {
      const isCounted = (e: EvidenceEvent): boolean =>
        e.platform === platform && kinds.includes(e.kind) && succeeded(e);
      if (![...view.focus, ...view.past].some(isCounted)) return [];
      return [{ name, platform, ...measured(view, platform, isCounted, total) }];
    }),
  );
}

type Measured = Surprise & Pick<Volume, 'focus' | 'events'>;

/** Above the floor, the deviation and the times of the policy, without a like in the past. */
export function isSurge(view: View, v: Measured, floor: number): boolean {
  const { zScore, times } = view.input.thresholds.volume;
  return v.focus >= floor && v.zScore >= zScore && v.times >= times && v.like === undefined;
}

/** The busiest day of the focus against the past, in items or in what else `of` counts. */
export function measured(
  view: View,
  platform: Platform,
  isCounted: (e: EvidenceEvent) => boolean,
  of: (events: readonly EvidenceEvent[]) => number,
): Measured {
  const { events } = busiest(view.focus.filter(isCounted), DAY_MS / 60_000);
  const middle = events.length === 0 ? Date.parse(view.input.focusFrom) + DAY_MS / 2 : middleOf(events);
  const past = pastDays(view, platform, view.past.filter(isCounted), middle, of);
  const focus = of(events);
  const day = { count: focus, at: new Date(middle).toISOString() };
  return { focus, events, ...surprise(day, past, view.input.thresholds.volume.baselineDays) };
}

/**
 * One number for each whole day since the subject's first row of any kind on the platform; days without such rows count as 0. Days lie
 * around the measured one's middle, so that weekdays compare in every time zone; one of which more than a quarter lies in the focus is none of the past.
 */
function pastDays(
  view: View,
  platform: Platform,
  events: readonly EvidenceEvent[],
  middle: number,
  of: (events: readonly EvidenceEvent[]) => number,
): readonly PastDay[] {
  const first = view.past.find((e) => e.platform === platform);
  if (!first) return [];
  const end = middle - DAY_MS / 2;
  const reach = Math.ceil((end - Date.parse(first.at)) / DAY_MS);
  const counted = byDay(events, middle);
  const days = Array.from({ length: Math.max(0, reach) }, (_, i) => i + 1).filter(
    (daysBefore) => end - (daysBefore - 1) * DAY_MS <= Date.parse(view.input.focusFrom) + DAY_MS / 4,
  );
  // A longer past offers more likes to hide behind (docs/statistics.md); whoever was away is held against the time before that.
  const active = days.findIndex((daysBefore) => (counted.get(daysBefore) ?? []).length > 0);
  return days
    .slice(Math.max(0, active))
    .slice(0, view.input.thresholds.volume.baselineDays)
    .map((daysBefore) => ({ daysBefore, count: of(counted.get(daysBefore) ?? []) }));
}

/** The numbers that a finding shows beside its own. */
export const against = (view: View, v: Surprise): readonly Measure[] => {
  const { zScore, times } = view.input.thresholds.volume;
  return [
    measure('expected', round(v.expected), 0, 'on a usual active day'),
    measure('times the usual', round(v.times), times, 'times'),
    measure('robust z', round(v.zScore), zScore, `against ${v.days} past days`),
  ];
};

export const words = ({ expected, times, zScore, days }: Surprise): string =>
  (expected < 1 ? 'where hardly any is usual' : `${round(times)} times the usual ${round(expected)}`) +
  `; robust z ${round(zScore)} against ${days} past days` +
  (days < WARM_DAYS ? `; cold start: only ${days} days` : '');

/** Items, by the log's own numbers. */
export const total = (events: readonly EvidenceEvent[]): number => events.reduce((n, e) => n + (e.count ?? 1), 0);
const round = (n: number): number => Math.round(n * 10) / 10;
