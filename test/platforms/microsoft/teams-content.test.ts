import { describe, expect, it } from 'vitest';
import { saidIn } from '../../../platforms/microsoft/sources/teams-content.js';
import { list, portOver, readSource } from './canned.js';
import { message } from './recorded.js';

const card = (content: unknown, contentType = 'application/vnd.microsoft.card.adaptive') => ({
  ...{ id: 'c1', contentType, name: undefined },
  content: JSON.stringify(content),
});
const file = 'https://files.example.com/a';

describe('what a Teams message says', () => {
  it.each([
    [
      'a pasted picture',
      '<p>look <img src="https://graph.microsoft.com/v1.0/chats/c/messages/1/hostedContents/x/$value" itemid="x"></p>',
      'look',
      [],
    ],
    ['an anchor', `<p>see <a href="${file}?a=1&amp;b=2" title="x">here</a></p>`, 'see here', [`${file}?a=1&b=2`]],
    ['an anchor that shows its address', `<a href="${file}">${file}</a>`, file, [file]],
    ['an address in the text', `<div>see ${file}.</div>`, `see ${file}.`, [file]],
    ['a mail address to press', '<a href="mailto:kim@example.com">kim</a>', 'kim', []],
    ['markup', '<p><strong>pass</strong>word: <code>Tr0ub4dor</code></p>', 'password: Tr0ub4dor', []],
    ['a picture as a link', `<a href='${file}'><img src="https://img.example.com/x.png"></a>`, '', [file]],
    [
      'a quoted message',
      `<blockquote itemscope itemtype="http://schema.skype.com/Reply"><p>their password: x ${file}</p></blockquote><p>mine</p>`,
      'mine',
      [],
    ],
  ])('%s', (_, html, text, urls) => {
    expect(saidIn(html, [])).toEqual({ text, urls, isForwarded: false });
  });

  it.each([
    [
      'an adaptive card',
      card({
        type: 'AdaptiveCard',
        body: [
          { type: 'TextBlock', text: `password: Tr0ub4dor-Horse-9 [doc](${file}/b)` },
          { type: 'FactSet', facts: [{ title: 'host', value: 'db.example.com' }] },
          { type: 'Image', url: 'https://img.example.com/x.png' },
          { type: 'RichTextBlock', inlines: ['one', { type: 'TextRun', text: 'two' }] },
        ],
        actions: [{ type: 'Action.OpenUrl', title: 'open', url: file }],
      }),
      ['Tr0ub4dor-Horse-9', 'db.example.com', 'one', 'two', 'open'],
      [file, `${file}/b`],
    ],
    [
      'a hero card',
      card(
        {
          title: 'A',
          text: 'B',
          images: [{ url: 'https://img.example.com/x.png' }],
          buttons: [{ type: 'openUrl', title: 'C', value: file }],
        },
        'application/vnd.microsoft.card.hero',
      ),
      ['A', 'B', 'C'],
      [file],
    ],
    [
      'a connector card',
      card(
        {
          title: 'T',
          sections: [{ activityTitle: 'by', facts: [{ name: 'k', value: 'v' }] }],
          potentialAction: [{ '@type': 'OpenUri', name: 'go', targets: [{ os: 'default', uri: file }] }],
        },
        'application/vnd.microsoft.teams.card.o365connector',
      ),
      ['T', 'by', 'k', 'v'],
      [file],
    ],
  ])('in %s', (_, attached, words, urls) => {
    const said = saidIn('<attachment id="c1"></attachment>', [attached]);
    for (const word of words) expect(said.text).toContain(word);
    expect(said.urls).toEqual(urls);
  });

  it('keeps the words of others apart: an answer has its own, a forward passes links on', () => {
    const quoted = {
      id: '1',
      contentType: 'messageReference',
      name: undefined,
      content: JSON.stringify({ messageId: '1', messagePreview: `their password ${file}` }),
    };
    expect(saidIn('<attachment id="1"></attachment><p>no</p>', [quoted])).toEqual({
      text: 'no',
      urls: [],
      isForwarded: false,
    });
    const passed = {
      ...quoted,
      contentType: 'forwardedMessageReference',
      content: JSON.stringify({ originalMessageContent: `<p>their words <a href="${file}">x</a></p>` }),
    };
    expect(saidIn('<p>look</p>', [passed])).toEqual({ text: 'look', urls: [file], isForwarded: true });
  });

  it('is read of cards of any form without harm', () => {
    let deep: unknown = { type: 'TextBlock', text: 'deep' };
    for (let n = 0; n < 5_000; n++) deep = { items: [deep] };
    for (const content of [deep, '{', 7, null, [], { body: null }, 'x'.repeat(300_000)])
      expect(() =>
        saidIn('', [{ id: 'c', name: undefined, contentType: 'application/vnd.microsoft.card.adaptive', content }]),
      ).not.toThrow();
    const before = performance.now();
    saidIn('<a href='.repeat(20_000) + '<blockquote>'.repeat(10_000), []);
    expect(performance.now() - before).toBeLessThan(3_000);
  });
});

it('a post in a channel says its title too', async () => {
  const subject = `plan B ${file}`;
  const { events } = await readSource(
    portOver({
      chatMessages: list({ ...message, subject, body: { content: '<p>see above</p>' } }),
      joinedTeams: list(),
    }),
    'microsoft.messages',
  );
  expect(events[0]).toMatchObject({ text: `${subject}\nsee above`, urls: [file] });
});

it('who writes from another organisation is outside, by the account’s kind or its tenant', async () => {
  const from = (user: object) => ({ ...message, id: JSON.stringify(user), from: { user: { id: 'x', ...user } } });
  const rows = [
    from({ userIdentityType: 'federatedUser' }),
    from({ userIdentityType: 'aadUser', tenantId: '99999999-9999-4999-8999-999999999999' }),
    from({ userIdentityType: 'aadUser', tenantId: '22222222-2222-4222-8222-222222222222' }),
    from({ userIdentityType: 'AnonymousGuest' }),
  ];
  const { events } = await readSource(
    portOver({ chatMessages: list(...rows), joinedTeams: list() }),
    'microsoft.messages',
  );
  expect(events.map((e) => e.channel?.external)).toEqual([true, true, undefined, true]);
});
