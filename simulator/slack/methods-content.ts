import { deleteFile, setPublic } from './acts.js';
import { BOT_ID, human, needScopes, numbered, size, team, unix, type Call, type Method } from './call.js';
import { cursorPage, Refusal } from './replies.js';
import type { Channel, Member, Message, SlackState, StoredFile } from './state.js';

const FAMILY = { public_channel: 'channels', private_channel: 'groups', im: 'im' } as const;

/** People, conversations and files. */
export const contentMethods: Readonly<Record<string, Method>> = {
  'users.info': (call) => {
    needScopes(call, ['users:read']);
    return { user: userBody(call, human(call, call.args.need('user'))) };
  },
  'users.lookupByEmail': (call) => {
    const email = call.args.need('email').toLowerCase();
    const member = call.state.members.find(
      (m) =>
        m.email.toLowerCase() === email && m.kind !== 'bot' && m.homeTeam === undefined && call.state.shownActive(m),
    );
    if (!member) throw new Refusal('users_not_found');
    return { user: userBody(call, member) };
  },
  'users.list': (call) => {
    needScopes(call, ['users:read']);
    team(call);
    const { page, next } = cursorPage(call.state.members, call.args.text('cursor'), size(call, 'limit', 200));
    return { members: page.map((m) => userBody(call, m)), response_metadata: { next_cursor: next } };
  },

  'users.conversations': (call) => {
    const isHere = team(call);
    const types = (call.args.text('types') ?? 'public_channel').split(',');
    needScopes(
      call,
      types.map((t) => (t === 'mpim' ? 'mpim:read' : `${FAMILY[t as keyof typeof FAMILY]}:read`)),
    );
    const user = human(call, call.args.need('user'));
    const channels = call.state.channels.filter(
      (c) => isHere && types.includes(c.type) && c.members.has(user.id) && sees(call, c),
    );
    const { page, next } = cursorPage(channels, call.args.text('cursor'), size(call, 'limit', 100));
    return { channels: page.map(channelBody), response_metadata: { next_cursor: next } };
  },
  'conversations.info': (call) => {
    const channel = seen(call, 'read');
    return { channel: channelBody(channel) };
  },
  'conversations.history': (call) => {
    const channel = seen(call);
    const roots = window(call, channel).filter((m) => m.threadTs === undefined);
    const { page, next } = cursorPage([...roots].reverse(), call.args.text('cursor'), size(call, 'limit', 100));
    return {
      messages: page.map((m) => messageBody(call, m)),
      has_more: next !== '',
      pin_count: 0,
      response_metadata: { next_cursor: next },
    };
  },
  'conversations.replies': (call) => {
    const channel = seen(call);
    const ts = call.args.need('ts');
    const root = call.state.visible(call.state.messages).find((m) => m.channel === channel.id && m.ts === ts);
    if (!root) throw new Refusal('thread_not_found');
    const replies = window(call, channel).filter((m) => m.threadTs === ts);
    const { page, next } = cursorPage(replies, call.args.text('cursor'), size(call, 'limit', 100));
    return {
      messages: [root, ...page].map((m) => messageBody(call, m)),
      has_more: next !== '',
      response_metadata: { next_cursor: next },
    };
  },

  'files.list': (call) => {
    const isHere = team(call);
    const { state, args } = call;
    const [from, to] = [args.number('ts_from', 0), args.number('ts_to', Number.MAX_SAFE_INTEGER)];
    const files = [...state.visible(state.files)]
      .filter(
        (f) =>
          isHere &&
          !f.deleted &&
          (args.text('user') === undefined || f.owner === args.text('user')) &&
          unix(f.at) >= from &&
          unix(f.at) <= to,
      )
      .sort((a, b) => b.at.getTime() - a.at.getTime());
    const { rows, paging } = numbered(call, files);
    return { files: rows.map((f) => fileBody(state, f)), paging };
  },
  'files.info': (call) => ({ file: fileBody(call.state, fileOf(call)) }),
  'files.delete': (call) => {
    const file = fileOf(call);
    if (!file.deletable) throw new Refusal('cant_delete_file');
    deleteFile(call.state, file);
    return {};
  },
  'files.revokePublicURL': (call) => setShared(call, false),
  'files.sharedPublicURL': (call) => setShared(call, true),
};

function setShared(call: Call, shared: boolean): { readonly file: object } {
  const file = fileOf(call);
  setPublic(call.state, file, shared);
  return { file: fileBody(call.state, file) };
}

function fileOf({ state, args }: Call): StoredFile {
  const file = state.visible(state.files).find((f) => f.id === args.need('file'));
  if (!file) throw new Refusal('file_not_found');
  if (file.deleted) throw new Refusal('file_deleted');
  return file;
}

/** Public channels are open to user tokens; everything else only to members. */
function sees({ token, state }: Call, channel: Channel): boolean {
  if (token.kind === 'bot') return channel.members.has(state.bot.id);
  return channel.readable;
}

