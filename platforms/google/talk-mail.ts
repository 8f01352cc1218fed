import { createHash } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { OutgoingMessage, Talk } from '../ports.js';
import type { GoogleClient } from './client.js';
import { METHODS } from './methods.js';

/** Mail from Quell's own mailbox. Gmail has no request id: the mail carries a Message-ID made of the key, and is looked for before it is sent. */
export function mailTalk(client: GoogleClient, from: string): Talk {
  return {
    channel: 'mail',
    async send(to, message, { signal } = {}) {
      if (!z.email().safeParse(to).success) throw new QuellError('CONFIG', 'not a mail address');
      const id = `quell.${createHash('sha256').update(message.key).digest('hex').slice(0, 40)}@${from.split('@').at(-1) ?? ''}`;
      const { messages } = await client.call(
        METHODS.mails,
        { email: from },
        (gmail, o) => gmail.users.messages.list({ userId: 'me', q: `rfc822msgid:${id}`, includeSpamTrash: true }, o),
        z.looseObject({ messages: z.array(z.looseObject({ id: z.string() })).nullish() }),
        signal,
      );
      const before = messages?.[0];
      if (before) return { messageId: before.id, already: true };
      const sent = await client.call(
        METHODS.send,
        { email: from },
        (gmail, o) =>
          gmail.users.messages.send({ userId: 'me', requestBody: { raw: rfc5322(from, to, id, message) } }, o),
        z.looseObject({ id: z.string() }),
        signal,
      );
      return { messageId: sent.id, already: false };
    },
  };
}

/** Plain text, all of it in base64: nothing in it can be read as a header or rendered. */
function rfc5322(from: string, to: string, id: string, message: OutgoingMessage): string {
  const text = [message.text, ...(message.link ? [`${message.link.label}: ${message.link.url}`] : [])].join('\n\n');
  const lines = [
    `From: Quell <${from}>`,
    `To: ${to}`,
    `Subject: ${encodedWords(message.title)}`,
    `Message-ID: <${id}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
  ];
  return Buffer.from(lines.join('\r\n')).toString('base64url');
}

/** RFC 2047: at most 75 characters a word, no character split between two. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const char of text) {
    if (Buffer.byteLength(word + char) > 45) {
      words.push(word);
      word = '';
    }
    word += char;
  }
  return [...words, word].map((w) => `=?utf-8?B?${Buffer.from(w).toString('base64')}?=`).join(' ');
}
