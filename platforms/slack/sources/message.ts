import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../compact.js';
import type { SourceQuery } from '../../ports.js';
import { eventOf, instantOf, type SourceContext } from './source.js';

export const MESSAGES = { source: 'slack.messages', logSource: 'chat_history' } as const;

export const conversation = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  is_private: z.boolean().nullish(),
  is_im: z.boolean().nullish(),
  is_mpim: z.boolean().nullish(),
  is_ext_shared: z.boolean().nullish(),
});
/** What is kept of a conversation while its messages are read. */
export const place = z.strictObject({
  id: z.string(),
  name: z.string().optional(),
  private: z.boolean(),
  external: z.boolean(),
});
export type Place = z.infer<typeof place>;

export function placeOf(row: z.infer<typeof conversation>): Place {
  return {
    id: row.id,
    ...(row.name ? { name: row.name } : {}),
    private: row.is_private === true || row.is_im === true || row.is_mpim === true,
    external: row.is_ext_shared === true,
  };
}

const attached = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  size: z.number().nullish(),
});
export const message = z.looseObject({
  ts: z.string(),
  user: z.string().nullish(),
  text: z.string().nullish(),
  subtype: z.string().nullish(),
  thread_ts: z.string().nullish(),
  reply_count: z.number().nullish(),
  /** The first few who answered. */
  reply_users: z.array(z.string()).nullish().catch(undefined),
  reply_users_count: z.number().nullish(),
  app_id: z.string().nullish(),
  bot_id: z.string().nullish(),
  bot_profile: z.looseObject({ name: z.string().nullish() }).nullish().catch(undefined),
  files: z.array(z.unknown()).nullish().catch(undefined),
  blocks: z.array(z.unknown()).nullish().catch(undefined),
});
export type Message = z.infer<typeof message>;

/** Joins, topics and the like are no messages; these subtypes are. */
const SPOKEN = new Set(['bot_message', 'file_share', 'me_message', 'thread_broadcast']);

/** Undefined for system messages. Links are metadata here (the vendor's own audit feeds name them too); text is not. */
export function toEvent(
  context: SourceContext,
  where: Place,
  row: Message,
  query: SourceQuery,
): EvidenceEvent | undefined {
  if (row.subtype && !SPOKEN.has(row.subtype)) return undefined;
  const own = row.user === query.nativeId || row.app_id === query.nativeId;
  if (!own && !where.private) return toTeam(context, where, row, query);
  const files = (row.files ?? []).flatMap((f) => attached.safeParse(f).data ?? []);
  const urls = linksOf(row);
  const name = files[0]?.name || files[0]?.title;
  return eventOf(context, MESSAGES, `${where.id}:${row.ts}`, {
    kind: own ? 'message' : 'message_received',
    at: instantOf(Number(row.ts)),
    operation: 'message',
    actor: row.user ?? row.bot_id,
    app: row.app_id ? { id: row.app_id, ...(row.bot_profile?.name ? { name: row.bot_profile.name } : {}) } : undefined,
    target: files[0] ? { type: 'file', id: files[0].id, ...(name ? { name } : {}) } : { type: 'message', id: row.ts },
    channel: compact(where),
    count: files.length > 0 ? files.length : undefined,
    bytes: files.some((f) => f.size) ? files.reduce((sum, f) => sum + (f.size ?? 0), 0) : undefined,
    labels: files.length > 0 ? ['attachment'] : undefined,
    urls: urls.length > 0 ? urls : undefined,
    text: query.readContent ? plainText(row.text ?? '') : undefined,
  });
}

/** What others said in a public channel was addressed to all: kept for what it announces, so only where its text may be read. */
function toTeam(context: SourceContext, where: Place, row: Message, query: SourceQuery): EvidenceEvent | undefined {
  if (!query.readContent) return undefined;
  return eventOf(context, MESSAGES, `${where.id}:${row.ts}`, {
    kind: 'team_message',
    at: instantOf(Number(row.ts)),
    operation: 'message',
    actor: row.user ?? row.bot_id,
    app: row.app_id ? { id: row.app_id } : undefined,
    channel: compact(where),
    text: plainText(row.text ?? ''),
  });
}

/** Whether the thread may hold what we would keep: in public channels only the subject's own words. */
export function worthReading(where: Place, row: Message, { nativeId }: SourceQuery): boolean {
  if ((row.reply_count ?? 0) === 0) return false;
  const named = row.reply_users ?? [];
  return where.private || named.includes(nativeId) || (row.reply_users_count ?? named.length) > named.length;
}

/** Slack writes links as `<https://…|label>` in text and as `url` in blocks. */
function linksOf({ text, blocks }: Message): readonly string[] {
  const inText = [...(text ?? '').matchAll(/<(https?:\/\/[^|<>\s]+)(?:\|[^<>]*)?>/g)].map((m) => m[1] ?? '');
  const inBlocks = [...JSON.stringify(blocks ?? []).matchAll(/"url":"(https?:\/\/(?:[^"\\]|\\.)+)"/g)].map(
    (m) => JSON.parse(`"${m[1] ?? ''}"`) as string,
  );
  return [...new Set([...inText, ...inBlocks].map(unescaped))];
}

/** Message text as a person reads it; the three characters that Slack escapes are put back. */
function plainText(text: string): string {
  return unescaped(text.replace(/<((?:https?|mailto):[^|<>\s]+)(?:\|[^<>]*)?>/g, '$1'));
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
