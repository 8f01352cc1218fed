import { inline, when, words } from '../../activities/records/report/markup.js';
import type { ClosedAs } from '../../domain/case.js';
import { CLOSING_WORDS } from '../../domain/case-words.js';
import type { Instant } from '../../domain/platform.js';

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
];

/** `3 h`, `2 d`; under a minute `now`. */
export function span(ms: number): string {
  const [size, unit] = UNITS.find(([s]) => ms >= s) ?? [0, ''];
  return size === 0 ? 'now' : `${Math.floor(ms / size)} ${unit}`;
}

/** Words for the pages, beside the clock of the request. */
export function formats(now: Date): {
  readonly words: (text: string) => string;
  readonly when: (instant: Instant | undefined) => string;
  /** Time of day within the last 20 hours, else the date too. */
  readonly clock: (instant: Instant) => string;
  readonly ago: (instant: Instant) => string;
  /** `42 min left`, `over`. */
  readonly left: (instant: Instant) => string;
  /** The little Markdown of timeline entries, escaped: HTML. */
  readonly inline: (text: string) => string;
  /** How a case ended: the words, and what they mean. */
  readonly closingOf: (closedAs: ClosedAs) => (typeof CLOSING_WORDS)[ClosedAs];
  readonly plural: (n: number, one: string, many?: string) => string;
} {
  const since = (instant: Instant): number => now.getTime() - Date.parse(instant);
  return {
    words,
    when,
    clock: (instant) =>
      since(instant) < 20 * 3_600_000 ? instant.slice(11, 19) : instant.slice(5, 16).replace('T', ' '),
    ago: (instant) => span(since(instant)),
    left: (instant) =>
      since(instant) >= 0 ? 'over' : `${span(-since(instant))} left`.replace('now left', 'under a minute'),
    inline: (text) => inline(text).text,
    closingOf: (closedAs) => CLOSING_WORDS[closedAs],
    plural: (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`,
  };
}
