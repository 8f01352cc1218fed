import MailComposer from 'nodemailer/lib/mail-composer';
import type { OutgoingMessage } from '../ports.js';

/** What a mail says: plain text, with the link below. Buttons need the page behind the link; a GET of it decides nothing. */
export function mailText({ text, link }: OutgoingMessage): string {
  return [text, ...(link ? [`${link.label}: ${link.url}`] : [])].join('\n\n');
}

/**
 * A mail as RFC 5322 and MIME have it. `from` and `to` are bare addresses, `messageId` is without its angle brackets. Plain text, all of it in
 * base64: nothing in it can be read as a header or rendered, and the composer lets no value of a header begin another.
 */
export async function mailOf(
  { from, to, messageId }: { readonly from: string; readonly to: string; readonly messageId: string },
  message: OutgoingMessage,
): Promise<Buffer> {
  const mail = new MailComposer({
    from: { name: 'Quell', address: from },
    to: { name: '', address: to },
    subject: message.title,
    messageId: `<${messageId}>`,
    text: mailText(message),
    encoding: 'base64',
    textEncoding: 'base64',
  });
  return await mail.compile().build();
}
