import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import { compact } from '../../kit/compact.js';
import type { SourceQuery } from '../../ports.js';
import { mapRows, maybe, needed, readAs, someList, someNumber, someText, type Mapped } from '../../kit/rows.js';
import { attached, attachment, isShared, saidIn, saidInShared, type Attachment } from './message-words.js';
import { reachesOut, type Conversation } from './outside.js';
import { eventOf, wholeOf, type SourceContext } from './source.js';

export const MESSAGES = { source: 'slack.messages', logSource: 'chat_history' } as const;

/** What is kept of a conversation while its messages are read. */
export const place = z.strictObject({
  id: z.string(),
  name: z.string().optional(),
  private: z.boolean(),
  external: z.boolean(),
});
export type Place = z.infer<typeof place>;

export function placeOf(row: Conversation): Place {
  return {
    id: row.id,
    ...(row.name === undefined ? {} : { name: row.name }),
    private: row.is_private === true || row.is_im === true || row.is_mpim === true,
    external: reachesOut(row),
  };
}

export const botProfile = z.looseObject({ app_id: someText, name: someText });
/** The time stamp is the message's name in its conversation; all else may be missing. */
export const message = z.looseObject({
  ts: z.union([z.string(), z.number().transform(String)]).pipe(z.string().regex(/^\d{9,}(?:\.\d+)?$/)),
  user: someText,
  text: someText,
  subtype: someText,
  reply_count: someNumber,
  /** The first few who answered. */
  reply_users: someList(z.string()),
  reply_users_count: someNumber,
  app_id: someText,
  bot_id: someText,
  username: someText,
  bot_profile: maybe(botProfile),
  files: someList(attached),
  blocks: z.unknown().optional(),
  attachments: someList(attachment),
});
export type Message = z.infer<typeof message>;

/** What Slack writes into a conversation about it, in nobody's words. A subtype that is not known is somebody's message. */
const NOBODYS =
  /^(?:(?:channel|group)_(?:join|leave|topic|purpose|name|archive|unarchive|convert\w*|canvas\w*|posting\w*)|(?:un)?pinned_item|bot_(?:add|remove|enable|disable)|app_conversation_\w+|ekm_access_denied|reminder_add|sh_room_\w+|huddle_thread|tombstone|message_deleted|assistant_app_thread|joiner_notification\w*|channel_posting_permissions)$/;

const appOf = ({ app_id, bot_profile, username }: Message): EvidenceEvent['app'] => {
  const id = app_id ?? bot_profile?.app_id;
  return id === undefined ? undefined : compact({ id, name: bot_profile?.name ?? username });
};

/** None for system messages. Links are metadata here (the vendor's own audit feeds name them too); text is not. */
export const messagesIn = (
  context: SourceContext,
  where: Place,
  query: SourceQuery,
  rows: readonly unknown[],
): Mapped<EvidenceEvent> =>
  mapRows(rows, message, (row) => {
    if (row.subtype !== undefined && NOBODYS.test(row.subtype)) return [];
    const at = needed(instantOf(row.ts), 'ts');
    const app = appOf(row);
    const own = row.user === query.nativeId || app?.id === query.nativeId;
    if (!own && !where.private) return toTeam(context, where, row, query, at);
    const { files } = row;
    const { text, urls } = saidIn(row);
    const name = files[0]?.name ?? files[0]?.title;
    const sizes = files.flatMap((f) => wholeOf(readAs(someNumber, f.size)) ?? []);
    const event = eventOf(context, MESSAGES, `${where.id}:${row.ts}`, {
      kind: own ? 'message' : 'message_received',
      at,
      operation: 'message',
      actor: row.user ?? row.bot_id,
      app,
      target: files[0] ? { type: 'file', id: files[0].id, ...(name ? { name } : {}) } : { type: 'message', id: row.ts },
      channel: compact(where),
      count: files.length > 0 ? files.length : undefined,
      bytes: sizes.length > 0 ? sizes.reduce((sum, size) => sum + size, 0) : undefined,
      labels: files.length > 0 ? ['attachment'] : undefined,
      urls: urls.length > 0 ? urls : undefined,
      text: query.readContent ? text : undefined,
    });
    const shared = row.attachments.filter(isShared);
    return [event, ...shared.map((one, n) => sharedIn(context, where, query, { row, at, one, n }))];
  });

/** What others said in a public channel was addressed to all: kept for what it announces, so only where its text may be read. */
function toTeam(
  context: SourceContext,
  where: Place,
  row: Message,
  query: SourceQuery,
  at: string,
): readonly EvidenceEvent[] {
  if (!query.readContent) return [];
  return [
    eventOf(context, MESSAGES, `${where.id}:${row.ts}`, {
      kind: 'team_message',
      at,
      operation: 'message',
      actor: row.user ?? row.bot_id,
      app: appOf(row),
      channel: compact(where),
      text: saidIn(row).text,
    }),
  ];
}

interface Shared {
  readonly row: Message;
  readonly at: string;
  readonly one: Attachment;
  readonly n: number;
}

/** A message that was shared or forwarded in this one: it came to the subject's eyes, in its author's words. */
function sharedIn(
  context: SourceContext,
  where: Place,
  query: SourceQuery,
  { row, at, one, n }: Shared,
): EvidenceEvent {
  const { text, urls } = saidInShared(one);
  return eventOf(context, MESSAGES, `${where.id}:${row.ts}:shared:${String(n)}`, {
    kind: 'message_received',
    at,
    operation: 'message shared',
    actor: one.author_id,
    target: { type: 'message', id: one.ts ?? row.ts },
    channel: one.channel_id === undefined ? compact(where) : { id: one.channel_id },
    urls: urls.length > 0 ? urls : undefined,
    text: query.readContent ? text : undefined,
  });
}

/** Whether the thread may hold what we would keep: in public channels only the subject's own words. */
export function worthReading(where: Place, row: Message, { nativeId }: SourceQuery): boolean {
  if ((row.reply_count ?? 0) === 0) return false;
  const named = row.reply_users;
  return where.private || named.includes(nativeId) || (row.reply_users_count ?? named.length) > named.length;
}
