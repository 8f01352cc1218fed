import type { EvidenceEvent } from '../evidence.js';
import type { Finding, Measure } from '../finding.js';
import { busiest, confidenceOf, finding, groups, measure, once } from './finding.js';
import type { Indicator } from './indicator.js';
import { likeBefore, type Like } from './shared/rhythm.js';
import type { View } from './view.js';

/** Bursts of the person's own that are looked at, so that a weekly copy hides nothing else. */
const OWN_BURSTS = 4;

export const bulkCollection: Indicator = {
  id: 'bulk-collection',
  kind: 'bulk_collection',
  what: 'In one hour more files, conversations, bytes, API calls or exports than the policy allows. What has its like in the person’s past is said to be usual.',
  why: 'large-scale downloading or exporting of chat histories or files',
  sources: ['chat_history', 'file_transfer', 'user_access', 'integration', 'iam', 'platform_alerts'],
  attack: ['T1213.005', 'T1119'],
  falsePositives: [
    'A copy that is drawn every day, week or month: the past shows its like, and the finding says so.',
    'A sync client on a new laptop: the device is known or managed, so the session is the person’s own.',
    'Backup and archive apps: rows of an app are judged by who allowed it.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const taken = view.of('file_download', 'file_view', 'conversation_read', 'export', 'api_activity');
  return groups(view, taken).flatMap((events) => {
    const [first] = events;
    const burst = first && telling(view, events, view.attribute(first).own);
    if (!first || !burst) return [];
    const { windowMinutes } = view.input.thresholds.bulkCollection;
    return [
      finding(view, {
        kind: bulkCollection.kind,
        platform: first.platform,
        confidence: burst.measures.some((m) => m.name === 'exports') ? 'high' : confidenceOf(burst.measures),
        measures: burst.measures,
        events: burst.events,
        attack: ['T1213.005', ...(burst.measures.some((m) => m.name === 'API calls') ? ['T1119'] : [])],
        ...(burst.like === undefined ? {} : { usual: burst.like.kind }),
        text: `${burst.measures.map((m) => `${m.value} ${m.name}`).join(', ')} within ${windowMinutes} minutes`,
      }),
    ];
  });
}

/** A log that adds up a client's visits over days tells no calls of an hour; a row of an app or a session tells its own. */
const calls = (e: EvidenceEvent): number => (e.app === undefined && e.sessionId === undefined ? 1 : (e.count ?? 1));

interface Burst {
  readonly measures: readonly Measure[];
  readonly events: readonly EvidenceEvent[];
  readonly like?: Like | undefined;
}

/** The greatest burst without its like; when all have theirs, the greatest. */
function telling(view: View, events: readonly EvidenceEvent[], own: boolean): Burst | undefined {
  const greatest = burstOf(view, events, own);
  if (!greatest || !own) return greatest;
  const mine = [...view.past, ...view.focus].filter((e) => view.attribute(e).own);
  let rest = events;
  let usual: Burst | undefined;
  for (let i = 0; i < OWN_BURSTS; i++) {
    const burst = burstOf(view, rest, own);
    if (!burst) break;
    const begin = burst.events[0]?.at ?? '';
    const like = likeBefore(
      burst.events,
      mine.filter((e) => e.at < begin),
    );
    if (!like) return burst;
    usual ??= { ...burst, like };
    const gone = new Set(burst.events.map((e) => e.id));
    rest = rest.filter((e) => !gone.has(e.id));
  }
  return usual;
}

function burstOf(view: View, events: readonly EvidenceEvent[], own: boolean): Burst | undefined {
  const t = view.input.thresholds.bulkCollection;
  const of = (kinds: readonly EvidenceEvent['kind'][], by?: (e: EvidenceEvent) => number): ReturnType<typeof busiest> =>
    busiest(
      events.filter((e) => kinds.includes(e.kind)),
      t.windowMinutes,
      by,
    );
  const tries = [
    { name: 'files downloaded', window: of(['file_download']), threshold: t.files, unit: 'files' },
    {
      name: 'files opened',
      window: of(['file_view', 'file_download']),
      // People open more than they take; who is not the person has no papers here to look through.
      threshold: own ? Math.ceil(1.5 * t.files) : t.files,
      unit: 'files',
    },
    {
      name: 'conversations read',
      window: of(['conversation_read'], once),
      threshold: t.conversations,
      unit: 'conversations',
    },
    {
      name: 'bytes',
      window: of(['file_download', 'api_activity'], (e) => e.bytes ?? 0),
      threshold: t.bytes,
      unit: 'bytes',
    },
    { name: 'API calls', window: of(['api_activity'], calls), threshold: t.apiCalls, unit: 'calls' },
    { name: 'exports', window: of(['export'], once), threshold: t.exports, unit: 'exports' },
  ].filter((x) => x.window.total >= x.threshold && x.window.total > 0);
  if (tries.length === 0) return undefined;
  return {
    measures: tries.map((x) => measure(x.name, x.window.total, x.threshold, `${x.unit} in ${t.windowMinutes} min`)),
    events: [...new Map(tries.flatMap((x) => x.window.events).map((e) => [e.id, e])).values()],
  };
}
