import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { threadId } from './audit-records.js';
import type { Entity } from './odata.js';
import { fail, noContent, notFound, ok } from './replies.js';
import type { Call, Router } from './routing.js';
import { guid, type Rows } from './rows.js';
import type { Item } from './entities.js';
import { itemId, type TenantState } from './state.js';

/** Chats and files. */
export function contentRoutes(router: Router, state: TenantState): void {
  chatRoutes(router, state);
  fileRoutes(router, state);
}

type MessageRow = Rows['message'][number];
const CHANGED = { lastModifiedDateTime: ['gt', 'lt'] };

function chatRoutes(router: Router, state: TenantState): void {
  const { message } = state.rows;
  /** Who is in a chat or team: everybody who writes in it or is addressed in it. */
  const members = (
    place: (m: MessageRow['fields']) => string | undefined,
  ): ReadonlyMap<string, ReadonlySet<string>> => {
    const all = new Map<string, Set<string>>();
    for (const { fields } of message) {
      const name = place(fields);
      if (name === undefined) continue;
      all.set(name, new Set([...(all.get(name) ?? []), fields.from, ...fields.to]));
    }
    return all;
  };
  const chats = members((m) => m.chat);
  const teams = members((m) => m.team);

  router.on(OPERATIONS.chatMessages, (call) => {
    const user = state.user(call.params['id']);
    if (!user) return notFound();
    const rows = state
      .visible(message)
      .filter((r) => r.fields.chat !== undefined && chats.get(r.fields.chat)?.has(user.id));
    return router.collection(
      call,
      [
        ...rows.map((r) => messageEntity(state, r)),
        ...(rows.length > 0 ? [systemMessage(state, threadId(rows[0]?.fields.chat ?? ''), call)] : []),
      ],
      { filter: CHANGED, top: 20, maxTop: 50, repeats: true },
    );
  });
  router.on(OPERATIONS.joinedTeams, (call) => {
    const user = state.user(call.params['id']);
    if (!user) return notFound();
    return router.collection(
      call,
      [...teams]
        .filter(([, who]) => who.has(user.id))
        .map(([name]) => ({ id: guid(`team:${name}`), displayName: name })),
    );
  });
  router.on(OPERATIONS.channelMessages, (call) => {
    const rows = state
      .visible(message)
      .filter((r) => r.fields.team !== undefined && guid(`team:${r.fields.team}`) === call.params['id']);
    return router.collection(
      call,
      rows.map((r) => messageEntity(state, r)),
      { filter: CHANGED, top: 20, maxTop: 50, repeats: true },
    );
  });
}

function messageEntity(state: TenantState, { rowId, at, fields: f }: MessageRow): Entity {
  const sender = state.users.get(f.from);
  return {
    id: String(at.getTime()) + rowId.replace(/\D/g, ''),
    messageType: 'message',
    createdDateTime: at.toISOString(),
    lastModifiedDateTime: at.toISOString(),
    importance: 'normal',
    ...(f.chat === undefined
      ? {
          chatId: null,
          channelIdentity: { teamId: guid(`team:${f.team ?? ''}`), channelId: threadId(`${f.team ?? ''}/general`) },
        }
      : { chatId: threadId(f.chat), channelIdentity: null }),
    from: {
      application: null,
      device: null,
      user: sender
        ? { id: sender.id, displayName: sender.name, userIdentityType: 'aadUser' }
        : { id: guid(`outside:${f.from}`), displayName: 'outside', userIdentityType: 'federatedUser' },
    },
    body: {
      contentType: 'html',
      content: f.html ?? `<p>${f.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`,
    },
    attachments: [
      ...f.attachments,
      ...f.files.map((name) => ({
        id: guid(`item:${f.from}:${name}`),
        contentType: 'reference',
        contentUrl: `https://example-my.sharepoint.com/Documents/${encodeURIComponent(name)}`,
        name,
      })),
    ],
    mentions: [],
    reactions: [],
  };
}

/** Every chat has one: membership changes appear as messages without a sender. */
function systemMessage(state: TenantState, chatId: string, { headers }: Call): Entity {
  const at = state.world.startedAt.toISOString();
  return {
    id: String(state.world.startedAt.getTime()),
    // A value that is younger than the API has its name only for those who ask for it.
    messageType: /include-unknown-enum-members/.test(String(headers['prefer']))
      ? 'systemEventMessage'
      : 'unknownFutureValue',
    createdDateTime: at,
    lastModifiedDateTime: at,
    chatId,
    channelIdentity: null,
    from: null,
    body: { contentType: 'html', content: '<systemEventMessage/>' },
    attachments: [],
    eventDetail: { '@odata.type': '#microsoft.graph.membersAddedEventMessageDetail' },
  };
}

