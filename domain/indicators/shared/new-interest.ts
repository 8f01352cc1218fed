import { succeeded, type EvidenceEvent, type EventKind } from '../../evidence.js';
import type { Finding } from '../../finding.js';
import { isCritical } from '../../impact.js';
import { finding, measure } from '../finding.js';
import type { View } from '../view.js';

/** Measure that tells a new interest from a burst. */
export const NEW_INTEREST = 'of a kind never touched before';

const TAKING: readonly EventKind[] = ['file_download', 'file_view', 'conversation_read'];
/** So many different things, on so many days; of what is not critical business data many more. */
const ITEMS = 40;
const PLAIN_ITEMS = 100;
const DAYS = 3;
/** More on one day is a burst, which others judge. */
const MOST_A_DAY = 60;
/** Measure of a finding whose things are critical. */
export const CRITICAL = 'critical business data';
/** Nothing of the kind in the first third of the visible past, which is at least so long. */
const NEW_AFTER = 1 / 3;
const PAST_DAYS = 14;
const DAY_MS = 86_400_000;

/**
 * The person's own sessions open, a few a day, critical things that belong to somebody else or of a kind that the person had never touched:
 * patients of another ward, a colleague's customers. No day is a burst, and nothing has to leave. ATT&CK T1213.
 * False positives: a new task, a substitution, an audit; each is known to somebody who can be asked.
 */
export function newInterests(view: View): readonly Finding[] {
  const { critical } = view.input;
  if (critical === undefined) return [];
  const all = [...view.past, ...view.focus].filter((e) => TAKING.includes(e.kind) && succeeded(e));
  const begin = Math.min(...[...view.past, ...view.focus].map((e) => Date.parse(e.at)));
  const end = Math.max(...all.map((e) => Date.parse(e.at)));
  if (end - begin < PAST_DAYS * DAY_MS) return [];
  const known = begin + (end - begin) * NEW_AFTER;
  const mine = new Map<string, EvidenceEvent[]>();
  for (const e of all.filter((x) => view.attribute(x).whose === 'own')) {
    const kind = `${e.platform} ${kindOf(e)}`;
    mine.set(kind, [...(mine.get(kind) ?? []), e]);
  }
  return [...mine.values()].flatMap((rows) => {
    const sorted = [...rows].sort((a, b) => (a.at < b.at ? -1 : 1));
    const [first] = sorted;
    if (!first || Date.parse(first.at) < known || (sorted.at(-1)?.at ?? '') < view.input.focusFrom) return [];
    const things = new Set(sorted.map((e) => e.target?.id ?? e.channel?.id ?? e.id)).size;
    const days = new Set(sorted.map((e) => e.at.slice(0, 10))).size;
    if (busiestDay(sorted) > MOST_A_DAY) return [];
    const grave = sorted.filter((e) => isCritical(e, critical)).length;
    const isGrave = grave * 2 >= sorted.length;
    if (things < (isGrave ? ITEMS : PLAIN_ITEMS) || days < DAYS) return [];
    return [
      finding(view, {
        kind: 'bulk_collection',
        platform: first.platform,
        confidence: things >= 2 * ITEMS ? 'high' : 'medium',
        measures: [
          measure(NEW_INTEREST, things, ITEMS, 'things'),
          measure('days', days, DAYS, 'days'),
          ...(isGrave ? [measure(CRITICAL, grave, 1, 'rows')] : []),
        ],
        events: sorted,
        attack: ['T1213.005'],
        text: `${things}${isGrave ? ' critical' : ''} things of a kind never touched before, such as "${first.target?.name ?? first.channel?.name ?? ''}", on ${days} days since ${first.at.slice(0, 10)}`,
      }),
    ];
  });
}

function busiestDay(rows: readonly EvidenceEvent[]): number {
  const days = new Map<string, number>();
  for (const e of rows) days.set(e.at.slice(0, 10), (days.get(e.at.slice(0, 10)) ?? 0) + 1);
  return Math.max(0, ...days.values());
}

/** Words of the name without numbers; where names are all different, whose they are. */
const kindOf = (e: EvidenceEvent): string =>
  (e.target?.name ?? e.channel?.name ?? e.owner ?? '')
    .toLowerCase()
    .replace(/\.[a-z0-9]{1,5}$/, '')
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length > 1)
    .slice(0, 2)
    .join(' ');
