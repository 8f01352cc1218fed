import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { conversation, message, MESSAGES, place, placeOf, toEvent, worthReading, type Place } from './message.js';
import { lenient, metadata, nextOf, parseCursor, perTeam, seconds, type Page, type SourceContext } from './source.js';

const conversations = z.looseObject({ channels: z.array(z.unknown()), response_metadata: metadata });
const history = z.looseObject({ messages: z.array(z.unknown()), response_metadata: metadata });
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
    const at = parseCursor(cursorShape, next);
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

async function nextList({ context, query, signal }: Call, teamId: string, cursor: string | undefined): Promise<Page> {
  const args = {
    user: query.nativeId,
    types: ALL_TYPES,
    limit: 200,
    cursor,
    team_id: context.plan === 'enterprise' ? teamId : undefined,
  };
  const body = await context.client.call(OPERATIONS.usersConversations, args, conversations, { signal });
  const { next: list } = nextOf(body.response_metadata);
  const places = lenient(body.channels, conversation).map(placeOf);
  return following([], { places, threads: [], ...(list === undefined ? {} : { list }) });
}

async function readHistory(call: Call, at: Cursor, where: Place, others: readonly Place[]): Promise<Page> {
  const { context, query, signal } = call;
  const args = {
    channel: where.id,
    oldest: String(seconds(query.from)),
    latest: String(seconds(query.to, 'up')),
    inclusive: true,
    limit: 200,
    cursor: at.page === undefined || at.page === '' ? undefined : at.page,
  };
  const body = await orEmpty(context.client.call(OPERATIONS.conversationsHistory, args, history, { signal }));
  const rows = lenient(body.messages, message);
  const events = rows.flatMap((row) => toEvent(context, where, row, query) ?? []);
  const threads = [...at.threads, ...rows.filter((r) => worthReading(where, r, query)).map((r) => r.ts)];
  const { next: page } = nextOf(body.response_metadata);
  if (page !== undefined) return following(events, { ...keep(at), places: at.places, threads, page });
  return following(events, { ...keep(at), places: threads.length > 0 ? at.places : [...others], threads });
}

async function readThread(
  call: Call,
  at: Cursor,
  where: Place,
  thread: string,
  threads: readonly string[],
  others: readonly Place[],
): Promise<Page> {
  const { context, query, signal } = call;
  const args = {
    channel: where.id,
    ts: thread,
    oldest: String(seconds(query.from)),
    latest: String(seconds(query.to, 'up')),
    limit: 200,
    cursor: at.thread,
  };
  const body = await orEmpty(context.client.call(OPERATIONS.conversationsReplies, args, history, { signal }));
  const rows = lenient(body.messages, message).filter((row) => row.ts !== thread); // the first one came with the history
  const events = rows.flatMap((row) => toEvent(context, where, row, query) ?? []);
  const { next } = nextOf(body.response_metadata);
  if (next !== undefined)
    return following(events, { ...keep(at), places: at.places, threads: at.threads, thread: next });
  return following(events, {
    ...keep(at),
    places: threads.length > 0 ? at.places : [...others],
    threads: [...threads],
  });
}

const keep = ({ list }: Cursor): { readonly list?: string } => (list === undefined ? {} : { list });

/** The cursor of what is left; none when nothing is. */
function following(events: Page['events'], left: Cursor): Page {
  return left.places.length === 0 && left.list === undefined ? { events } : { events, next: JSON.stringify(left) };
}

/** A conversation that went away while the walk was under way is empty. */
async function orEmpty(read: Promise<z.infer<typeof history>>): Promise<z.infer<typeof history>> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof QuellError && error.code === 'VENDOR_NOT_FOUND')
      return { messages: [], response_metadata: undefined };
    throw error;
  }
}
