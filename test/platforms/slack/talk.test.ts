import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { parseBlockAction, type BlockAction } from '../../../platforms/slack/block-actions.js';
import { say } from '../../../platforms/slack/respond.js';
import { slackBases } from '../../../platforms/slack/settings.js';
import { verifySlackRequest } from '../../../platforms/slack/verify-request.js';
import type { OutgoingMessage } from '../../../platforms/ports.js';
import { createWire, type Wire } from '../../../platforms/wire.js';
import { startTenant, talkOf, type Tenant } from './fixture.js';

const replaceMessage = (by: Wire, url: string, text: string) => say(by, url, { text, replace: true });

let tenant: Tenant;
let receiver: Server | undefined;
afterEach(async () => {
  await tenant.close();
  receiver?.closeAllConnections();
  await new Promise((done) => (receiver ? receiver.close(done) : done(undefined)));
  receiver = undefined;
});

const MESSAGE: OutgoingMessage = {
  key: 'ask-1',
  title: 'Was this you?',
  text: 'Sign-in from <somewhere> & a download.',
  buttons: [
    { id: 'me', label: 'Yes, that was me', value: 'ask-1/me' },
    { id: 'not_me', label: 'No, not me', value: 'ask-1/not_me' },
  ],
  link: { label: 'Open', url: 'https://quell.example.com/answer/abc' },
};
async function send(to: string, message = MESSAGE): Promise<{ readonly messageId: string; readonly already: boolean }> {
  const [talk] = talkOf(tenant).talk;
  if (!talk) throw new Error('no way to talk');
  return await talk.send(tenant.id(to), message);
}
const received = () => tenant.simulator.messagesTo?.('dana') ?? [];

describe('sending', () => {
  it('reaches the person once per key', async () => {
    tenant = await startTenant();
    const first = await send('dana');
    const second = await send('dana');
    expect(first.already).toBe(false);
    expect(second).toEqual({ messageId: first.messageId, already: true });
    await send('dana', { ...MESSAGE, key: 'ask-2' });
    expect(received()).toHaveLength(2);
    expect(received()[0]).toMatchObject({
      channel: 'slack',
      text: 'Was this you?\nSign-in from &lt;somewhere&gt; &amp; a download.',
      links: ['https://quell.example.com/answer/abc'],
    });
  });

  it('does not post again when the answer was lost', async () => {
    tenant = await startTenant();
    tenant.fault('chat.postMessage', 'reply_lost');
    await expect(send('dana')).rejects.toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
    expect((await send('dana')).already).toBe(true);
    expect(received()).toHaveLength(1);
  });

  it('posts nothing when it cannot look first', async () => {
    tenant = await startTenant();
    tenant.take('im:history');
    await expect(send('dana')).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
    expect(received()).toHaveLength(0);
  });

  it('says that a deactivated person cannot be reached', async () => {
    tenant = await startTenant();
    const dana = tenant.simulator.state.member(tenant.id('dana'));
    if (dana) dana.active = false;
    await expect(send('dana')).rejects.toMatchObject({
      code: 'VENDOR_REFUSED',
      detail: 'conversations.open: user_disabled',
    });
  });

  it('cuts what is too long for Slack instead of failing', async () => {
    tenant = await startTenant();
    await send('dana', {
      ...MESSAGE,
      title: 't'.repeat(400),
      text: 'x'.repeat(7000),
      buttons: [{ id: 'me', label: 'l'.repeat(200), value: 'v' }],
    });
    expect(received()).toHaveLength(1);
  });

  it('works with the bot token alone, and not with another', async () => {
    tenant = await startTenant();
    const token = tenant.simulator.tokens.get(tenant.own.tokens.bot);
    expect([...(token?.scopes ?? [])].sort()).toEqual(['chat:write', 'im:history', 'im:write']);
  });
});

