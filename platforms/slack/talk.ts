import { z } from 'zod';
import { postOnce } from '../kit/post-once.js';
import type { CallOptions, Limitation, OutgoingMessage, Talk, TalkPort } from '../ports.js';
import { maybe, someList, someText } from '../kit/rows.js';
import { openAnswerForm } from './answer-form.js';
import { createSlackClient, type SlackClient } from './client.js';
import { OPERATIONS } from './methods.js';
import type { SlackSettings } from './settings.js';
import { escaped, paragraphs, plain } from './text.js';

/** Slack has no idempotency key for posting: ours is in the metadata of the message. */
const EVENT_TYPE = 'quell_message';
const LOOK_BACK = 200;

/** Direct messages and forms by our bot. Token: `bot`, scopes of role `people` in `methods.ts`. A deactivated person cannot be reached: VENDOR_REFUSED. */
export function createSlackTalk(settings: SlackSettings): TalkPort {
  const client = createSlackClient(settings);
  return {
    platform: 'slack',
    tenant: settings.tenant,
    talk: [
      {
        channel: 'slack',
        send: (to, message, options) => send(client, to, message, options),
        openForm: (press, options) => openAnswerForm(client, settings, press, options),
      },
    ],
    limitations: LIMITATIONS,
  };
}

const LIMITATIONS: readonly Limitation[] = [
  {
    what: 'people whose account is deactivated',
    why: 'Slack delivers nothing to them.',
    instead: 'They get mail, or a responder calls them; proof: time and number of the call.',
  },
];

const opened = z.looseObject({ channel: z.looseObject({ id: z.string() }) });
const posted = z.looseObject({
  ts: z.string(),
  metadata: maybe(z.looseObject({ event_type: z.string(), event_payload: z.looseObject({ key: someText }) })),
});
const history = z.looseObject({ messages: someList(posted) });

/** Message id: `<channel>/<ts>`. */
async function send(
  client: SlackClient,
  to: string,
  message: OutgoingMessage,
  { signal }: CallOptions = {},
): ReturnType<Talk['send']> {
  const { channel } = await client.call(OPERATIONS.openDm, { users: to }, opened, { signal });
  const find = async (): Promise<string | undefined> => {
    const args = { channel: channel.id, limit: LOOK_BACK, include_all_metadata: true };
    const { messages } = await client.call(OPERATIONS.dmHistory, args, history, { signal });
    const found = messages.find(
      (m) => m.metadata?.event_type === EVENT_TYPE && m.metadata.event_payload.key === message.key,
    );
    return found && `${channel.id}/${found.ts}`;
  };
  const args = {
    channel: channel.id,
    text: escaped(`${message.title}\n${message.text}`), // what a notification shows
    blocks: blocksOf(message),
    metadata: { event_type: EVENT_TYPE, event_payload: { key: message.key } },
    unfurl_links: false,
    unfurl_media: false,
  };
  return await postOnce(find, async () => {
    const { ts } = await client.call(OPERATIONS.postMessage, args, z.looseObject({ ts: z.string() }), { signal });
    return `${channel.id}/${ts}`;
  });
}

function blocksOf({ title, text, buttons = [], form, link }: OutgoingMessage): readonly object[] {
  const elements = [
    ...[...buttons, ...(form ? [form] : [])].map((b) => ({
      type: 'button',
      action_id: b.id,
      text: plain(b.label, 75),
      value: b.value,
    })),
    ...(link ? [{ type: 'button', action_id: 'open_link', text: plain(link.label, 75), url: link.url }] : []),
  ];
  return [
    { type: 'header', text: plain(title, 150) },
    ...paragraphs(text),
    ...(elements.length > 0 ? [{ type: 'actions', elements }] : []),
  ];
}
