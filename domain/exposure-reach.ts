import { succeeded, type EvidenceEvent, type ReadingClass } from './evidence.js';
import type { ActingContext } from './exposure-contexts.js';
import {
  common,
  groupsOf,
  isContribution,
  isMessage,
  messageKey,
  nameOf,
  placeKey,
  sum,
  whatOf,
  type Known,
  type LedgerItem,
} from './exposure-items.js';
import type { CriticalData } from './policy.js';
import type { Instant } from './platform.js';

interface Reach {
  readonly events: readonly EvidenceEvent[];
  readonly critical: CriticalData;
  readonly contexts: readonly ActingContext[];
  readonly logged: readonly LedgerItem[];
  /** Whether a log shows every reading of that class at the tenant of a context. */
  shows(context: ActingContext, what: ReadingClass): boolean;
}

/**
 * What no row names: the messages of conversations that were read or open, and, where no log shows reading, what else lay in reach of
 * somebody else's session. As far as the evidence lists it; a conversation that it does not list is a limit of the sources.
 */
export function itemsInReach({ events, critical, contexts, logged, shows }: Reach): readonly LedgerItem[] {
  const acting = new Set(contexts.flatMap((c) => c.events));
  const done = new Set(events.filter((e) => acting.has(e.id)).map((e) => placeKey(e, messageKey(e))));
  const foreign = contexts.filter((c) => c.foreign);
  const foreignIds = new Set(foreign.flatMap((c) => c.events));
  const here = new Map<string, LedgerItem[]>();
  for (const i of logged) here.set(placeKey(i, i.id), [...(here.get(placeKey(i, i.id)) ?? []), i]);
  const hidden = { messages: hiddenUntil(foreign, shows, 'messages'), files: hiddenUntil(foreign, shows, 'files') };

  const conversation = ([key, rows]: readonly [string, readonly EvidenceEvent[]]): readonly LedgerItem[] => {
    const [first] = rows;
    if (!first?.channel) return [];
    const { id, name } = first.channel;
    const seenUntil = latest(
      rows
        .filter(
          (e) =>
            (acting.has(e.id) && whatOf(e) === 'channel' && succeeded(e)) ||
            (foreignIds.has(e.id) && e.kind !== 'message_received' && whatOf(e) !== undefined && succeeded(e)),
        )
        .map((e) => e.at),
    );
    const until = hidden.messages.get(placeKey(first, ''));
    const spoken = once(rows.filter((e) => isMessage(e) && !acting.has(e.id) && !done.has(placeKey(e, messageKey(e)))));
    const isSeen = (e: EvidenceEvent): boolean => seenUntil !== undefined && e.at <= seenUntil;
    const seen = spoken.filter(isSeen);
    const rest = spoken.filter((e) => !isSeen(e) && until !== undefined && e.at <= until);
    const items = here.get(key) ?? [];
    const listings = rows.filter(
      (e) => acting.has(e.id) && succeeded(e) && whatOf(e) === 'channel' && (e.count ?? 0) > 0,
    );
    const unlisted = beyondListings(seen, listings);
    const shown =
      seenUntil === undefined ? rest : rows.filter((e) => acting.has(e.id) || (isContribution(e) && isSeen(e)));
    const thing = (
      what: 'channel' | 'message',
      of: readonly EvidenceEvent[],
      count: number,
      known: Known,
    ): LedgerItem => ({
      ...common(of, critical),
      ...(name === undefined ? {} : { name }),
      ...{ what, id, known, count, how: HOW[known], outside: false },
      unit: what === 'channel' ? 'conversations' : 'messages',
    });
    return [
      ...(shown.length === 0 || items.some((i) => i.what === 'channel')
        ? []
        : [thing('channel', shown, 1, seenUntil === undefined ? 'possible' : 'inferred')]),
      ...(unlisted > 0 ? [thing('message', seen, unlisted, 'inferred')] : []),
      ...(rest.length > 0 ? [thing('message', rest, rest.length, 'possible')] : []),
    ];
  };

  const files = groupsOf(events, (e) => {
    const until = hidden.files.get(placeKey(e, ''));
    if (e.target?.type !== 'file' || until === undefined || e.at > until) return undefined;
    const key = placeKey(e, e.target.id);
    return here.get(key)?.some((i) => i.what === 'file') === true ? undefined : key;
  });
  return [
    ...[...groupsOf(events, (e) => e.channel && placeKey(e, e.channel.id))].flatMap(conversation),
    ...[...files.values()].map((rows): LedgerItem => ({
      ...common(rows, critical),
      ...nameOf(rows),
      ...{ what: 'file', id: rows[0]?.target?.id ?? '', known: 'possible', count: 1, unit: 'files' },
      ...{ how: HOW.possible, outside: false },
    })),
  ];
}

/**
 * How many messages were read at least beside those that listings gave by number. A listing gives what was written before it: whenever one
 * looks, there are those listed until then and those written since.
 */
function beyondListings(seen: readonly EvidenceEvent[], listings: readonly EvidenceEvent[]): number {
  const counts = (until: Instant): number => sum(listings.map((e) => (e.at <= until ? (e.count ?? 0) : 0)));
  const since = (until: Instant): number => seen.filter((e) => e.at > until).length;
  const atLeast = Math.max(seen.length, ...listings.map(({ at }) => counts(at) + since(at)));
  return atLeast - sum(listings.map((e) => e.count ?? 0));
}

const HOW: Readonly<Record<Known, string>> = {
  logged: 'read',
  inferred: 'in a conversation that was read or open',
  possible: 'in reach, where no log shows reading',
};

/** By tenant, until when somebody else may have read what no log shows. */
function hiddenUntil(
  foreign: readonly ActingContext[],
  shows: Reach['shows'],
  what: ReadingClass,
): ReadonlyMap<string, Instant> {
  const until = new Map<string, Instant>();
  for (const c of foreign) {
    const tenant = placeKey(c, '');
    if (!shows(c, what) && c.to > (until.get(tenant) ?? '')) until.set(tenant, c.to);
  }
  return until;
}

const latest = (instants: readonly Instant[]): Instant | undefined => [...instants].sort().at(-1);
const once = (rows: readonly EvidenceEvent[]): readonly EvidenceEvent[] => [
  ...new Map(rows.map((e) => [messageKey(e), e])).values(),
];
