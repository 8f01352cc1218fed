import { z } from 'zod';
import { mailText } from '../kit/mail.js';
import { postOnce } from '../kit/post-once.js';
import type { OutgoingMessage, Talk } from '../ports.js';
import { quoted, type MicrosoftClient } from './client.js';
import { OPERATIONS } from './operations.js';

/** Named property that holds our key on the message: it can be searched for, which mail headers cannot. */
const KEY_PROPERTY = 'String {8f0c6a2e-5b1d-4c53-9d7a-0f6b1a2c3d4e} Name QuellKey';
/** The id then stays the same when the message moves from Drafts to Sent Items. */
const STABLE_IDS = { Prefer: 'IdType="ImmutableId"' };

const stored = z.looseObject({ id: z.string(), isDraft: z.boolean().nullish() });

/**
 * Mail from Quell's own mailbox. `sendMail` may send twice when its answer is lost; so the mail is written as a draft
 * that carries the key, then that draft is sent: whatever is repeated finds the draft, or the mail that was sent.
 */
export function mailTalk(client: MicrosoftClient, from: string): Talk {
  return {
    channel: 'mail',
    async send(to, message, { signal } = {}) {
      const path = { id: from };
      const $filter = `singleValueExtendedProperties/Any(ep: ep/id eq ${quoted(KEY_PROPERTY)} and ep/value eq ${quoted(message.key)})`;
      let draft: string | undefined;
      const find = async (): Promise<string | undefined> => {
        const query = { $filter, $select: 'id,isDraft', $top: '5' };
        const rows = await client.first(OPERATIONS.mails, { path, query, headers: STABLE_IDS, signal }, stored);
        draft = rows[0]?.id;
        return rows.find((m) => m.isDraft === false)?.id;
      };
      return await postOnce(find, async () => {
        const written = { path, body: draftOf(to, message), headers: STABLE_IDS, signal };
        const messageId = draft ?? (await client.call(OPERATIONS.createDraft, written, stored)).id;
        const sent = { path: { ...path, messageId }, body: {}, headers: STABLE_IDS, signal };
        await client.send(OPERATIONS.sendDraft, sent);
        return messageId;
      });
    },
  };
}

/** Plain text: nothing in it can be rendered. */
function draftOf(to: string, message: OutgoingMessage): object {
  return {
    subject: message.title,
    body: { contentType: 'Text', content: mailText(message) },
    toRecipients: [{ emailAddress: { address: to } }],
    internetMessageHeaders: [{ name: 'x-quell-key', value: message.key }],
    singleValueExtendedProperties: [{ id: KEY_PROPERTY, value: message.key }],
  };
}
