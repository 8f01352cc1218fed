import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { messagesIn } from '../../../platforms/slack/sources/message.js';
import { contextOf, MESSAGE, PLACE, QUERY } from './recorded.js';

const read = (row: object, query = QUERY, place = PLACE): readonly EvidenceEvent[] =>
  messagesIn(contextOf(), place, query, [
    { type: 'message', user: 'U0DANA01', ts: '1773136800.000100', text: '', ...row },
  ]).values;
const one = (row: object): EvidenceEvent => {
  const [event] = read(row);
  if (!event) throw new Error('the message was not read');
  return event;
};
const secret = ['password:', 'Tr0ub4dor-Horse-9'].join(' ');
const rich = (...elements: readonly object[]) => ({
  blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }],
});

describe('the words and links of a message', () => {
  it('are those of attachments too: pretext, title, text, fields, footer, and the fallback where there are no others', () => {
    const link = 'https://files.example.com/a';
    const event = one({
      attachments: [
        {
          ...{ fallback: 'deploy', pretext: 'deploy', text: secret, title: 'open', title_link: link },
          ...{ fields: [{ title: 'Host', value: 'db.example.com' }], footer: 'from the pipeline' },
          ...{ from_url: 'https://files.example.com/b', image_url: 'https://files.example.com/picture.png' },
        },
        { fallback: 'nothing but this' },
      ],
    });
    expect(event.text?.split('\n')).toEqual([
      ...['deploy', 'open', secret, 'Host', 'db.example.com', 'from the pipeline', 'nothing but this'],
    ]);
    expect(event.urls).toEqual([link, 'https://files.example.com/b']);
  });

  it('are read of blocks of any form: one where a list is expected, and markdown with links of its own form', () => {
    const text =
      'see [the plan](https://files.example.com/plan), <https://files.example.com/b> or https://files.example.com/c.';
    const event = one({ blocks: { type: 'markdown', text } });
    expect(event.text).toContain('the plan');
    expect(event.urls?.toSorted()).toEqual(['b', 'c', 'plan'].map((name) => `https://files.example.com/${name}`));
  });

  it('are links and buttons alone: the picture of a custom emoji is none', () => {
    const event = one({
      text: 'well done :party:',
      blocks: [
        ...rich(
          { type: 'text', text: 'well done ' },
          { type: 'emoji', name: 'party', url: 'https://emoji.example.com/party.gif' },
        ).blocks,
        {
          type: 'image',
          image_url: 'https://files.example.com/i.png',
          url: 'https://files.example.com/i',
          alt_text: 'cat',
        },
      ],
    });
    expect(event).not.toHaveProperty('urls');
    expect(event.text).toBe('well done :party:\ncat');
    expect(
      one({
        blocks: [
          {
            type: 'actions',
            elements: [
              { type: 'button', text: { type: 'plain_text', text: 'Open' }, url: 'https://files.example.com/o' },
            ],
          },
        ],
      }),
    ).toMatchObject({ text: 'Open', urls: ['https://files.example.com/o'] });
  });

  it.each([
    ['section', { type: 'section', text: { type: 'mrkdwn', text: `*${secret}*` } }],
    ['fields', { type: 'section', fields: [{ type: 'plain_text', text: secret }] }],
    ['header', { type: 'header', text: { type: 'plain_text', text: secret } }],
    ['context', { type: 'context', elements: [{ type: 'mrkdwn', text: secret }] }],
    [
      'list',
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_list', elements: rich({ type: 'text', text: secret }).blocks[0]?.elements }],
      },
    ],
    [
      'code',
      { type: 'rich_text', elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: secret }] }] },
    ],
    ['table', { type: 'table', rows: [[{ type: 'raw_text', text: secret }]] }],
    ['markdown', { type: 'markdown', text: secret }],
    ['a block of a kind to come', { type: 'novelty', body: secret }],
  ])('are read of a %s', (_, block) => {
    expect(one({ blocks: [block] }).text).toBe(secret);
    // And not twice where the text has them already.
    expect(one({ text: secret, blocks: [block] }).text).toBe(secret);
  });

  it('show people, channels, groups and times as Slack does', () => {
    const text =
      '<@U0KIM001|kim> in <#C0EXAMPLE|help>, <!subteam^S1|@ops>, <!here>, <!date^1773136800^{date}|today> a &lt;b&gt; &amp; c';
    expect(one({ text }).text).toBe('@kim in #help, @ops, @here, today a <b> & c');
  });

  it('are the title, the comment and the preview of a file', () => {
    const files = [{ id: 'F1', name: 'a.txt', title: 'Passwords of 2026', preview: secret }];
    expect(one({ files })).toMatchObject({ text: `Passwords of 2026\n${secret}`, target: { type: 'file', id: 'F1' } });
  });

  it('are not kept where content may not be read', () => {
    const [event] = read({ text: secret, attachments: [{ text: secret }] }, { ...QUERY, readContent: false });
    expect(event).not.toHaveProperty('text');
  });
});

describe('what was shared or forwarded', () => {
  it.each([
    ['a share', { is_share: true, text: secret }],
    ['an unfolded link to a message', { is_msg_unfurl: true, text: secret }],
    ['a message in blocks', { message_blocks: [{ message: rich({ type: 'text', text: secret }) }] }],
  ])('%s is its author’s words, not those of who shared it', (_, shared) => {
    const attachment = { author_id: 'U0KIM001', channel_id: 'C0OTHER', ts: '1773136700.000100', ...shared };
    const [own, theirs] = read({ text: 'look at this', attachments: [attachment] });
    expect(own).toMatchObject({ kind: 'message', actor: 'U0DANA01', text: 'look at this' });
    expect(theirs).toMatchObject({
      ...{ kind: 'message_received', actor: 'U0KIM001', text: secret },
      ...{ target: { type: 'message', id: '1773136700.000100' }, channel: { id: 'C0OTHER' } },
    });
  });

  it('the parent of an answer that was sent to the channel is not said again', () => {
    const root = { user: 'U0KIM001', ts: '1773136700.000100', text: secret };
    expect(one({ subtype: 'thread_broadcast', text: 'yes', root }).text).toBe('yes');
  });
});

describe('a message is kept', () => {
  it.each([
    ['a count as text', { reply_count: '2' }],
    ['files that are none', { files: [null, 'a', { id: 7 }] }],
    ['a profile that is a text', { bot_profile: 'x' }],
    ['attachments that are one thing', { attachments: { text: 'x' } }],
    ['edited', { edited: { user: 'U0DANA01', ts: '1773136801.000000' } }],
    ['a subtype to come', { subtype: 'novelty' }],
  ])('with %s', (_, field) => {
    expect(one({ ...MESSAGE, text: secret, ...field }).text).toContain(secret);
  });

  it.each(['channel_join', 'group_topic', 'pinned_item', 'bot_add', 'tombstone', 'huddle_thread'])(
    'but not of %s, which nobody wrote',
    (subtype) => {
      expect(read({ subtype, text: 'x' })).toEqual([]);
    },
  );

  it('as an app’s, also where only the profile names the app', () => {
    const bot = {
      user: undefined,
      bot_id: 'B1',
      subtype: 'bot_message',
      bot_profile: { app_id: 'A0QUELL01', name: 'Quell' },
    };
    const [event] = read({ ...bot, text: 'Was this you?' }, QUERY, { ...PLACE, private: true });
    expect(event).toMatchObject({ kind: 'message_received', actor: 'B1', app: { id: 'A0QUELL01', name: 'Quell' } });
  });
});
