import { z } from 'zod';
import type { EvidenceSource, SourcePage, SourceQuery } from '../../ports.js';
import { readRows } from '../../kit/rows.js';
import { OPERATIONS } from '../methods.js';
import { metadata, nextOf, rowsOf } from '../pages.js';
import { message, messagesIn, MESSAGES, place, placeOf, worthReading, type Place } from './message.js';
import { conversation } from './outside.js';
import { pageOf, perTeam, seconds, stateOf, type SourceContext } from './source.js';

const conversations = z.looseObject({ channels: rowsOf, response_metadata: metadata });
const history = z.looseObject({ messages: rowsOf, response_metadata: metadata });
const ALL_TYPES = 'public_channel,private_channel,mpim,im';

/** Where the walk stands: conversations of the current list page still to be read, the page of the first one, threads of it that are still to be read. */
const cursorShape = z.strictObject({
  list: z.string().optional(),
  places: z.array(place),
  page: z.string().optional(),
  threads: z.array(z.string()),
  thread: z.string().optional(),
});
type Cursor = z.infer<typeof cursorShape>;
interface Call {
  readonly context: SourceContext;
  readonly query: SourceQuery;
  readonly signal: AbortSignal | undefined;
}

/**
 * Messages of the conversations the subject is in: `users.conversations`, then `conversations.history` and the threads begun in the
 * window. One call to Slack per page. The token sees public channels and what its own account is a member of (see the limitations).
 */
export function messageSource(context: SourceContext): EvidenceSource {
  const read = perTeam(context, (teamId) => async (query, next, { signal }) => {
    const call = { context, query, signal };
    const at = stateOf(cursorShape, next);
    if (!at) return nextList(call, teamId, undefined);
    const [where, ...others] = at.places;
    if (!where) return at.list === undefined ? { events: [] } : nextList(call, teamId, at.list);
    const [thread, ...threads] = at.threads;
    if (thread !== undefined && at.page === undefined) return readThread(call, at, where, thread, threads, others);
    return readHistory(call, at, where, others);
  });
  return {
    id: MESSAGES.source,
    logSource: MESSAGES.logSource,
    depth: 'wide',
    kinds: ['message', 'message_received', 'team_message'],
    lagSeconds: 300,
    read,
  };
}

/** A page that leads to itself ends its own list, and the walk goes on after it. */
const LEADS_TO_ITSELF = {
  code: 'VENDOR_REPLY',
  text: 'Slack leads to the same page of a conversation again and again; what was read until then is kept.',
} as const;

async function nextList(
  { context, query, signal }: Call,
  teamId: string,
  cursor: string | undefined,
): Promise<SourcePage> {
  const args = {
    user: query.nativeId,
    types: ALL_TYPES,
    limit: 200,
    cursor,
    team_id: context.plan === 'enterprise' ? teamId : undefined,
  };
  const body = await context.client.call(OPERATIONS.usersConversations, args, conversations, { signal });
  const { next } = nextOf(body.response_metadata);
  const list = next === cursor ? undefined : next;
  const { values, odd } = readRows(body.channels, conversation);
  const left = { places: values.map(placeOf), threads: [], ...(list === undefined ? {} : { list }) };
  return {
    ...following({ events: [], ...(odd.length > 0 ? { odd } : {}) }, left),
    ...(next !== undefined && list === undefined ? { gap: LEADS_TO_ITSELF } : {}),
  };
}

async function readHistory(call: Call, at: Cursor, where: Place, others: readonly Place[]): Promise<SourcePage> {
  const { context, query, signal } = call;
  const args = {
    channel: where.id,
    oldest: String(seconds(query.from)),
    latest: String(seconds(query.to, 'up')),
    inclusive: true,
    limit: 200,
    cursor: at.page === undefined || at.page === '' ? undefined : at.page,
  };
  const body = await context.client.call(OPERATIONS.conversationsHistory, args, history, { signal, answers: UNSEEN });
  const read = pageOf(messagesIn(context, where, query, body.messages));
  const begun = readRows(body.messages, message).values.filter((r) => worthReading(where, r, query));
  const threads = [...new Set([...at.threads, ...begun.map((r) => r.ts)])];
  const { next } = nextOf(body.response_metadata);
  if (next !== undefined && next !== at.page)
    return following(read, { ...keep(at), places: at.places, threads, page: next });
  const page = following(read, { ...keep(at), places: threads.length > 0 ? at.places : [...others], threads });
  return { ...page, ...gapOf(where, next, body['unseen']) };
}

async function readThread(
  call: Call,
  at: Cursor,
  where: Place,
  thread: string,
  threads: readonly string[],
  others: readonly Place[],
): Promise<SourcePage> {
  const { context, query, signal } = call;
  const args = {
    channel: where.id,
    ts: thread,
    oldest: String(seconds(query.from)),
    latest: String(seconds(query.to, 'up')),
    limit: 200,
    cursor: at.thread,
  };
  const body = await context.client.call(OPERATIONS.conversationsReplies, args, history, { signal, answers: UNSEEN });
  const rows = body.messages.filter((row) => (row as { readonly ts?: unknown } | null)?.ts !== thread); // the first one came with the history
  const read = pageOf(messagesIn(context, where, query, rows));
  const { next } = nextOf(body.response_metadata);
  if (next !== undefined && next !== at.thread)
    return following(read, { ...keep(at), places: at.places, threads: at.threads, thread: next });
  const page = following(read, {
    ...keep(at),
    places: threads.length > 0 ? at.places : [...others],
    threads: [...threads],
  });
  return { ...page, ...gapOf(where, next, body['unseen']) };
}

const keep = ({ list }: Cursor): { readonly list?: string } => (list === undefined ? {} : { list });

/** The page with the cursor of what is left; none when nothing is. */
const following = (page: SourcePage, left: Cursor): SourcePage =>
  left.places.length === 0 && left.list === undefined ? page : { ...page, next: JSON.stringify(left) };

/** A conversation that went away while the walk was under way is empty; one that refuses our account is a gap, and the others are read. */
const UNSEEN: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(['channel_not_found', 'thread_not_found'].map((code) => [code, { messages: [] }])),
  ...Object.fromEntries(
    ['not_in_channel', 'access_denied', 'ekm_access_denied', 'team_access_not_granted'].map((code) => [
      code,
      { messages: [], unseen: code },
    ]),
  ),
};

function gapOf(where: Place, next: string | undefined, unseen: unknown): Pick<SourcePage, 'gap'> {
  if (next !== undefined) return { gap: LEADS_TO_ITSELF };
  if (typeof unseen !== 'string') return {};
  return { gap: { code: 'VENDOR_SCOPE', text: `Slack does not show the conversation ${where.id}: ${unseen}.` } };
}
