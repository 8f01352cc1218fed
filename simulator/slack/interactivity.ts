import { slackSignature } from '../../platforms/slack/verify-request.js';
import type { ReceivedMessage } from '../core/server.js';
import { filledIn, shownModal, type OpenModal } from './modals.js';
import { responseUrl } from './response-url.js';
import type { Member, Message, SlackState } from './state.js';

interface Button {
  readonly action_id: string;
  readonly block_id?: string;
  readonly value?: string;
  readonly url?: string;
  readonly text?: unknown;
}

function buttonsOf(message: Message): readonly Button[] {
  return (message.blocks as readonly { readonly type: string; readonly elements?: readonly Button[] }[]).flatMap((b) =>
    b.type === 'actions' ? (b.elements ?? []) : [],
  );
}

/** What our bot wrote to a person, as the person reads it. */
export function messagesTo(state: SlackState, key: string): readonly ReceivedMessage[] {
  const channel = state.dm(state.world.nativeId('slack', key)).id;
  return state.messages
    .filter((m) => m.channel === channel && m.user === state.bot.id)
    .map((m) => ({
      channel: 'slack' as const,
      at: new Date(Number(m.ts) * 1000).toISOString(),
      text: m.text,
      links: buttonsOf(m).flatMap((b) => b.url ?? []),
    }));
}

/** The buttons of our messages to a person, newest last. */
export function buttonsFor(
  state: SlackState,
  key: string,
): readonly { readonly messageTs: string; readonly actionId: string }[] {
  const channel = state.dm(state.world.nativeId('slack', key)).id;
  return state.messages
    .filter((m) => m.channel === channel && m.user === state.bot.id)
    .flatMap((m) => buttonsOf(m).map((b) => ({ messageTs: m.ts, actionId: b.action_id })));
}

/** Signed body of a press, with the bare content type that Slack sends. */
export function pressRequest(state: SlackState, key: string, messageTs: string, actionId: string): Signed {
  const member = state.member(state.world.nativeId('slack', key));
  if (!member?.active) throw new Error(`${key} cannot press: the account is not active`);
  const channel = state.dm(member.id).id;
  const message = state.messages.find((m) => m.channel === channel && m.ts === messageTs);
  const button = message && buttonsOf(message).find((b) => b.action_id === actionId);
  if (!message || !button) throw new Error(`${key} sees no button ${actionId} in message ${messageTs}`);
  const now = state.world.now().getTime() / 1000;
  const payload = {
    type: 'block_actions',
    ...fromApp(state, member.id, member.key),
    container: { type: 'message', message_ts: messageTs, channel_id: channel, is_ephemeral: false },
    channel: { id: channel, name: 'directmessage' },
    message: { type: 'message', user: state.bot.id, ts: messageTs, text: message.text, blocks: message.blocks },
    state: { values: {} },
    response_url: responseUrl(state, channel, messageTs),
    actions: [
      {
        type: 'button',
        block_id: 'actions',
        action_id: button.action_id,
        text: button.text,
        value: button.value,
        action_ts: now.toFixed(6),
      },
    ],
  };
  return signed(state, payload);
}

/** Signed body of a form that a person filled in and sent; `entries` by the ids of its blocks. */
export function sentFormRequest(
  state: SlackState,
  modal: OpenModal,
  entries: Readonly<Record<string, string>>,
): Signed {
  const { id, key } = state.member(modal.user) as Member;
  return signed(state, {
    type: 'view_submission',
    ...fromApp(state, id, key),
    view: shownModal(state, modal, filledIn(modal, entries)),
    response_urls: [],
  });
}

interface Signed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What every interaction says. */
const fromApp = ({ own, modals }: SlackState, id: string, key: string): object => ({
  user: { id, username: key, team_id: own.teamIds[0] },
  api_app_id: own.appId,
  token: 'deprecated',
  trigger_id: modals.trigger(id),
  team: null,
  enterprise: { id: own.enterpriseId, name: 'Example' },
  is_enterprise_install: true,
});

function signed(state: SlackState, payload: object): Signed {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(state.world.now().getTime() / 1000));
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': slackSignature(state.own.signingSecret, timestamp, body),
    },
  };
}
