import type { EventKind, EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { kindOf, nameLists, type AuditRead } from './audit-actions.js';
import { auditEntry, auditPage, toEvent, UNKNOWN_ACTION } from './audit-entry.js';
import { inSteps, isApp, lenient, nextOf, seconds, type SourceContext, type Step } from './source.js';

/** Entries per page; the vendor takes up to 9999 and may give more than asked for. */
const LIMIT = '1000';
/** Marks the cursor of a walk that had to give up its list of names. */
const ALL = 'all:';

/**
 * Audit Logs API, newest first. The same window goes with every page (the cursor carries only a position and would walk back to the
 * beginning of time), and nothing is remembered between pages but the cursor. Enterprise only.
 */
export function auditSource(context: SourceContext, read: AuditRead): EvidenceSource {
  const byActor = nameLists(read.actions)?.map((names) => entries(context, read, 'actor', names)) ?? [
    entries(context, read, 'actor', undefined),
  ];
  const about = read.about ? [entries(context, read, 'entity', read.about)] : [];
  const anybody = read.anybody ? [entries(context, read, 'anybody', read.anybody)] : [];
  // What was done to an app; what it did itself, `app-activity.ts` reads.
  const entity = entries(context, read, 'entity', undefined);
  const person = inSteps([...byActor, ...about, ...anybody]);
  const app = inSteps([entity]);
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

function entries(
  context: SourceContext,
  read: AuditRead,
  by: 'actor' | 'entity' | 'anybody',
  names: readonly string[] | undefined,
): Step {
  const origin = { source: read.id, logSource: read.logSource };
  return async (query, next, { signal }) => {
    const everything = names === undefined || (next?.startsWith(ALL) ?? false);
    const cursor = next?.startsWith(ALL) ? next.slice(ALL.length) : next;
    const body = await context.client.rest(
      OPERATIONS.auditLogs,
      {
        method: 'GET',
        path: 'logs',
        query: {
          ...(by === 'anybody' ? {} : { [by]: query.nativeId }),
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
    const events = lenient(body.entries, auditEntry).flatMap((entry) => {
      const kind = kindOf(read.actions, entry.action);
      if (kind === undefined) return [];
      if (names !== undefined && !names.includes(entry.action)) return [];
      if (by !== 'actor' && entry.actor.user.id === query.nativeId) return []; // came with what the subject did
      const event = toEvent(context, origin, kind, entry);
      return event === undefined ? [] : by === 'anybody' ? withoutScopes(event) : event;
    });
    const { next: following } = nextOf(body.response_metadata);
    return {
      events,
      ...(following === undefined
        ? {}
        : { next: everything && names !== undefined ? `${ALL}${following}` : following }),
    };
  };
}

/** That IT let an app in gives it nothing of this account. */
function withoutScopes({ app, ...event }: EvidenceEvent): EvidenceEvent {
  if (app === undefined) return event;
  const { scopes: _, ...known } = app;
  return { ...event, app: known };
}
