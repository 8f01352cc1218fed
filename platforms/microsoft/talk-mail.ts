import { z } from 'zod';
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
      const found = await client.first(
        OPERATIONS.mails,
        { path, query: { $filter, $select: 'id,isDraft', $top: '5' }, headers: STABLE_IDS, signal },
        stored,
      );
      const sent = found.find((m) => m.isDraft === false);
      if (sent) return { messageId: sent.id, already: true };
      const draft =
        found[0] ??
        (await client.call(
          OPERATIONS.createDraft,
          { path, body: draftOf(to, message), headers: STABLE_IDS, signal },
          stored,
        ));
      await client.send(OPERATIONS.sendDraft, {
        path: { ...path, messageId: draft.id },
        body: {},
        headers: STABLE_IDS,
        signal,
      });
      return { messageId: draft.id, already: false };
    },
  };
}

/** Plain text: nothing in it can be rendered. Buttons need the page behind the link; a GET of it decides nothing. */
function draftOf(to: string, message: OutgoingMessage): object {
  const content = [message.text, ...(message.link ? [`${message.link.label}: ${message.link.url}`] : [])].join('\n\n');
  return {
    subject: message.title,
    body: { contentType: 'Text', content },
    toRecipients: [{ emailAddress: { address: to } }],
    internetMessageHeaders: [{ name: 'x-quell-key', value: message.key }],
    singleValueExtendedProperties: [{ id: KEY_PROPERTY, value: message.key }],
  };
}
