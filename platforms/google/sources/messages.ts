import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../compact.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { resourceName } from '../client.js';
import { METHODS } from '../methods.js';
import { addressOf } from '../people.js';
import { messageEventId } from './chat.js';
import { emptyWhenMissing, inSteps, type Step } from '../../steps.js';
import type { SourceContext } from './source.js';

const SOURCE = 'google.messages';
const text = z.string().nullish();
const space = z.looseObject({
  name: z.string(),
  spaceType: text,
  displayName: text,
  externalUserAllowed: z.boolean().nullish(),
});
const message = z.looseObject({
  name: z.string(),
  createTime: z.string(),
  text,
  sender: z.looseObject({ name: text, type: text }).nullish(),
  attachment: z
    .array(
      z.looseObject({
        name: text,
        contentName: text,
        driveDataRef: z.looseObject({ driveFileId: text }).nullish(),
      }),
    )
    .nullish(),
});
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
      const spaces = await spacesOf(context, email, signal);
      return spaces.length === 0 ? { events: [] } : { events: [], next: JSON.stringify({ email, spaces }) };
    }
    const { email, spaces, next } = cursorShape.parse(JSON.parse(cursor));
    const [here, ...others] = spaces;
    if (!here) return { events: [] };
    const answer = await context.client.call(
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
      z.looseObject({ messages: z.array(message).nullish(), nextPageToken: text }),
      signal,
    );
    const events = (answer.messages ?? []).map((m) => toEvent(context, m, here, query));
    // A page may be empty and still lead on: only a missing token ends a list.
    if (answer.nextPageToken) return { events, next: JSON.stringify({ email, spaces, next: answer.nextPageToken }) };
    return others.length === 0 ? { events } : { events, next: JSON.stringify({ email, spaces: others }) };
  };
}

async function spacesOf(
  context: SourceContext,
  email: string,
  signal: AbortSignal | undefined,
): Promise<readonly Place[]> {
  const found: Place[] = [];
  for (let next: string | undefined, page = 0; page < 50; page++) {
    const pageToken = next;
    const answer = await context.client.call(
      METHODS.spaces,
      { email },
      (chat, options) =>
        chat.spaces.list({ pageSize: 1000, ...(pageToken === undefined ? {} : { pageToken }) }, options),
      z.looseObject({ spaces: z.array(space).nullish(), nextPageToken: text }),
      signal,
    );
    found.push(
      ...(answer.spaces ?? []).map((s) => ({
        name: s.name,
        private: s.spaceType !== 'SPACE',
        external: s.externalUserAllowed === true,
        ...(s.displayName ? { title: s.displayName } : {}),
      })),
    );
    if (!answer.nextPageToken) break;
    next = answer.nextPageToken;
  }
  return found;
}

function toEvent(context: SourceContext, row: z.infer<typeof message>, here: Place, query: SourceQuery): EvidenceEvent {
  const sender = row.sender?.name?.replace('users/', '');
  const files = row.attachment ?? [];
  const fileId = files[0]?.driveDataRef?.driveFileId ?? files[0]?.name;
  const urls = [...new Set(row.text?.match(/https?:\/\/[^\s"'<>]+/g) ?? [])];
  return compact({
    id: messageEventId(row.name),
    kind: sender === query.nativeId ? ('message' as const) : ('message_received' as const),
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'chat_history' as const,
    at: new Date(row.createTime).toISOString(),
    operation: 'message',
    actor: sender,
    app: row.sender?.type === 'BOT' && sender ? { id: sender } : undefined,
    channel: compact({
      id: here.name,
      name: here.title,
      private: here.private,
      external: here.external ? true : undefined,
    }),
    target: fileId
      ? compact({ type: 'file' as const, id: fileId, name: files[0]?.contentName })
      : { type: 'message' as const, id: row.name },
    count: files.length > 1 ? files.length : undefined,
    labels: files.length > 0 ? ['attachment'] : undefined,
    urls: urls.length > 0 ? urls : undefined,
    text: query.readContent ? (row.text ?? undefined) : undefined,
  });
}
