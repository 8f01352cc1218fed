import { createHash } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { postOnce } from '../kit/post-once.js';
import type { OutgoingMessage, Talk } from '../ports.js';
import { resourceName, type GoogleClient } from './client.js';
import { METHODS } from './methods.js';
import { orMissing } from '../kit/replies.js';
import { addressOf } from './people.js';

const named = z.looseObject({ name: z.string() });

/**
 * Google Chat by our app: find or open the chat with the person, look whether the message is there already, post it.
 * `to` is a directory id. `callback`: our endpoint, which add-on apps must name in each button.
 */
export function chatTalk(client: GoogleClient, callback: string | undefined): Talk {
  async function directMessage(userId: string, signal: AbortSignal | undefined): Promise<string> {
    const found = await orMissing(
      client.call(
        METHODS.findDm,
        'app',
        (chat, o) => chat.spaces.findDirectMessage({ name: `users/${userId}` }, o),
        named,
        signal,
      ),
    );
    if (found) return resourceName(found.name);
    // An app cannot begin a chat; the person can, and gets the one that is there if there is one.
    const email = await addressOf(client, userId, signal);
    const requestBody = { space: { spaceType: 'DIRECT_MESSAGE', singleUserBotDm: true } };
    const made = await client.call(
      METHODS.setupDm,
      { email },
      (chat, o) => chat.spaces.setup({ requestBody }, o),
      named,
      signal,
    );
    return resourceName(made.name);
  }
  return {
    channel: 'google_chat',
    async send(to, message, { signal } = {}) {
      if (!/^\d+$/.test(to)) throw new QuellError('CONFIG', 'not a directory id');
      const parent = await directMessage(to, signal);
      const { messageId, requestId } = idsOf(message.key);
      const name = `${parent}/messages/${messageId}`;
      const find = async (): Promise<string | undefined> => {
        const message = client.call(
          METHODS.message,
          'app',
          (chat, o) => chat.spaces.messages.get({ name }, o),
          named,
          signal,
        );
        return (await orMissing(message))?.name;
      };
      const requestBody = { text: message.title, cardsV2: [cardOf(message, callback)] };
      return await postOnce(find, async () => {
        const sent = await client.call(
          METHODS.post,
          'app',
          (chat, o) => chat.spaces.messages.create({ parent, messageId, requestId, requestBody }, o),
          named,
          signal,
        );
        return sent.name;
      });
    },
  };
}

/** Names of our own that the key decides: Chat gives the same request one message, and finds it by the message id. */
function idsOf(key: string): { readonly messageId: string; readonly requestId: string } {
  const hex = createHash('sha256').update(key).digest('hex');
  const requestId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return { messageId: `client-${hex.slice(0, 40)}`, requestId };
}

/** Button data is opaque; who pressed is decided from the verified callback, not from the card. */
function cardOf(message: OutgoingMessage, callback: string | undefined): object {
  const buttons = [
    ...(message.buttons ?? []).map((b) => ({
      text: b.label,
      onClick: {
        action: {
          function: callback ?? 'answer',
          parameters: [
            { key: 'verb', value: b.id },
            { key: 'value', value: b.value },
          ],
        },
      },
    })),
    ...(message.link ? [{ text: message.link.label, onClick: { openLink: { url: message.link.url } } }] : []),
  ];
  return {
    cardId: 'quell',
    card: {
      header: { title: message.title },
      sections: [
        {
          widgets: [
            { textParagraph: { text: escaped(message.text) } },
            ...(buttons.length > 0 ? [{ buttonList: { buttons } }] : []),
          ],
        },
      ],
    },
  };
}

/** Paragraphs render a little HTML; nothing of a message is markup. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\n/g, '<br>');
}
