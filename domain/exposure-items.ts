import { succeeded, type EvidenceEvent, type EventKind } from './evidence.js';
import type { ActingContext } from './exposure-contexts.js';
import { isCritical } from './impact.js';
import type { CriticalData } from './policy.js';
import type { Instant, TenantRef } from './platform.js';

/**
 * `logged`: a row says that this very thing was read or taken. `inferred`: a conversation was read or open, so that its messages were there
 * to see. `possible`: in reach of somebody else, where no log shows reading.
 */
export const KNOWN = ['logged', 'inferred', 'possible'] as const;
export type Known = (typeof KNOWN)[number];

/** One thing, or so many of a kind where the log gives their number alone. Personal data: evidence store only. */
export interface LedgerItem extends TenantRef {
  readonly what: 'channel' | 'message' | 'file' | 'link' | 'export' | 'api';
  readonly id: string;
  readonly name?: string;
  /** The vendor's operations that show it. */
  readonly how: string;
  readonly known: Known;
  /** How many things: messages of a conversation, calls of an app. 1 where it is one thing. */
  readonly count: number;
  /** What `count` counts. */
  readonly unit: Unit;
  /** The log gives a number and not which: the same things may be in it more than once. */
  readonly upTo?: true;
  /** Calls through an API. */
  readonly calls?: number;
  readonly bytes?: number;
  /** Links to the outside: a row shows that somebody outside used it. Never "no", as not every use leaves a row here. */
  readonly used?: 'yes' | 'unknown';
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly critical: boolean;
  /** It left the organisation. */
  readonly outside: boolean;
  readonly events: readonly string[];
}
export type Unit = 'conversations' | 'messages' | 'files' | 'links' | 'exports' | 'calls';
export type What = LedgerItem['what'];

/** By kind as text: kinds that are added later, as the view of a file, are found when they come. */
const WHAT: Readonly<Record<string, What | undefined>> = {
  conversation_read: 'channel',
  message: 'message',
  message_received: 'message',
  file_download: 'file',
  file_upload: 'file',
  file_view: 'file',
  share: 'link',
  export: 'export',
} satisfies Readonly<Partial<Record<EventKind | 'file_view', What>>>;
const UNIT: Readonly<Record<What, Unit>> = {
  channel: 'conversations',
  message: 'messages',
  file: 'files',
  link: 'links',
  export: 'exports',
  api: 'calls',
};
/** Calls that change something read nothing: `spaces.messages.create`, `files.delete`. What is not known to write counts as a reading. */
const WRITES = /(^|[._-])(create|update|delete|insert|patch|send|post|set|add|remove|revoke|authorize|trash)([._-]|$)/i;
/** A log that says how often an API was called, and not what for: Slack's access log. */
const COUNTS_CALLS: readonly string[] = ['team.accessLogs'];
/** Shares within the organisation, unless the row itself names somebody or something outside. */
const INSIDE: readonly string[] = ['file_shared', 'canvas_shared', 'private_message_forwarded'];
/** The use of a link, as Microsoft logs it. */
const LINK_USED = /^(Anonymous|Secure|Company)LinkUsed$/i;

export function whatOf(e: EvidenceEvent): What | undefined {
  const file = e.target?.type === 'file';
  if (e.kind === 'conversation_read' && file) return 'file';
  if (e.kind === 'api_activity') return file ? 'file' : WRITES.test(e.operation) ? undefined : 'api';
  return WHAT[e.kind];
}

export const placeKey = ({ platform, tenant }: TenantRef, id: string): string => `${platform}:${tenant}:${id}`;
const byTime = (a: EvidenceEvent, b: EvidenceEvent): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

interface Evidence {
  /** Each row once. */
  readonly events: readonly EvidenceEvent[];
  readonly critical: CriticalData;
}

/** What the rows of the contexts say themselves, each thing once with all that was done to it. */
export function loggedItems({ events, critical }: Evidence, contexts: readonly ActingContext[]): readonly LedgerItem[] {
  const acting = new Set(contexts.flatMap((c) => c.events));
  const taken = events.filter((e) => acting.has(e.id) && succeeded(e) && whatOf(e) !== undefined).sort(byTime);
  const things = groupsOf(taken, (e) => {
    const what = whatOf(e);
    const thing = what === 'message' ? messageKey(e) : thingOf(e);
    // Calls that say what they gave stand apart from those that don't.
    const counted = what === 'api' && (e.count ?? 0) > 0;
    return JSON.stringify([e.platform, e.tenant, what, e.kind === 'message_received', counted, thing]);
  });
  const about = groupsOf(events, (e) => e.target && placeKey(e, e.target.id));
  return [...things.values()].flatMap((rows) => [...itemOf(rows, critical, about), ...listedMessages(rows, critical)]);
}

function thingOf(e: EvidenceEvent): string {
  const what = whatOf(e);
  if (what === 'api') return [e.app?.id ?? e.target?.id, e.operation, e.channel?.id].filter(Boolean).join(' ');
  if (what === 'channel') return e.channel?.id ?? e.target?.id ?? e.id;
  if (what === 'message') return e.target?.type === 'message' ? e.target.id : e.id;
  return e.target?.id ?? e.channel?.id ?? e.id;
}

/** One message, also where two logs tell of it: vendors number messages within a conversation. */
export const messageKey = (e: EvidenceEvent): string =>
  e.target?.type === 'message' ? `${e.channel?.id ?? ''}/${e.target.id}` : e.id;

