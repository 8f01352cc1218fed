import { createHash } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { mailOf } from '../kit/mail.js';
import { postOnce } from '../kit/post-once.js';
import type { Talk } from '../ports.js';
import type { GoogleClient } from './client.js';
import { METHODS } from './methods.js';

/** Mail from Quell's own mailbox. Gmail has no request id: the mail carries a Message-ID made of the key, and is looked for before it is sent. */
export function mailTalk(client: GoogleClient, from: string): Talk {
  return {
    channel: 'mail',
    async send(to, message, { signal } = {}) {
      if (!z.email().safeParse(to).success) throw new QuellError('CONFIG', 'not a mail address');
      const messageId = `quell.${createHash('sha256').update(message.key).digest('hex').slice(0, 40)}@${from.split('@').at(-1) ?? ''}`;
      const find = async (): Promise<string | undefined> => {
        const { messages } = await client.call(
          METHODS.mails,
          { email: from },
          (gmail, o) =>
            gmail.users.messages.list({ userId: 'me', q: `rfc822msgid:${messageId}`, includeSpamTrash: true }, o),
          z.looseObject({ messages: z.array(z.looseObject({ id: z.string() })).nullish() }),
          signal,
        );
        return messages?.[0]?.id;
      };
      return await postOnce(find, async () => {
        const raw = (await mailOf({ from, to, messageId }, message)).toString('base64url');
        const sent = await client.call(
          METHODS.send,
          { email: from },
          (gmail, o) => gmail.users.messages.send({ userId: 'me', requestBody: { raw } }, o),
          z.looseObject({ id: z.string() }),
          signal,
        );
        return sent.id;
      });
    },
  };
}
