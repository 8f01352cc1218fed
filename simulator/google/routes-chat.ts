import { METHODS } from '../../platforms/google/methods.js';
import { messageName } from './activities.js';
import type { Space, User } from './entities.js';
import { badRequest, fail, notFound, ok } from './replies.js';
import type { Router } from './routing.js';
import { fileId, hexId, spaceName, type Rows } from './rows.js';
import type { TenantState } from './state.js';

/** A message that our app posted to a person. */
export interface AppPost {
  readonly at: Date;
  readonly to: string;
  readonly name: string;
  readonly requestId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Spaces and messages as a person sees them. */
export function chatRoutes(router: Router, state: TenantState): void {
  const spacesOf = (user: User | undefined): readonly Space[] =>
    [...state.spaces.values()].filter((s) => user !== undefined && s.members.has(user.id));

  router.on(METHODS.spaces, (call) =>
    router.page(call, 'spaces', spacesOf(call.subject).map(spaceEntity), { size: call.query['pageSize'] }),
  );
  router.on(METHODS.messages, (call) => {
    const name = `spaces/${call.params['space'] ?? ''}`;
    if (!spacesOf(call.subject).some((s) => s.name === name)) return notFound('chat', 'Space not found');
    const filter = call.query['filter'];
    const times = filter === undefined ? [] : filter.split(' AND ').map((p) => /^create_time (>|<) "([^"]+)"$/.exec(p));
    if (times.some((t) => t === null)) return badRequest('chat', 'Invalid filter');
    const found = state
      .visible(state.rows.message)
      .filter((r) => spaceName(r.fields.space) === name)
      .filter((r) => times.every((t) => (t?.[1] === '>' ? r.at > new Date(t[2] ?? '') : r.at < new Date(t?.[2] ?? ''))))
      .map((r) => messageEntity(r, name));
    return router.page(call, 'messages', found, { size: call.query['pageSize'] ?? '25' });
  });
}

/** Our app's chats with people. A chat is there once it was set up; a request id gives one message only. */
export function appRoutes(router: Router, state: TenantState, posts: AppPost[]): void {
  const chats = new Map<string, string>();
  router.on(METHODS.findDm, (call) => {
    const user = /^users\/(\d+)$/.exec(call.query['name'] ?? '')?.[1] ?? '';
    return chats.has(user) ? ok(dmEntity(user)) : notFound('chat', 'No direct message found.');
  });
  router.on(METHODS.setupDm, (call) => {
    const space = call.body['space'] as Readonly<Record<string, unknown>> | undefined;
    if (!call.subject || space?.['spaceType'] !== 'DIRECT_MESSAGE' || space['singleUserBotDm'] !== true)
      return badRequest('chat', 'Invalid space');
    chats.set(call.subject.id, dmName(call.subject.id));
    return ok(dmEntity(call.subject.id));
  });
  router.on(METHODS.message, (call) => {
    const name = `spaces/${call.params['space'] ?? ''}/messages/${call.params['message'] ?? ''}`;
    const post = posts.find((p) => p.name === name);
    return post ? ok({ ...post.body, name: post.name }) : notFound('chat', 'Message not found');
  });
  router.on(METHODS.post, (call) => {
    const space = `spaces/${call.params['space'] ?? ''}`;
    const to = [...chats].find(([, name]) => name === space)?.[0];
    if (to === undefined) return fail('chat', 403, 'PERMISSION_DENIED', 'The app is not in this space.');
    const { requestId = '', messageId } = call.query;
    const before = posts.find((p) => p.requestId === requestId && p.to === to);
    if (before) return ok({ ...before.body, name: before.name });
    if (messageId !== undefined && !/^client-[a-z0-9-]{1,56}$/.test(messageId))
      return badRequest('chat', 'Invalid message id');
    if (posts.some((p) => p.name === `${space}/messages/${messageId ?? ''}`))
      return fail('chat', 409, 'ALREADY_EXISTS', 'Message already exists.');
    const post: AppPost = {
      at: state.now(),
      to,
      name: `${space}/messages/${messageId ?? hexId(`post:${String(posts.length)}`)}`,
      requestId,
      body: call.body,
    };
    posts.push(post);
    return ok({ ...post.body, name: post.name, createTime: post.at.toISOString() });
  });
}

const dmName = (userId: string): string => `spaces/DM${hexId(`dm:${userId}`, 10)}`;
const dmEntity = (userId: string): object => ({
  name: dmName(userId),
  spaceType: 'DIRECT_MESSAGE',
  singleUserBotDm: true,
});

function spaceEntity(space: Space): object {
  return {
    name: space.name,
    spaceType: space.kind,
    ...(space.kind === 'SPACE' ? { displayName: space.title } : {}),
    externalUserAllowed: space.external,
    spaceHistoryState: 'HISTORY_ON',
  };
}

function messageEntity({ rowId, at, fields: f }: Rows['message'][number], space: string): object {
  return {
    name: messageName(space, rowId),
    sender: { name: `users/${f.from}`, type: 'HUMAN' },
    createTime: at.toISOString(),
    ...(f.text === undefined ? {} : { text: f.text, formattedText: f.text }),
    space: { name: space },
    ...(f.cards.length === 0 ? {} : { cardsV2: f.cards.map((card, n) => ({ cardId: String(n), card })) }),
    ...(f.quotes === undefined
      ? {}
      : {
          quotedMessageMetadata: {
            name: `${space}/messages/quoted`,
            quotedMessageSnapshot: { text: f.quotes, formattedText: f.quotes },
          },
        }),
    ...(f.files.length === 0
      ? {}
      : {
          attachment: f.files.map((contentName, n) => ({
            name: `${messageName(space, rowId)}/attachments/${String(n)}`,
            contentName,
            contentType: 'application/octet-stream',
            source: 'DRIVE_FILE',
            driveDataRef: { driveFileId: fileId(f.from, contentName) },
          })),
        }),
  };
}
