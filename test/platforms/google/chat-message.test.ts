import { describe, expect, it } from 'vitest';
import { messageShape, senderOf, wordsOf } from '../../../platforms/google/sources/chat-message.js';
import { messagesIn } from '../../../platforms/google/sources/messages.js';
import { CONTEXT, DANA, MAX, QUERY } from './rows.js';

const HERE = { name: 'spaces/AAA', private: false, external: false };
const raw = (more: object): object => ({
  ...{ name: 'spaces/AAA/messages/B.B', createTime: '2026-03-10T10:00:00.000Z' },
  sender: { name: `users/${DANA}`, type: 'HUMAN' },
  ...more,
});
const words = (more: object) => wordsOf(messageShape.parse(raw(more)));
const event = (more: object) => messagesIn(CONTEXT, QUERY, HERE, [raw(more)]).values[0];

describe('the words of a message', () => {
  it('are its text; the formatted text where there is no other', () => {
    expect(words({ text: 'hello', formattedText: '*hello*' })).toEqual({ text: 'hello', urls: [] });
    expect(words({ formattedText: '*hello*' }).text).toBe('*hello*');
    expect(words({})).toEqual({ urls: [] });
  });

  it('are those of its cards too, of the new form and the old', () => {
    const widgets = [
      { textParagraph: { text: 'The <b>password</b> is <a href="https://vault.example.com/1">here</a>' } },
      { decoratedText: { topLabel: 'Owner', text: 'Dana', bottomLabel: 'since May' } },
      { buttonList: { buttons: [{ text: 'Open', onClick: { openLink: { url: 'https://app.example.com/x' } } }] } },
      { image: { imageUrl: 'https://pictures.example.com/a.png', altText: 'a chart' } },
      { columns: { columnItems: [{ widgets: [{ textParagraph: { text: 'in a column' } }] }] } },
    ];
    for (const cards of [
      { cardsV2: [{ cardId: 'c', card: { header: { title: 'Build 7' }, sections: [{ widgets }] } }] },
      { cards: [{ header: { title: 'Build 7' }, sections: [{ widgets }] }] },
    ]) {
      const { text, urls } = words({ text: 'see below', ...cards });
      expect(text?.split('\n')).toEqual([
        ...['see below', 'Build 7', 'The <b>password</b> is <a href="https://vault.example.com/1">here</a>'],
        ...['Owner', 'Dana', 'since May', 'Open', 'a chart', 'in a column'],
      ]);
      expect(urls).toEqual(['https://vault.example.com/1', 'https://app.example.com/x']);
    }
  });

  it('are those of the buttons below it', () => {
    const button = { text: 'Open', onClick: { openLink: { url: 'https://app.example.com/x' } } };
    expect(words({ text: 'done', accessoryWidgets: [{ buttonList: { buttons: [button] } }] })).toEqual({
      text: 'done\nOpen',
      urls: ['https://app.example.com/x'],
    });
  });

  it('are not those of what it quotes or forwards', () => {
    const quoted = { text: 'the password is hunter2', formattedText: 'https://leak.example.net/x' };
    const quotedMessageMetadata = { name: 'spaces/AAA/messages/Q', quotedMessageSnapshot: quoted };
    expect(words({ text: 'as you said', quotedMessageMetadata })).toEqual({ text: 'as you said', urls: [] });
    const forwarded = { ...quotedMessageMetadata, forwardedMetadata: { space: 'spaces/ZZZ' } };
    expect(event({ text: 'fyi', quotedMessageMetadata: forwarded })).toMatchObject({
      text: 'fyi',
      labels: ['forwarded'],
    });
  });

  it.each([
    ['see https://wiki.example.com/x.', ['https://wiki.example.com/x']],
    [
      '<https://wiki.example.com/x|the wiki> and `https://a.example.com`',
      ['https://wiki.example.com/x', 'https://a.example.com'],
    ],
    ['twice https://a.example.com https://a.example.com', ['https://a.example.com']],
    ['no link: example.com', []],
  ])('%j links to %j', (text, urls) => {
    expect(words({ text }).urls).toEqual(urls);
  });

  it('link to what they were annotated with', () => {
    const annotations = [
      { type: 'RICH_LINK', richLinkMetadata: { uri: 'https://docs.example.com/d' } },
      { type: 'USER_MENTION', userMention: { user: { name: `users/${MAX}` } } },
    ];
    expect(words({ text: 'the plan @Max', annotations }).urls).toEqual(['https://docs.example.com/d']);
  });

  it('of a card without end are read to a bound', () => {
    let card: object = { text: 'deep' };
    for (let n = 0; n < 5_000; n++) card = { widget: card };
    expect(words({ text: 'top', cardsV2: card })).toEqual({ text: 'top', urls: [] });
  });
});

describe('the author of a message', () => {
  const by = (sender: unknown) => senderOf(messageShape.parse(raw({ sender })));
  it.each([
    [
      { name: `users/${MAX}`, type: 'HUMAN' },
      { id: MAX, isApp: false },
    ],
    [
      { name: 'users/114022495153014004089', type: 'BOT' },
      { id: '114022495153014004089', isApp: true },
    ],
    [
      { name: 'users/app', type: 'BOT' },
      { id: 'app', isApp: true },
    ],
    [{ name: 'users/105250506097979753968', type: 'HUMAN' }, undefined],
    [{ name: 'spaces/AAA' }, undefined],
    [{ displayName: 'Max' }, undefined],
    [null, undefined],
  ])('%j is %j', (sender, expected) => {
    expect(by(sender)).toEqual(expected);
  });

  it('is the person or somebody else; an app stands as one', () => {
    expect(event({ text: 'x' })).toMatchObject({ kind: 'message', actor: DANA });
    const app = event({ text: 'x', sender: { name: 'users/77', type: 'BOT' } });
    expect(app).toMatchObject({ kind: 'message_received', actor: '77', app: { id: '77' } });
    expect(event({ sender: undefined })).toMatchObject({ kind: 'message_received' });
  });
});

it('counts all files of a message and names the first', () => {
  const attachment = [{ name: 'a/1', contentName: 'plan.pdf' }, null, { driveDataRef: { driveFileId: 'f-2' } }];
  expect(event({ attachment })).toMatchObject({
    count: 2,
    labels: ['attachment'],
    target: { id: 'a/1', name: 'plan.pdf' },
  });
});