/** One thing from all the rows about it, which are sorted by time. */
function itemOf(
  rows: readonly EvidenceEvent[],
  critical: CriticalData,
  about: ReadonlyMap<string, readonly EvidenceEvent[]>,
): readonly LedgerItem[] {
  const [first] = rows;
  const what = first && whatOf(first);
  if (!first || what === undefined) return [];
  const outside = rows.some(leftHouse);
  const callsAlone = what === 'api' && COUNTS_CALLS.includes(first.operation);
  return [
    {
      ...common(rows, critical),
      ...nameOf(rows),
      what,
      id: thingOf(first),
      // A message that came in is there to see; that it was seen, no row says. The same holds for calls of which only the number is known.
      known: first.kind === 'message_received' || callsAlone ? 'inferred' : 'logged',
      ...(what === 'api' ? apiCounts(rows, callsAlone) : { count: 1, unit: UNIT[what] }),
      ...(what === 'link' && outside ? { used: isUsed(rows, about) ? ('yes' as const) : ('unknown' as const) } : {}),
      outside,
    },
  ];
}

/** Calls and bytes as the log gives them; what each call gave back, where it says so. */
function apiCounts(
  rows: readonly EvidenceEvent[],
  callsAlone: boolean,
): Pick<LedgerItem, 'count' | 'unit' | 'calls' | 'upTo'> {
  const calls = callsAlone ? sum(rows.map((e) => e.count ?? 1)) : rows.length;
  const given = callsAlone ? 0 : sum(rows.map((e) => e.count ?? 0));
  const operation = rows[0]?.operation ?? '';
  const unit = /message|chat|conversation|mail/i.test(operation)
    ? 'messages'
    : /file|drive/i.test(operation)
      ? 'files'
      : 'calls';
  return given === 0 || unit === 'calls'
    ? { count: calls, unit: 'calls', calls }
    : { count: given, unit, calls, upTo: true };
}

/** A listing of a conversation that says how many messages it gave. */
function listedMessages(rows: readonly EvidenceEvent[], critical: CriticalData): readonly LedgerItem[] {
  const counted = rows.filter((e) => whatOf(e) === 'channel' && (e.count ?? 0) > 0);
  const [first] = counted;
  if (!first) return [];
  return [
    {
      ...common(counted, critical),
      ...nameOf(counted),
      what: 'message',
      id: first.channel?.id ?? thingOf(first),
      known: 'logged',
      count: sum(counted.map((e) => e.count ?? 0)),
      unit: 'messages',
      upTo: true,
      outside: false,
      events: [], // the rows stand with the conversation
    },
  ];
}

type Common = Pick<LedgerItem, 'platform' | 'tenant' | 'how' | 'bytes' | 'firstAt' | 'lastAt' | 'critical' | 'events'>;
/** The newest name; of a conversation and of an app its own, never that of something in it. */
export function nameOf(rows: readonly EvidenceEvent[]): { readonly name?: string } {
  const name = rows
    .map((e) => {
      const what = whatOf(e);
      return what === 'api'
        ? e.app?.name
        : what === 'channel'
          ? (e.channel ?? e.target)?.name
          : (e.target ?? e.channel)?.name;
    })
    .findLast((n) => n !== undefined);
  return name === undefined ? {} : { name };
}

/** What every item says of its rows. */
export function common(rows: readonly EvidenceEvent[], critical: CriticalData): Common {
  const sorted = [...rows].sort(byTime);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) throw new Error('an item has rows');
  const bytes = sum(sorted.map((e) => e.bytes ?? 0));
  return {
    platform: first.platform,
    tenant: first.tenant,
    how: [...new Set(sorted.map((e) => e.operation))].join(', '),
    ...(bytes > 0 ? { bytes } : {}),
    firstAt: first.at,
    lastAt: last.at,
    critical: sorted.some((e) => isCritical(e, critical)),
    events: sorted.map((e) => e.id),
  };
}

const leftHouse = (e: EvidenceEvent): boolean =>
  (e.externalRecipients ?? []).length > 0 ||
  (e.kind === 'share' && (e.channel?.external === true || !INSIDE.includes(e.operation)));

/** A later row about the same thing by somebody whom the share let in, or that says that the link was used. */
function isUsed(shares: readonly EvidenceEvent[], about: ReadonlyMap<string, readonly EvidenceEvent[]>): boolean {
  const [first] = shares;
  if (!first?.target) return false;
  const invited = new Set(shares.flatMap((e) => (e.externalRecipients ?? []).map((r) => r.toLowerCase())));
  return (about.get(placeKey(first, first.target.id)) ?? []).some(
    (e) =>
      e.at >= first.at &&
      succeeded(e) &&
      (LINK_USED.test(e.operation) || (e.actor !== undefined && invited.has(e.actor.toLowerCase()))),
  );
}

export const isMessage = (e: EvidenceEvent): boolean => e.kind === 'message' || e.kind === 'message_received';

/** By what somebody is seen to be a member of a conversation. */
export const isContribution = (e: EvidenceEvent): boolean => isMessage(e) || e.kind === 'file_upload';

/** Rows that have a key, by it. */
export function groupsOf(
  rows: readonly EvidenceEvent[],
  keyOf: (row: EvidenceEvent) => string | undefined,
): ReadonlyMap<string, readonly EvidenceEvent[]> {
  const groups = new Map<string, EvidenceEvent[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === undefined) continue;
    const known = groups.get(key);
    if (known) known.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
