import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import { compact } from '../../kit/compact.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { mapRows, needed, someList, someText, type Mapped } from '../../kit/rows.js';
import { resourceName } from '../client.js';
import { METHODS } from '../methods.js';
import { knownPages } from '../pages.js';
import { addressOf } from '../people.js';
import { messageEventId } from './chat.js';
import { messageShape, senderOf, spaceShape, wordsOf } from './chat-message.js';
import { emptyWhenMissing, inSteps, LEADS_TO_ITSELF, type Step } from '../../kit/steps.js';
import type { SourceContext } from './source.js';

const SOURCE = 'google.messages';
export const spacesPage = z.looseObject({ spaces: someList(z.unknown()), nextPageToken: someText });
export const messagesPage = z.looseObject({ messages: someList(z.unknown()), nextPageToken: someText });
const place = z.strictObject({
  name: z.string(),
  title: z.string().optional(),
  private: z.boolean(),
  external: z.boolean(),
});
type Place = z.infer<typeof place>;
const cursorShape = z.strictObject({ email: z.string(), spaces: z.array(place), next: z.string().optional() });

/** Chat as the person sees it; no administrator can read messages. Text only where it may be read. */
export function messageSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'chat_history',
    depth: 'wide',
    kinds: ['message', 'message_received'],
    lagSeconds: 60,
    read: inSteps(emptyWhenMissing(walk(context))),
  };
}

/** First the list of spaces, then one page of messages at a time. */
function walk(context: SourceContext): Step {
  return async (query, cursor, { signal }) => {
    if (cursor === undefined) {
      const email = await addressOf(context.client, query.nativeId, signal);
      const { rows, ends } = await spacesOf(context, email, signal);
      const { values: spaces, odd } = spacesIn(rows);
      return {
        events: [],
        odd,
        ...(ends ? {} : { gap: LEADS_TO_ITSELF }),
        ...(spaces.length === 0 ? {} : { next: JSON.stringify({ email, spaces }) }),
      };
    }
    const { email, spaces, next } = cursorShape.parse(JSON.parse(cursor));
    const [here, ...others] = spaces;
    if (!here) return { events: [] };
    const { messages, nextPageToken } = await context.client.call(
      METHODS.messages,
      { email },
      (chat, options) =>
        chat.spaces.messages.list(
          {
            parent: resourceName(here.name),
            filter: `create_time > "${query.from}" AND create_time < "${query.to}"`,
            pageSize: 1000,
            ...(next === undefined ? {} : { pageToken: next }),
          },
          options,
        ),
      messagesPage,
      signal,
    );
    const { values, odd } = messagesIn(context, query, here, messages);
    const page = { events: values, odd };
    // A page may be empty and still lead on: only a missing token ends a list, or one that came before.
    if (nextPageToken !== undefined && nextPageToken !== next)
      return { ...page, next: JSON.stringify({ email, spaces, next: nextPageToken }) };
    const told = nextPageToken === undefined ? page : { ...page, gap: LEADS_TO_ITSELF };
    return others.length === 0 ? told : { ...told, next: JSON.stringify({ email, spaces: others }) };
  };
}

const spacesOf = (context: SourceContext, email: string, signal: AbortSignal | undefined) =>
  knownPages(async (at) => {
    const { spaces, nextPageToken } = await context.client.call(
      METHODS.spaces,
      { email },
      (chat, options) => chat.spaces.list({ pageSize: 1000, ...at }, options),
      spacesPage,
      signal,
    );
    return { rows: spaces, next: nextPageToken };
  });

/** What is not said to be a room for everybody counts as private. */
export const spacesIn = (rows: readonly unknown[]): Mapped<Place> =>
  mapRows(rows, spaceShape, (s) => [
    {
      name: s.name,
      private: s.spaceType !== 'SPACE',
      external: s.externalUserAllowed === true,
      ...(s.displayName === undefined ? {} : { title: s.displayName }),
    },
  ]);

export function messagesIn(
  context: Omit<SourceContext, 'client'>,
  query: SourceQuery,
  here: Place,
  rows: readonly unknown[],
): Mapped<EvidenceEvent> {
  return mapRows(rows, messageShape, (row): readonly EvidenceEvent[] => {
    const sender = senderOf(row);
    const [first] = row.attachment;
    const fileId = first?.driveDataRef?.driveFileId ?? first?.name;
    const { text, urls } = wordsOf(row);
    const labels = [
      ...(row.attachment.length > 0 ? ['attachment'] : []),
      ...(row.quotedMessageMetadata?.forwardedMetadata === undefined ? [] : ['forwarded']),
    ];
    return [
      compact({
        id: messageEventId(row.name),
        kind: sender?.id === query.nativeId ? ('message' as const) : ('message_received' as const),
        platform: context.platform,
        tenant: context.tenant,
        source: SOURCE,
        logSource: 'chat_history' as const,
        at: needed(instantOf(row.createTime), 'createTime'),
        operation: 'message',
        actor: sender?.id,
        app: sender?.isApp === true ? { id: sender.id } : undefined,
        channel: compact({
          id: here.name,
          name: here.title,
          private: here.private,
          external: here.external ? true : undefined,
        }),
        target:
          fileId === undefined
            ? { type: 'message' as const, id: row.name }
            : compact({ type: 'file' as const, id: fileId, name: first?.contentName }),
        count: row.attachment.length > 1 ? row.attachment.length : undefined,
        labels: labels.length > 0 ? labels : undefined,
        urls: urls.length > 0 ? urls : undefined,
        text: query.readContent ? text : undefined,
      }),
    ];
  });
}
