import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mailOf, mailText } from '../../../platforms/kit/mail.js';

const TO = { from: 'quell@example.com', to: 'dana@example.com', messageId: 'quell.0a1b@example.com' };
const composed = async (title: string, text = 'Please answer.') => {
  const mail = (await mailOf(TO, { key: 'k', title, text })).toString();
  const end = mail.indexOf('\r\n\r\n');
  const names = [...mail.slice(0, end).matchAll(/^([\w-]+):/gm)].map(([, name]) => name);
  const unfolded = mail.slice(0, end).replace(/\r\n(?=[ \t])/g, '');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(unfolded)?.[1]?.trim();
  return { mail, names, header, body: mail.slice(end + 4) };
};
const HEADERS = ['From', 'To', 'Subject', 'Message-ID', 'Date', 'MIME-Version'].sort();

describe('a mail', () => {
  it('is to one person, under the id that it is looked for by, and plain text', async () => {
    const { header, body } = await composed('Was that you?', 'A sign-in from <b>Brazil</b>\nÜber Nacht.');
    expect(header('From')).toBe('Quell <quell@example.com>');
    expect(header('To')).toBe('dana@example.com');
    expect(header('Message-ID')).toBe('<quell.0a1b@example.com>');
    expect(header('Content-Type')).toBe('text/plain; charset=utf-8');
    expect(header('Content-Transfer-Encoding')).toBe('base64');
    expect(Buffer.from(body, 'base64').toString()).toBe('A sign-in from <b>Brazil</b>\nÜber Nacht.');
  });

  it('has the same headers whatever its title and text say, in lines that mail servers take', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom('\r\nBcc: x@example.org', '\n\nbody', '\r', '\u0000', '\u2028', ' '),
        async (words, odd) => {
          const { names, mail, header } = await composed(`Notice ${words}${odd}${words}`, `${odd}${words}`);
          expect(names.filter((n) => !n?.startsWith('Content-')).sort()).toEqual(HEADERS);
          expect(header('To')).toBe('dana@example.com');
          for (const line of mail.split('\r\n')) expect(line).toMatch(/^[\t -~]{0,998}$/);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leads to the page where it can be answered', () => {
    const link = { label: 'Answer', url: 'https://quell.example.com/a/1' };
    expect(mailText({ key: 'k', title: 't', text: 'Please answer.', link })).toBe(
      'Please answer.\n\nAnswer: https://quell.example.com/a/1',
    );
  });
});
