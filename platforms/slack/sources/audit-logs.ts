import type { EventKind, EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { mapRows, type Mapped } from '../../kit/rows.js';
import { inSteps, type Step } from '../../kit/steps.js';
import { OPERATIONS } from '../methods.js';
import { nextOf } from '../pages.js';
import { kindOf, nameLists, type AuditRead } from './audit-actions.js';
import { actorOf, auditEntry, auditPage, peopleIn, UNKNOWN_ACTION, type AuditEntry } from './audit-entry.js';
import { toEvent } from './audit-event.js';
import { goesByChannel, openPlaces, type Outside } from './audit-share.js';
import { outsideOf } from './outside.js';
import { isApp, pageOf, seconds, type SourceContext } from './source.js';

/** Entries per page; the vendor takes up to 9999 and may give more than asked for. */
const LIMIT = '1000';
/** Marks the cursor of a walk that had to give up its list of names. */
const ALL = 'all:';

/** Whose entries are asked for: what the account did, what was done to it, to it among many, or what anybody did. */
export type By = 'actor' | 'entity' | 'many' | 'anybody';

/**
 * Audit Logs API, newest first. The same window goes with every page (the cursor carries only a position and would walk back to the
 * beginning of time), and nothing is remembered between pages but the cursor. Enterprise only.
 */
export function auditSource(context: SourceContext, read: AuditRead): EvidenceSource {
  const byActor = nameLists(read.actions)?.map((names) => entries(context, read, 'actor', names)) ?? [
    entries(context, read, 'actor', undefined),
  ];
  const of = (by: By, names: readonly string[] | undefined): readonly Step[] =>
    names ? [entries(context, read, by, names)] : [];
  const person = inSteps(
    ...byActor,
    ...of('entity', read.about),
    ...of('many', read.aboutMany),
    ...of('anybody', read.anybody),
  );
  // What was done to an app; what it did itself, `app-activity.ts` reads.
  const app = inSteps(entries(context, read, 'entity', undefined));
  return {
    id: read.id,
    logSource: read.logSource,
    depth: 'narrow',
    kinds: Object.keys(read.actions) as EventKind[],
    // Slack gives no bound. Connectors see minutes; an hour is what a benign close waits.
    lagSeconds: 3600,
    read: (query, cursor, options) => (isApp(query.nativeId) ? app : person)(query, cursor, options),
  };
}

function entries(context: SourceContext, read: AuditRead, by: By, names: readonly string[] | undefined): Step {
  const isKept = ({ action }: AuditEntry): boolean => kindOf(read.actions, action) !== undefined;
  return async (query, next, { signal }) => {
    const everything = names === undefined || (next?.startsWith(ALL) ?? false);
    const cursor = next?.startsWith(ALL) ? next.slice(ALL.length) : next;
    const body = await context.client.rest(
      OPERATIONS.auditLogs,
      {
        method: 'GET',
        path: 'logs',
        query: {
          ...(by === 'actor' || by === 'entity' ? { [by]: query.nativeId } : {}),
          action: everything ? undefined : names.join(','),
          oldest: String(seconds(query.from)),
          latest: String(seconds(query.to, 'up')),
          limit: LIMIT,
          cursor: cursor || undefined,
        },
        signal,
        answers: everything ? {} : { invalid_action: UNKNOWN_ACTION },
      },
      auditPage,
    );
    if (body['invalid_action'] === true) return { events: [], next: ALL };
    const { outside, gap } = await outsideOf(context, openPlacesIn(body.entries, isKept), signal);
    const mapped = entriesIn(context, { read, by, names, outside }, query, body.entries);
    const { next: following } = nextOf(body.response_metadata);
    const page = following === undefined ? {} : { next: everything && names ? `${ALL}${following}` : following };
    return { ...pageOf(mapped, page), ...(gap ? { gap } : {}) };
  };
}

/** Channels of the shares that are kept of a page, of which only Slack itself says how far they reach. */
export const openPlacesIn = (rows: readonly unknown[], isKept: (entry: AuditEntry) => boolean): readonly string[] =>
  mapRows(rows.filter(goesByChannel), auditEntry, (entry) => (isKept(entry) ? openPlaces(entry) : [])).values;

interface Asked {
  readonly read: AuditRead;
  readonly by: By;
  readonly names: readonly string[] | undefined;
  readonly outside: Outside;
}

export const entriesIn = (
  context: SourceContext,
  { read, by, names, outside }: Asked,
  query: SourceQuery,
  rows: readonly unknown[],
): Mapped<EvidenceEvent> =>
  mapRows(rows, auditEntry, (entry, notes) => {
    const kind = kindOf(read.actions, entry.action);
    if (kind === undefined || (names && !names.includes(entry.action))) return [];
    if (by !== 'actor' && actorOf(entry) === query.nativeId) return []; // came with what the subject did
    const reading = { context, origin: { source: read.id, logSource: read.logSource }, outside };
    const event = toEvent(reading, kind, entry, notes);
    if (event === undefined) return [];
    if (read.aboutMany?.includes(entry.action)) return eachOf(event, entry, query, by);
    return [by === 'anybody' ? withoutScopes(event) : event];
  });

/**
 * An act at many, once for each of them: all for who did it, else the one who was asked for. An entry that names nobody is about its own
 * entity, and was found by it.
 */
function eachOf(event: EvidenceEvent, entry: AuditEntry, { nativeId }: SourceQuery, by: By): readonly EvidenceEvent[] {
  const people = peopleIn(entry);
  const isOwn = entry.entity?.user?.id === nativeId && !people.includes(nativeId);
  if (people.length === 0 || isOwn) return by === 'many' ? [] : [event];
  return people
    .filter((id) => actorOf(entry) === nativeId || id === nativeId)
    .map((id) => ({ ...event, id: `${event.id}:${id}`, target: { type: 'user', id } }));
}

/** That IT let an app in gives it nothing of this account. */
function withoutScopes({ app, ...event }: EvidenceEvent): EvidenceEvent {
  if (app === undefined) return event;
  const { scopes: _, ...known } = app;
  return { ...event, app: known };
}
