import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { OutgoingMessage, Talk } from '../ports.js';
import { quoted, type MicrosoftClient } from './client.js';
import { OPERATIONS } from './operations.js';
import { MICROSOFT_HOSTS } from './settings.js';

const CARD = 'application/vnd.microsoft.card.adaptive';
const withId = z.looseObject({ id: z.string() });
const posted = z.looseObject({
  id: z.string(),
  attachments: z.array(z.looseObject({ contentType: z.string().nullish(), content: z.string().nullish() })).nullish(),
});

/**
 * Teams by our bot, the only way for an app to post there: install it for the person if need be, find the chat between
 * the two, look whether the card is there already, post it. `to` is an Entra object id.
 */
export function teamsTalk(client: MicrosoftClient, teamsAppId: string): Talk {
  async function installation(userId: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const query = { $expand: 'teamsApp', $filter: `teamsApp/id eq ${quoted(teamsAppId)}` };
    return (await client.page(OPERATIONS.installedApps, { path: { id: userId }, query, signal }, withId)).rows[0]?.id;
  }
  async function install(userId: string, signal: AbortSignal | undefined): Promise<string> {
    try {
      await client.send(OPERATIONS.installApp, {
        path: { id: userId },
        body: { 'teamsApp@odata.bind': `${MICROSOFT_HOSTS.graph}/v1.0/appCatalogs/teamsApps/${teamsAppId}` },
        signal,
      });
    } catch (error) {
      if (!(error instanceof QuellError) || error.code !== 'VENDOR_REFUSED') throw error; // 409: it is installed already
    }
    const id = await installation(userId, signal);
    if (id === undefined) throw new QuellError('VENDOR_REFUSED', 'the Teams app could not be installed for the person');
    return id;
  }
  return {
    channel: 'teams',
    async send(to, message, { signal } = {}) {
      const installationId = (await installation(to, signal)) ?? (await install(to, signal));
      const chat = await client.call(OPERATIONS.botChat, { path: { id: to, installationId }, signal }, withId);
      const recent = await client.page(
        OPERATIONS.chatHistory,
        { path: { id: chat.id }, query: { $top: '50' }, signal },
        posted,
      );
      const before = recent.rows.find((m) =>
        (m.attachments ?? []).some((a) => a.contentType === CARD && keyOf(a.content) === message.key),
      );
      if (before) return { messageId: before.id, already: true };
      const activity = {
        type: 'message',
        summary: message.title,
        attachments: [{ contentType: CARD, content: cardOf(message) }],
      };
      const sent = await client.call(
        OPERATIONS.postActivity,
        { path: { id: chat.id }, body: activity, signal },
        withId,
      );
      return { messageId: sent.id, already: false };
    },
  };
}

/** Adaptive Card 1.4. Button data is opaque; who pressed is decided from the verified callback, not from the card. */
function cardOf(message: OutgoingMessage): object {
  const buttons = (message.buttons ?? []).map((b) => ({
    type: 'Action.Execute',
    title: b.label,
    verb: b.id,
    data: { value: b.value },
  }));
  const link = message.link ? [{ type: 'Action.OpenUrl', title: message.link.label, url: message.link.url }] : [];
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    // `id` of the first block is where our key is found again.
    body: [
      { type: 'TextBlock', id: `quell:${message.key}`, text: escaped(message.title), weight: 'Bolder', wrap: true },
      { type: 'TextBlock', text: escaped(message.text), wrap: true },
    ],
    actions: [...buttons, ...link],
  };
}

const cardShape = z.looseObject({ body: z.array(z.looseObject({ id: z.string().nullish() })) });

function keyOf(content: string | null | undefined): string | undefined {
  try {
    const id = cardShape.safeParse(JSON.parse(content ?? '')).data?.body[0]?.id;
    return id?.startsWith('quell:') ? id.slice('quell:'.length) : undefined;
  } catch {
    return undefined;
  }
}

/** TextBlock renders a little Markdown; nothing of a message is markup. */
function escaped(text: string): string {
  return text.replace(/[\\*_[\]()#>~`]/g, (c) => `\\${c}`);
}