function fileRoutes(router: Router, state: TenantState): void {
  const driveOf = (userId: string): string => `b!${guid(`drive:${userId}`).replaceAll('-', '')}`;
  const located = (call: Call): Item | undefined =>
    state
      .visible(state.items)
      .find((i) => !i.removed && driveOf(i.owner) === call.params['driveId'] && i.id === call.params['itemId']);
  const noDrive = fail(404, 'ResourceNotFound', "User's mysite not found.");

  router.on(OPERATIONS.driveChanges, (call) => {
    const user = state.user(call.params['id']);
    if (!user) return noDrive;
    const root = {
      id: itemId(user.id, 'root'),
      name: 'root',
      folder: { childCount: 1 },
      createdDateTime: state.world.startedAt.toISOString(),
    };
    return router.collection(
      call,
      [
        root,
        ...state
          .visible(state.items)
          .filter((i) => i.owner === user.id)
          .map((i) => (i.removed ? { id: i.id, deleted: { state: 'deleted' } } : itemEntity(i, driveOf(i.owner)))),
      ],
      { maxTop: 200, top: 200 },
    );
  });
  router.on(OPERATIONS.userDrive, (call) => {
    const user = state.user(call.params['id']);
    return user ? ok({ id: driveOf(user.id), driveType: 'business' }) : noDrive;
  });
  router.on(OPERATIONS.drive, (call) => {
    const user = [...state.users.values()].find((u) => driveOf(u.id) === call.params['driveId']);
    const owner = { user: { id: user?.id, displayName: user?.name } };
    return user
      ? ok({ id: driveOf(user.id), driveType: 'business', owner })
      : fail(404, 'itemNotFound', 'The resource could not be found.');
  });
  router.on(OPERATIONS.listItemFile, (call) => {
    const item = state
      .visible(state.items)
      .find(
        (i) => !i.removed && i.uniqueId === call.params['itemId'] && guid(`list:${i.owner}`) === call.params['listId'],
      );
    return item ? ok(itemEntity(item, driveOf(item.owner))) : fail(404, 'itemNotFound', 'Item not found');
  });
  router.on(OPERATIONS.file, (call) => {
    const item = located(call);
    return item ? ok(itemEntity(item, driveOf(item.owner))) : fail(404, 'itemNotFound', 'Item not found');
  });
  router.on(OPERATIONS.deleteFile, (call) => {
    const item = located(call);
    if (!item) return fail(404, 'itemNotFound', 'Item not found');
    item.removed = true; // and its links lead nowhere
    state.permissions = state.permissions.filter((p) => p.itemId !== item.id);
    state.acted(
      { operation: OPERATIONS.deleteFile.name, targetId: item.id, effect: 'moved to the recycle bin' },
      {
        activity: 'FileRecycled',
        category: 'Other',
        clientId: call.clientId,
        target: { id: item.id, type: 'Other', displayName: '' },
      },
    );
    return noContent;
  });
  router.on(OPERATIONS.filePermissions, (call) => {
    const item = located(call);
    return item
      ? router.collection(
          call,
          state.permissions.filter((p) => p.itemId === item.id).map((p) => ({ id: p.id, ...p.body })),
        )
      : fail(404, 'itemNotFound', 'Item not found');
  });
  router.on(OPERATIONS.deletePermission, (call) => {
    const item = located(call);
    const permission = state.permissions.find((p) => p.itemId === item?.id && p.id === call.params['id']);
    if (!item || !permission) return fail(404, 'itemNotFound', 'Item not found');
    state.permissions = state.permissions.filter((p) => p !== permission);
    state.acted(
      { operation: OPERATIONS.deletePermission.name, targetId: permission.id, effect: 'permission removed' },
      {
        activity: 'Sharing permission removed',
        category: 'Other',
        clientId: call.clientId,
        target: { id: item.id, type: 'Other', displayName: '' },
      },
    );
    return noContent;
  });
}

function itemEntity(item: Item, driveId: string): Entity {
  const { fields: f } = item;
  const by = { user: { id: item.by } };
  return {
    id: item.id,
    name: f.name,
    size: f.bytes,
    createdDateTime: item.at.toISOString(),
    createdBy: by,
    parentReference: { driveId },
    sharepointIds: { listItemUniqueId: item.uniqueId },
    ...(f.folder
      ? { folder: { childCount: 3 } }
      : {
          file: {
            mimeType: 'application/octet-stream',
            hashes: f.sha256 === undefined ? { quickXorHash: 'AAAA' } : { sha256Hash: f.sha256.toUpperCase() },
          },
        }),
    ...(f.shared === undefined
      ? {}
      : {
          shared: {
            scope: f.shared === 'external' ? 'users' : f.shared,
            sharedDateTime: item.at.toISOString(),
            sharedBy: by,
          },
        }),
  };
}
