import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownWords } from '../../domain/own-words.js';

const OWN = 'Yes, on Monday.';
const OTHERS = 'I fly to Lisbon on Sunday.';

describe('the writer’s own words', () => {
  it.each([
    ['lines of a mail', `${OWN}\n> ${OTHERS}\n>> deeper`],
    [
      'an introduction and its lines',
      `${OWN}\n\nOn Tue, 10 Mar 2026 at 09:00, Kim <kim@example.com> wrote:\n> ${OTHERS}`,
    ],
    [
      'an introduction over two lines',
      `${OWN}\n\nOn Tuesday, 10 March 2026 at 09:00, Kim Example from the second floor\n<kim@example.com> wrote:\n\n> ${OTHERS}`,
    ],
    ['an introduction without lines', `${OWN}\n\nOn Mar 10, 2026, Kim wrote:\n\n${OTHERS}`],
    ['German', `${OWN}\n\nAm 10.03.2026 um 09:00 schrieb Kim Beispiel <kim@example.com>:\n> ${OTHERS}`],
    [
      'German, Outlook',
      `${OWN}\n\nVon: Kim Beispiel <kim@example.com>\nGesendet: Dienstag, 10. März 2026 09:00\nAn: Dana\nBetreff: Reise\n\n${OTHERS}`,
    ],
    ['French', `${OWN}\nLe mar. 10 mars 2026 à 09:00, Kim <kim@example.com> a écrit :\n> ${OTHERS}`],
    ['Spanish', `${OWN}\nEl mar, 10 mar 2026 a las 9:00, Kim (<kim@example.com>) escribió:\n> ${OTHERS}`],
    [
      'Outlook',
      `${OWN}\n\nFrom: Kim <kim@example.com>\nSent: Tuesday, March 10, 2026 9:00 AM\nTo: Dana\nSubject: trip\n\n${OTHERS}`,
    ],
    ['fields in bold', `${OWN}\n\n*From:* Kim <kim@example.com>\n*Sent:* Tuesday, March 10, 2026\n\n${OTHERS}`],
    ['an original message', `${OWN}\n\n-----Original Message-----\n${OTHERS}`],
    ['a German one', `${OWN}\n-----Ursprüngliche Nachricht-----\n${OTHERS}`],
    ['a forwarded one', `${OWN}\n\n---------- Forwarded message ---------\nFrom: Kim\n\n${OTHERS}`],
    ['Apple’s', `${OWN}\n\nBegin forwarded message:\n\n${OTHERS}`],
    [
      'a quotation of Teams',
      `<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="1"><strong>Kim</strong><p>${OTHERS}</p></blockquote><p>${OWN}</p>`,
    ],
    ['one in another', `<p>${OWN}</p><blockquote>a<blockquote>${OTHERS}</blockquote>b</blockquote>`],
    ['one that is not closed', `<p>${OWN}</p><blockquote>${OTHERS}`],
    ['Slack, escaped', `&gt; ${OTHERS}\n${OWN}`],
    ['Slack, to the end', `${OWN}\n&gt;&gt;&gt; a\n\n${OTHERS}`],
    ['an answer between the lines', `> ${OTHERS}\n${OWN}\n> more of it`],
    ['invisible characters before the mark', `${OWN}\n\u200b> ${OTHERS}`],
  ])('%s', (_, text) => {
    expect(ownWords(text)).toBe(OWN);
  });

  it.each([
    'On Monday I wrote: the report is done.', // no date, and more after the colon
    'I got it from: Kim\nand sent it on',
    'a > b and b >c',
    'Von: Berlin\nNach: Hamburg',
    'From: Berlin to Hamburg, Monday',
    'He forwarded message after message',
    '',
  ])('leaves what quotes nobody: %j', (text) => {
    expect(ownWords(text)).toBe(text);
  });

  it('never says more than the text does, in a time that grows with it', () => {
    const piece = fc.constantFrom(
      '> ',
      '>>> ',
      'On 1 ',
      ' wrote:',
      'Von: x',
      'Gesendet: y',
      '\n',
      'word ',
      '<blockquote>',
      '</blockquote>',
      '-----Original Message-----',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const all = new Set(pieces.join('').match(/\w+/g));
        for (const word of ownWords(pieces.join('')).match(/\w+/g) ?? []) expect(all.has(word)).toBe(true);
      }),
    );
    expect(ownWords('Von: x</blockquote>word <blockquote>')).not.toContain('xword');
    const started = performance.now();
    ownWords('On 1 a\n'.repeat(20_000) + '<blockquote>'.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
