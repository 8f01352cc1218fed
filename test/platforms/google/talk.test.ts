import { afterEach, describe, expect, it } from 'vitest';
import type { OutgoingMessage, Talk } from '../../../platforms/ports.js';
import { createGoogleTalk } from '../../../platforms/google/talk.js';
import { talkOf, startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const MESSAGE: OutgoingMessage = {
  key: 'case-1/contact/1',
  title: 'Was that you? Prüfung',
  text: 'A sign-in from <b>Brazil</b> & more\nPlease answer.',
  buttons: [
    { id: 'me', label: 'It was me', value: 'opaque-1' },
    { id: 'not_me', label: 'It was not me', value: 'opaque-2' },
  ],
  link: { label: 'Answer', url: 'https://quell.example.com/a/token' },
};
function channel(name: Talk['channel']): Talk {
  const found = talkOf(tenant).talk.find((t) => t.channel === name);
  if (!found) throw new Error(`no channel ${name}`);
  return found;
}

describe('Google Chat', () => {
  it('opens the chat, posts once per key, and shows text as text', async () => {
    tenant = await startTenant();
    const first = await channel('google_chat').send(tenant.id('dana'), MESSAGE);
    expect(first.already).toBe(false);
    const again = await channel('google_chat').send(tenant.id('dana'), MESSAGE);
    expect(again).toEqual({ messageId: first.messageId, already: true });
    await channel('google_chat').send(tenant.id('dana'), { ...MESSAGE, key: 'case-1/contact/2' });
    await channel('google_chat').send(tenant.id('max'), MESSAGE);
    expect(tenant.simulator.appPosts).toHaveLength(3);
    expect(tenant.simulator.messagesTo?.('dana')).toHaveLength(2);
    expect(tenant.simulator.messagesTo?.('dana')[0]).toMatchObject({
      channel: 'google_chat',
      text: `${MESSAGE.title}\n${MESSAGE.text}`,
      links: ['https://quell.example.com/a/token'],
    });
    expect(JSON.stringify(tenant.simulator.appPosts[0]?.body)).toContain('&lt;b&gt;Brazil&lt;/b&gt; &amp; more<br>');
  });

  it('is one message when the answer is lost', async () => {
    tenant = await startTenant();
    tenant.fault('chat.spaces.messages.create', 'reply_lost');
    await expect(channel('google_chat').send(tenant.id('dana'), MESSAGE)).rejects.toMatchObject({
      code: 'VENDOR_DOWN',
    });
    expect(await channel('google_chat').send(tenant.id('dana'), MESSAGE)).toMatchObject({ already: true });
    expect(tenant.simulator.appPosts).toHaveLength(1);
  });

  it('puts verb and value into every button, for classic apps and for add-ons', async () => {
    tenant = await startTenant();
    await channel('google_chat').send(tenant.id('dana'), MESSAGE);
    const addOn = createGoogleTalk({ ...tenant.settings('people'), chatCallback: 'https://quell.example.com/chat' });
    await addOn.talk[0]?.send(tenant.id('dana'), { ...MESSAGE, key: 'other' });
    const [classic, other] = tenant.simulator.appPosts.map((p) => JSON.stringify(p.body));
    expect(classic).toContain(
      '"function":"answer","parameters":[{"key":"verb","value":"me"},{"key":"value","value":"opaque-1"}]',
    );
    expect(other).toContain('"function":"https://quell.example.com/chat"');
  });

  it('takes nothing but a directory id, and says by code that a suspended person has no chat', async () => {
    tenant = await startTenant();
    await expect(channel('google_chat').send('dana@example.com', MESSAGE)).rejects.toMatchObject({ code: 'CONFIG' });
    tenant.simulator.user('dana').suspended = true;
    await expect(channel('google_chat').send(tenant.id('dana'), MESSAGE)).rejects.toMatchObject({
      code: 'VENDOR_REFUSED',
    });
  });
});

describe('mail', () => {
  it('sends plain text once per key', async () => {
    tenant = await startTenant();
    const first = await channel('mail').send('dana@example.com', MESSAGE);
    expect(await channel('mail').send('dana@example.com', MESSAGE)).toEqual({ ...first, already: true });
    expect(tenant.simulator.messagesTo?.('dana')).toEqual([
      expect.objectContaining({
        channel: 'mail',
        text: `${MESSAGE.title}\n\n${MESSAGE.text}\n\nAnswer: https://quell.example.com/a/token`,
        links: ['https://quell.example.com/a/token'],
      }),
    ]);
  });

  it('is one mail when the answer is lost', async () => {
    tenant = await startTenant();
    tenant.fault('gmail.users.messages.send', 'reply_lost');
    await expect(channel('mail').send('dana@example.com', MESSAGE)).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
    expect(await channel('mail').send('dana@example.com', MESSAGE)).toMatchObject({ already: true });
    expect(tenant.simulator.sentMails).toHaveLength(1);
  });

  it('lets no title or address write a header', async () => {
    tenant = await startTenant();
    const title = `${'Überlänge '.repeat(20)}\r\nBcc: x@example.org`;
    await channel('mail').send('dana@example.com', { ...MESSAGE, title });
    expect(tenant.simulator.sentMails[0]).toMatchObject({
      to: 'dana@example.com',
      subject: title.replace('\r\n', ' '),
    });
    await expect(channel('mail').send('dana@example.com\r\nBcc: x@example.org', MESSAGE)).rejects.toMatchObject({
      code: 'CONFIG',
    });
    expect(tenant.simulator.sentMails).toHaveLength(1);
  });

  it('is not offered without a sender, nor Chat where it is off', async () => {
    tenant = await startTenant();
    const { talk } = createGoogleTalk(tenant.settings('people', { licences: { chat: false } }));
    expect(talk).toEqual([]);
  });
});
