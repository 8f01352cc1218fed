import { actingApp } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';
import { ownWords } from './own-words.js';

/**
 * What was written down before it was done: honest work is announced or asked for. Only words of before count, of people of the
 * organisation; the account's own only where somebody else cannot have written them. Each answer cites the messages that show it.
 */

const DAY_MS = 86_400_000;
/** An announcement is forgotten after so long. */
const REACH_MS = 30 * DAY_MS;
/** What was said in more messages than that is usual talk and names nothing. A number and no share: other messages must not thin it out. */
export const USUAL_MESSAGES = 8;
const CITED = 10;

/** Whom the case is about. */
export interface Speaker {
  /** Native ids of the subject's accounts. */
  readonly accounts: readonly string[];
  /** What colleagues call the person, where it is known: the display name, or parts of it. */
  readonly names?: readonly string[];
}

/** The message with what its writer wrote alone, as plain text; each made once. */
function spoken(e: EvidenceEvent): EvidenceEvent {
  const known = SPOKEN.get(e);
  if (known) return known;
  const own = { ...e, text: ownWords(e.text ?? '') };
  SPOKEN.set(e, own).set(own, own);
  return own;
}
const SPOKEN = new WeakMap<EvidenceEvent, EvidenceEvent>();

/**
 * Rows that hold the text of a message by a person of the organisation, each once, in one order, with the writer's own words. An app's words, a stranger's and a
 * guest's are nobody's announcement. As far as the row tells: a vendor that does not mark its guests lets them speak.
 */
export function readable(rows: readonly EvidenceEvent[]): readonly EvidenceEvent[] {
  const messages = rows.filter(
    (e) =>
      MESSAGES.includes(e.kind) &&
      e.text !== undefined &&
      e.actor !== undefined &&
      actingApp(e) === undefined &&
      e.channel?.external !== true &&
      !e.actor.toLowerCase().includes('#ext#') &&
      e.labels?.includes('guest') !== true,
  );
  const once = new Map(messages.map((e) => [e.id, spoken(e)]));
  return [...once.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
}
export const MESSAGES: readonly string[] = ['message', 'message_received', 'team_message'];

export const isOf = (e: EvidenceEvent, { accounts }: Speaker): boolean => accounts.includes(e.actor ?? '');
export const earliest = (rows: readonly EvidenceEvent[]): number =>
  rows.reduce((first, e) => Math.min(first, Date.parse(e.at)), Infinity);
export const isBefore = (e: EvidenceEvent, at: number, lead = 0): boolean =>
  Date.parse(e.at) < at - lead && Date.parse(e.at) >= at - REACH_MS;
export const citing = (rows: readonly EvidenceEvent[]): readonly string[] => rows.slice(0, CITED).map((e) => e.id);
export const day = (e: EvidenceEvent | undefined): string => e?.at.slice(0, 10) ?? '';
