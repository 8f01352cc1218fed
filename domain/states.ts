import { LABELS, type EvidenceEvent } from './evidence.js';
import type { Instant } from './platform.js';

/** Read from how things stand, with no time of its own: it tells that something is there, and nothing of when it came. */
export const isState = (event: Pick<EvidenceEvent, 'labels'>): boolean => event.labels?.includes(LABELS.state) === true;

/**
 * The rows, with the time that a log gives to what else is only seen to be there: a mail rule is dated by the log's row of its making, and
 * tells of that one event once more. What no log has stays a state.
 */
export function datedStates(events: readonly EvidenceEvent[]): readonly EvidenceEvent[] {
  const made = new Map<string, { readonly id: string; readonly at: Instant }>();
  for (const event of events)
    if (event.kind === 'mail_rule' && !isState(event) && event.outcome !== 'failure' && event.outcome !== 'blocked')
      for (const key of keysOf(event)) if (event.at < (made.get(key)?.at ?? '~')) made.set(key, event);
  return events.map((event) => {
    if (event.kind !== 'mail_rule' || !isState(event)) return event;
    const log = keysOf(event).flatMap((key) => made.get(key) ?? [])[0];
    if (log === undefined) return event;
    const { labels = [], ...row } = event;
    const left = labels.filter((label) => label !== LABELS.state);
    return { ...row, at: log.at, about: log.id, ...(left.length === 0 ? {} : { labels: left }) };
  });
}

/** Whose rule, and which: by id where the log has one, else by its name. */
function keysOf({ platform, tenant, actor, target }: EvidenceEvent): readonly string[] {
  return [...(target?.type === 'setting' ? [target.id] : []), ...(target?.name === undefined ? [] : [target.name])].map(
    (which) => JSON.stringify([platform, tenant, actor, which]),
  );
}
