import { createHash } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { postOnce } from '../kit/post-once.js';
import type { Talk } from '../ports.js';
import { CARD, cardOf, keyOf } from './card.js';
import { quoted, type MicrosoftClient } from './client.js';
import { OPERATIONS } from './operations.js';
import { MICROSOFT_HOSTS } from './settings.js';

/** Declared in the manifest of the Teams app (docs/install/microsoft.md). */
const ACTIVITY_TYPE = 'quellMessage';
const CHAT_CONSENT = 'ChatMessage.Read.Chat';

const withId = z.looseObject({ id: z.string() });
const posted = z.looseObject({
  id: z.string(),
  attachments: z.array(z.looseObject({ contentType: z.string().nullish(), content: z.string().nullish() })).nullish(),
});

/**
 * Teams by our bot, the only way for an app to post there: install it for the person if need be, find the chat between
 * the two, look whether the card is there already, post it, point to it in the activity feed. `to` is an Entra object id.
 */
export function teamsTalk(client: MicrosoftClient, teamsAppId: string): Talk {
  async function installation(userId: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const query = { $expand: 'teamsApp', $filter: `teamsApp/id eq ${quoted(teamsAppId)}` };
    return (await client.first(OPERATIONS.installedApps, { path: { id: userId }, query, signal }, withId))[0]?.id;
  }
  async function install(userId: string, signal: AbortSignal | undefined): Promise<string> {
    try {
      await client.send(OPERATIONS.installApp, {
        path: { id: userId },
        body: {
          'teamsApp@odata.bind': `${MICROSOFT_HOSTS.graph}/v1.0/appCatalogs/teamsApps/${teamsAppId}`,
          // An app that asks for consent to its chats is installed only together with that consent.
          consentedPermissionSet: {
            resourceSpecificPermissions: [{ permissionValue: CHAT_CONSENT, permissionType: 'application' }],
          },
        },
        signal,
      });
    } catch (error) {
      if (!(error instanceof QuellError) || error.code !== 'VENDOR_REFUSED') throw error; // 409: it is installed already
    }
    const id = await installation(userId, signal);
    if (id === undefined) throw new QuellError('VENDOR_REFUSED', 'the Teams app could not be installed for the person');
    return id;
  }
  /**
   * An entry in the person's activity feed that leads to the bot. The card is what counts: it stands whether or not this
   * works. The same `chainId` replaces an earlier entry; with `teamsAppId` it is no conflict when other Teams apps share our Entra app.
   */
  async function pointTo(pointer: {
    readonly installationId: string;
    readonly to: string;
    readonly title: string;
    readonly key: string;
    readonly signal: AbortSignal | undefined;
  }): Promise<void> {
    const { installationId, to, title, key, signal } = pointer;
    const body = {
      topic: {
        source: 'entityUrl',
        value: `${MICROSOFT_HOSTS.graph}/v1.0/users/${to}/teamwork/installedApps/${installationId}`,
      },
      activityType: ACTIVITY_TYPE,
      previewText: { content: title.slice(0, 150) },
      templateParameters: [{ name: 'title', value: title.slice(0, 100) }],
      chainId: createHash('sha256').update(key).digest().readUIntBE(0, 6),
      teamsAppId,
    };
    try {
      await client.send(OPERATIONS.notifyActivity, { path: { id: to }, body, signal });
    } catch (error) {
      if (!(error instanceof QuellError)) throw error; // the caller's cancellation
    }
  }
  return {
    channel: 'teams',
    async send(to, message, { signal } = {}) {
      const installationId = (await installation(to, signal)) ?? (await install(to, signal));
      const chat = await client.call(OPERATIONS.botChat, { path: { id: to, installationId }, signal }, withId);
      const find = async (): Promise<string | undefined> => {
        const recent = { path: { id: chat.id }, query: { $top: '50' }, signal };
        const rows = await client.first(OPERATIONS.chatHistory, recent, posted);
        return rows.find((m) =>
          (m.attachments ?? []).some((a) => a.contentType === CARD && keyOf(a.content) === message.key),
        )?.id;
      };
      const body = {
        type: 'message',
        summary: message.title,
        attachments: [{ contentType: CARD, content: cardOf(message) }],
      };
      const result = await postOnce(
        find,
        async () => (await client.call(OPERATIONS.postActivity, { path: { id: chat.id }, body, signal }, withId)).id,
      );
      await pointTo({ installationId, to, title: message.title, key: message.key, signal });
      return result;
    },
  };
}
