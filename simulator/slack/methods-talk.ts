import { BOT_ID, human, type Call, type Method } from './call.js';
import { shownModal } from './modals.js';
import { Refusal } from './replies.js';
import { messageTs } from './rows.js';
import type { Message } from './state.js';

/** Direct messages and forms by our bot. Slack has no idempotency key: posting twice is two messages. */
export const talkMethods: Readonly<Record<string, Method>> = {
  'conversations.open': (call) => {
    const [user] = call.args.list('users');
    const member = human(call, user ?? '');
    if (!member.active) throw new Refusal('user_disabled');
    const known = call.state.hasDm(member.id);
    return { ...(known ? { no_op: true, already_open: true } : {}), channel: { id: call.state.dm(member.id).id } };
  },
  'chat.postMessage': (call) => {
    const { state, args } = call;
    const channel = state.channels.find(
      (c) => c.id === args.need('channel', 'channel_not_found') && c.members.has(state.bot.id),
    );
    if (!channel) throw new Refusal('channel_not_found');
    const text = args.text('text') ?? '';
    const blocks = blocksOf(call);
    if (text === '' && blocks.length === 0) throw new Refusal('no_text');
    const at = state.world.now();
    const metadata = args.json('metadata');
    const message: Message = {
      channel: channel.id,
      ts: messageTs(at, `post:${String(state.messages.length)}`),
      user: state.bot.id,
      app: state.own.appId,
      visibleAt: at,
      text,
      blocks,
      files: [],
      ...(metadata === undefined ? {} : { metadata }),
    };
    state.messages.push(message);
    return {
      channel: channel.id,
      ts: message.ts,
      message: {
        ...{ type: 'message', ts: message.ts, user: message.user, bot_id: BOT_ID, app_id: state.own.appId, text },
        ...(blocks.length > 0 ? { blocks } : {}),
        ...(metadata === undefined ? {} : { metadata }),
      },
    };
  },
  'views.open': ({ state, args }) => ({
    view: shownModal(state, state.modals.open(args.need('trigger_id'), args.json('view'))),
  }),
};

/** Limits that the real service enforces. */
function blocksOf({ args }: Call): readonly unknown[] {
  const blocks = args.json('blocks') ?? [];
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format');
  if (blocks.length > 50) throw new Refusal('invalid_blocks');
  for (const block of blocks as readonly {
    readonly type: string;
    readonly text?: { readonly text: string };
    readonly elements?: readonly { readonly text?: { readonly text: string }; readonly value?: string }[];
  }[]) {
    const limit = block.type === 'header' ? 150 : 3000;
    if ((block.text?.text.length ?? 0) > limit) throw new Refusal('invalid_blocks');
    for (const element of block.elements ?? [])
      if ((element.text?.text.length ?? 0) > 75 || (element.value?.length ?? 0) > 2000)
        throw new Refusal('invalid_blocks');
  }
  return blocks;
}
