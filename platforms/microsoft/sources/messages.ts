import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { OPERATIONS } from '../operations.js';
import { inSteps, type Step } from '../../steps.js';
import { instant, personOrApp, type SourceContext } from './source.js';

const SOURCE = 'microsoft.messages';

const identity = z.looseObject({
  id: z.string().nullish(),
  displayName: z.string().nullish(),
  userIdentityType: z.string().nullish(),
});
const chatMessage = z.looseObject({
  id: z.string(),
  messageType: z.string().nullish(),
  createdDateTime: z.string(),
  chatId: z.string().nullish(),
  channelIdentity: z.looseObject({ teamId: z.string().nullish(), channelId: z.string().nullish() }).nullish(),
  from: z.looseObject({ user: identity.nullish(), application: identity.nullish() }).nullish(),
  body: z.looseObject({ contentType: z.string().nullish(), content: z.string().nullish() }).nullish(),
  attachments: z
    .array(z.looseObject({ id: z.string().nullish(), contentType: z.string().nullish(), name: z.string().nullish() }))
    .nullish(),
});
type ChatMessage = z.infer<typeof chatMessage>;

/** Accounts of other organisations (`teamworkUserIdentityType`). */
const OUTSIDE = new Set([
  'federatedUser',
  'anonymousGuest',
  'personalMicrosoftAccountUser',
  'skypeUser',
  'emailUser',
  'phoneUser',
]);

/**
 * Chats of the person (export API), then the channels of the person's teams. Text only where it may be read. An app has neither: what it
 * reads and writes in people's chats is in the audit log.
 */
export function messageSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'chat_history',
    depth: 'wide',
    kinds: ['message', 'message_received', 'team_message'],
    lagSeconds: 3600,
    read: personOrApp(inSteps(chats(context), channels(context)), () => Promise.resolve({ events: [] })),
  };
}

function chats(context: SourceContext): Step {
  return async (query, next, { signal }) => {
    const page = await context.client.page(
      OPERATIONS.chatMessages,
      { path: { id: query.nativeId }, query: window(query), signal },
      chatMessage,
      next,
    );
    return { ...page, events: page.rows.map((m) => toEvent(context, m, query)).filter((e) => e !== undefined) };
  };
}

const cursorShape = z.strictObject({ teams: z.array(z.string()), next: z.string().optional() });

function channels(context: SourceContext): Step {
  return async (query, cursor, { signal }) => {
    if (cursor === undefined) {
      const joined = await context.client.all(
        OPERATIONS.joinedTeams,
        { path: { id: query.nativeId }, signal },
        z.looseObject({ id: z.string() }),
      );
      return joined.length === 0
        ? { events: [] }
        : { events: [], next: JSON.stringify({ teams: joined.map((t) => t.id) }) };
    }
    const at = cursorShape.parse(JSON.parse(cursor));
    const [team, ...others] = at.teams;
    if (team === undefined) return { events: [] };
    const page = await context.client.page(
      OPERATIONS.channelMessages,
      { path: { id: team }, query: window(query), signal },
      chatMessage,
      at.next,
    );
    const events = page.rows
      .map((m) => toEvent(context, m, query))
      .filter((e) => e !== undefined)
      .flatMap((e) => (e.kind === 'message' ? [e] : toTeam(e)));
    if (page.next !== undefined) return { events, next: JSON.stringify({ teams: at.teams, next: page.next }) };
    return others.length === 0 ? { events } : { events, next: JSON.stringify({ teams: others }) };
  };
}

/**
 * What others wrote in a channel was addressed to the team: the person did not receive it. It is kept for what it announces, so only
 * where its text may be read.
 */
function toTeam({ urls: _u, count: _c, labels: _l, target: _t, ...said }: EvidenceEvent): readonly EvidenceEvent[] {
  return said.text === undefined ? [] : [{ ...said, kind: 'team_message' }];
}

function window(query: SourceQuery): Record<string, string> {
  return { $filter: `lastModifiedDateTime gt ${query.from} and lastModifiedDateTime lt ${query.to}`, $top: '50' };
}

/** Undefined for system messages and typing. Links are metadata (the vendor's audit log names them too); text is not. */
function toEvent(context: SourceContext, row: ChatMessage, query: SourceQuery): EvidenceEvent | undefined {
  if ((row.messageType ?? 'message') !== 'message') return undefined;
  const html = row.body?.content ?? '';
  const sender = row.from?.user ?? row.from?.application;
  const files = (row.attachments ?? []).filter((a) => a.contentType === 'reference');
  const place = row.chatId ?? row.channelIdentity?.channelId;
  const urls = linksOf(html);
  return compact({
    id: `microsoft:${SOURCE}:${place ?? ''}:${row.id}`,
    kind: sender?.id === query.nativeId ? ('message' as const) : ('message_received' as const),
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'chat_history' as const,
    at: instant(row.createdDateTime) ?? row.createdDateTime,
    operation: 'chatMessage',
    actor: sender?.id,
    app: row.from?.application?.id
      ? compact({ id: row.from.application.id, name: row.from.application.displayName })
      : undefined,
    target: files[0]?.id
      ? compact({ type: 'file' as const, id: files[0].id, name: files[0].name })
      : { type: 'message' as const, id: row.id },
    channel: place
      ? compact({
          id: place,
          private: row.chatId ? true : undefined,
          external: OUTSIDE.has(row.from?.user?.userIdentityType ?? '') || undefined,
        })
      : undefined,
    count: files.length > 0 ? files.length : undefined,
    labels: files.length > 0 ? ['attachment'] : undefined,
    urls: urls.length > 0 ? urls : undefined,
    text: query.readContent ? textOf(html) : undefined,
  });
}

function linksOf(html: string): readonly string[] {
  return [...new Set(html.match(/https?:\/\/[^\s"'<>]+/g) ?? [])].map((u) => u.replaceAll('&amp;', '&'));
}

/** Plain text of a message body, for search by rules; never shown as HTML. */
function textOf(html: string): string {
  return html
    .replace(/<(br|\/p|\/div|\/li)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(
      /&(lt|gt|quot|#39|nbsp|amp);/g,
      (_, name: string) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ', amp: '&' })[name] ?? ' ',
    )
    .trim();
}