describe('the answer', () => {
  const wire = () => tenant.settings({}).wire;
  /** Takes callbacks as the gateway does: verify over the raw body, then parse. */
  async function listen(): Promise<{ readonly url: string; readonly actions: BlockAction[] }> {
    const actions: BlockAction[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const rawBody = Buffer.concat(chunks);
        const header = (name: string): string | undefined => request.headers[name] as string | undefined;
        try {
          verifySlackRequest(
            tenant.own.signingSecret,
            { signature: header('x-slack-signature'), timestamp: header('x-slack-request-timestamp'), rawBody },
            new Date(),
          );
          const action = parseBlockAction(rawBody.toString());
          if (action) actions.push(action);
          response.writeHead(200).end();
        } catch {
          response.writeHead(401).end();
        }
      });
    });
    receiver = server;
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return { url: `http://127.0.0.1:${String(address.port)}/`, actions };
  }

  it('comes back signed, says who pressed what, and the buttons go away', async () => {
    tenant = await startTenant();
    const { url, actions } = await listen();
    tenant.simulator.callbackUrl = url;
    const { messageId } = await send('dana');
    const ts = messageId.split('/')[1] ?? '';
    expect(await tenant.simulator.press('dana', ts, 'not_me')).toBe(200);
    expect(actions).toEqual([
      {
        userId: tenant.id('dana'),
        actionId: 'not_me',
        value: 'ask-1/not_me',
        actionTs: expect.stringMatching(/^\d+\.\d{6}$/) as string,
        messageId,
        appId: tenant.own.appId,
        responseUrl: expect.stringMatching(/^https:\/\/hooks\.slack\.com\/actions\//) as string,
        triggerId: expect.any(String) as string,
      },
    ]);
    await replaceMessage(wire(), actions[0]?.responseUrl ?? '', 'Thank <you>.');
    expect(received().map((m) => m.text)).toEqual(['Thank &lt;you&gt;.']);
    await expect(tenant.simulator.press('dana', ts, 'not_me')).rejects.toThrow('no button');
    expect((await send('dana')).already).toBe(true);
  });

  it('replaces the message at Slack’s address only, five times, within half an hour', async () => {
    let now = new Date();
    tenant = await startTenant([], { now: () => now });
    const { url, actions } = await listen();
    tenant.simulator.callbackUrl = url;
    const { messageId } = await send('dana');
    for (const _ of [1, 2]) await tenant.simulator.press('dana', messageId.split('/')[1] ?? '', 'me');
    const [used = '', late = ''] = actions.map((a) => a.responseUrl ?? '');
    for (let n = 1; n <= 5; n++) await replaceMessage(wire(), used, `Answer ${String(n)}`);
    expect(received().map((m) => m.text)).toEqual(['Answer 5']);
    await expect(replaceMessage(wire(), used, 'too many')).rejects.toMatchObject({ code: 'VENDOR_NOT_FOUND' });
    now = new Date(now.getTime() + 31 * 60_000);
    await expect(replaceMessage(wire(), late, 'too late')).rejects.toMatchObject({ code: 'VENDOR_NOT_FOUND' });
    await expect(replaceMessage(wire(), `${url}actions/x`, 'elsewhere')).rejects.toMatchObject({ code: 'CONFIG' });
    expect(received().map((m) => m.text)).toEqual(['Answer 5']);
  });

  it('leaves no address in the record of calls, which is a credential for half an hour', async () => {
    tenant = await startTenant();
    const seen: string[] = [];
    const wire = createWire({
      bases: slackBases({ api: tenant.url, audit: tenant.url, scim: tenant.url, hooks: `${tenant.url}/hooks/` }),
      record: ({ operation }, url) => seen.push(`${operation} ${url.href}`),
    });
    await expect(replaceMessage(wire, 'https://hooks.slack.com/actions/T1/secret', 'x')).rejects.toThrow();
    expect(seen).toEqual(['response_url https://hooks.slack.com/']);
  });

  it('that cannot be shown to the person is an error of the catalogue', async () => {
    tenant = await startTenant();
    const address = 'https://hooks.slack.com/actions/T1/x';
    for (const [kind, code] of [
      ['throttle', 'VENDOR_BUSY'],
      ['error', 'VENDOR_DOWN'],
      ['reset', 'VENDOR_DOWN'],
    ] as const) {
      tenant.fault('response_url', kind);
      await expect(replaceMessage(wire(), address, 'Thank you.')).rejects.toMatchObject({ code });
    }
  });

  it('of a link button is no answer', async () => {
    tenant = await startTenant();
    const { url, actions } = await listen();
    tenant.simulator.callbackUrl = url;
    const { messageId } = await send('dana');
    expect(await tenant.simulator.press('dana', messageId.split('/')[1] ?? '', 'open_link')).toBe(200);
    expect(actions).toEqual([]);
  });
});