function seen(call: Call, right: 'read' | 'history' = 'history'): Channel {
  const channel = call.state.channels.find((c) => c.id === call.args.need('channel'));
  if (!channel || !sees(call, channel)) throw new Refusal('channel_not_found');
  needScopes(call, [`${FAMILY[channel.type]}:${right}`]);
  return channel;
}

/** Messages of a channel in the window, oldest first. */
function window({ state, args }: Call, channel: Channel): readonly Message[] {
  const [oldest, latest] = [args.number('oldest', 0), args.number('latest', Number.MAX_SAFE_INTEGER)];
  const inclusive = args.flag('inclusive');
  return [...state.visible(state.messages)]
    .filter((m) => m.channel === channel.id)
    .filter((m) =>
      inclusive ? Number(m.ts) >= oldest && Number(m.ts) <= latest : Number(m.ts) > oldest && Number(m.ts) < latest,
    )
    .sort((a, b) => Number(a.ts) - Number(b.ts));
}

function messageBody({ state, args }: Call, m: Message): object {
  const replies = state.visible(state.messages).filter((r) => r.channel === m.channel && r.threadTs === m.ts);
  const files = m.files.map((name) => state.files.find((f) => f.name === name));
  return {
    type: 'message',
    user: m.user,
    ts: m.ts,
    text: m.text,
    ...(m.blocks.length > 0 ? { blocks: m.blocks } : {}),
    ...(m.app === undefined ? {} : { app_id: m.app, bot_id: BOT_ID }),
    ...(m.threadTs === undefined ? {} : { thread_ts: m.threadTs }),
    ...(replies.length > 0
      ? {
          thread_ts: m.ts,
          reply_count: replies.length,
          reply_users_count: new Set(replies.map((r) => r.user)).size,
          reply_users: [...new Set(replies.map((r) => r.user))].slice(0, 5),
        }
      : {}),
    ...(files.length > 0
      ? {
          files: files.flatMap((f, i) =>
            f
              ? f.deleted
                ? { id: f.id, mode: 'tombstone' }
                : fileBody(state, f)
              : { id: `F${String(i)}`, name: m.files[i] },
          ),
        }
      : {}),
    ...(m.metadata !== undefined && args.flag('include_all_metadata') ? { metadata: m.metadata } : {}),
  };
}

function channelBody(c: Channel): object {
  return {
    id: c.id,
    name: c.name,
    is_channel: c.type === 'public_channel',
    is_private: c.type !== 'public_channel',
    is_im: c.type === 'im',
    is_mpim: false,
    is_shared: c.external || c.inOrganisation,
    is_ext_shared: c.external,
    is_org_shared: c.inOrganisation,
    is_pending_ext_shared: c.pending,
  };
}

function fileBody(state: SlackState, f: StoredFile): object {
  const channel = state.channels.find((c) => c.id === f.channel);
  const isPublic = channel?.type === 'public_channel';
  return {
    ...{
      id: f.id,
      name: f.name,
      title: f.name,
      user: f.owner,
      created: unix(f.at),
      timestamp: unix(f.at),
      size: f.bytes,
      mimetype: 'application/octet-stream',
      filetype: 'binary',
    },
    ...{
      is_public: isPublic,
      public_url_shared: f.public,
      permalink_public: f.public ? `https://slack-files.example.com/${state.own.teamIds[0]}-${f.id}` : '',
    },
    ...{ channels: channel && isPublic ? [channel.id] : [], groups: channel && !isPublic ? [channel.id] : [], ims: [] },
  };
}

function userBody({ state, token, options }: Call, m: Member): object {
  const isMember = m.kind !== 'bot' && m.homeTeam === undefined;
  return {
    id: m.id,
    team_id: m.homeTeam ?? state.own.teamIds[0],
    name: m.key,
    deleted: !state.shownActive(m),
    ...(state.shownActive(m)
      ? {
          is_admin: m.admin,
          is_owner: m.admin,
          is_primary_owner: m.primaryOwner,
          is_restricted: m.kind === 'guest',
          is_ultra_restricted: false,
        }
      : {}),
    is_bot: m.kind === 'bot',
    is_stranger: m.homeTeam !== undefined,
    ...(options.plan === 'enterprise' && isMember
      ? {
          enterprise_user: {
            id: m.id,
            enterprise_id: state.own.enterpriseId,
            enterprise_name: 'Example',
            is_admin: m.admin && state.shownActive(m),
            is_owner: m.admin && state.shownActive(m),
            is_primary_owner: m.primaryOwner,
            teams: state.own.teamIds,
          },
        }
      : {}),
    tz: m.timeZone,
    profile: {
      real_name: m.name,
      ...(token.scopes.has('users:read.email') && m.email !== '' && m.homeTeam === undefined ? { email: m.email } : {}),
      ...(m.phone === undefined || m.homeTeam !== undefined ? {} : { phone: m.phone }),
      ...(m.appId === undefined ? {} : { api_app_id: m.appId }),
    },
  };
}
