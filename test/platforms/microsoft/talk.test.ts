import { afterEach, describe, expect, it, vi } from 'vitest';
import type { OutgoingMessage, Talk } from '../../../platforms/ports.js';
import { createBotVerifier } from '../../../platforms/microsoft/verify-bot.js';
import { microsoftCredentials } from '../../../simulator/microsoft/auth.js';
import { startTenant, talkOf, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(async () => {
  vi.useRealTimers();
  await tenant.close();
});

const message: OutgoingMessage = {
  key: 'case-1/ask-1',
  title: 'Was this you?',
  text: 'A sign-in from *Amsterdam* at 10:00 UTC.',
  buttons: [{ id: 'answer', label: 'It was me', value: 'opaque-1' }],
  link: { label: 'Answer here', url: 'https://quell.example.com/a/1' },
};
const by = (channel: Talk['channel']): Talk => {
  const found = talkOf(tenant).talk.find((t) => t.channel === channel);
  if (!found) throw new Error(`no channel ${channel}`);
  return found;
};

describe('mail', () => {
  it('sends one mail per key, however often it is asked to', async () => {
    tenant = await startTenant();
    const first = await by('mail').send('dana@example.com', message);
    expect(first.already).toBe(false);
    expect(await by('mail').send('dana@example.com', message)).toEqual({ messageId: first.messageId, already: true });
    await by('mail').send('dana@example.com', { ...message, key: 'case-1/ask-2' });
    expect(tenant.simulator.sentMails).toMatchObject([
      { to: 'dana@example.com', subject: 'Was this you?', key: 'case-1/ask-1' },
      { key: 'case-1/ask-2' },
    ]);
    expect(tenant.simulator.sentMails[0]?.text).toContain('Answer here: https://quell.example.com/a/1');
  });

  it.each(['POST /users/{id}/messages', 'POST /users/{id}/messages/{messageId}/send'])(
    'sends once when the answer of %s is lost',
    async (operation) => {
      tenant = await startTenant();
      tenant.fault(operation, 'reply_lost');
      await expect(by('mail').send('dana@example.com', message)).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
      await by('mail').send('dana@example.com', message);
      expect(tenant.simulator.sentMails).toHaveLength(1);
    },
  );
});

describe('teams', () => {
  it('installs the bot for the person and posts one card per key', async () => {
    tenant = await startTenant();
    const first = await by('teams').send(tenant.id('max'), message);
    expect(await by('teams').send(tenant.id('max'), message)).toEqual({ messageId: first.messageId, already: true });
    expect(tenant.simulator.botPosts).toHaveLength(1);
    expect(tenant.simulator.botPosts[0]?.to).toBe(tenant.id('max'));
    const card = JSON.stringify(tenant.simulator.botPosts[0]?.activity);
    expect(card).toContain('opaque-1');
    expect(card).toContain(String.raw`\\*Amsterdam\\*`);
  });

  it.each(['POST /users/{id}/teamwork/installedApps', 'POST /v3/conversations/{id}/activities'])(
    'posts once when the answer of %s is lost',
    async (operation) => {
      tenant = await startTenant();
      tenant.fault(operation, 'reply_lost');
      await expect(by('teams').send(tenant.id('max'), message)).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
      await by('teams').send(tenant.id('max'), message);
      expect(tenant.simulator.botPosts).toHaveLength(1);
    },
  );

  it('points to the card in the activity feed, once per message, and the card stands without it', async () => {
    tenant = await startTenant();
    tenant.fault('POST /users/{id}/teamwork/sendActivityNotification', 'missing_scope');
    expect((await by('teams').send(tenant.id('max'), message)).already).toBe(false);
    expect(tenant.simulator.notices).toEqual([]);
    await by('teams').send(tenant.id('max'), message);
    await by('teams').send(tenant.id('max'), message); // the same chain: the entry is replaced
    expect(tenant.simulator.notices).toMatchObject([{ to: tenant.id('max'), preview: 'Was this you?' }]);
    await by('teams').send(tenant.id('max'), { ...message, key: 'case-1/ask-2' });
    expect(tenant.simulator.notices).toHaveLength(2);
    expect(tenant.simulator.botPosts).toHaveLength(2);
  });

  it('passes the cancellation on that comes while it points', async () => {
    tenant = await startTenant();
    tenant.fault('POST /users/{id}/teamwork/sendActivityNotification', 'timeout');
    const reason = new Error('cancelled');
    const stop = new AbortController();
    const sending = by('teams').send(tenant.id('max'), message, { signal: stop.signal });
    const timer = setInterval(() => {
      if (tenant.simulator.botPosts.length > 0) stop.abort(reason);
    }, 20);
    await expect(sending).rejects.toBe(reason);
    clearInterval(timer);
  });

  it('offers only the channels that are set up', async () => {
    tenant = await startTenant();
    const { createMicrosoftTalk } = await import('../../../platforms/microsoft/talk.js');
    expect(createMicrosoftTalk(tenant.settings('people')).talk).toEqual([]);
  });
});

describe('button presses', () => {
  async function pressed() {
    tenant = await startTenant();
    await by('teams').send(tenant.id('max'), message);
    const post = tenant.simulator.botPosts[0];
    if (!post) throw new Error('nothing posted');
    const { tenantId, people } = microsoftCredentials(tenant.world);
    const settings = {
      botAppId: people.clientId,
      tenantId,
      metadataUrl: `${tenant.url}/v1/.well-known/openidconfiguration`,
      timeoutMs: 2000,
    };
    return {
      settings,
      press: await tenant.simulator.bot.press(post, tenant.id('max'), { verb: 'answer', value: 'opaque-1' }),
    };
  }

  it('tell who pressed what, once verified', async () => {
    const { settings, press } = await pressed();
    expect(await createBotVerifier(settings)(press.authorization, press.body)).toMatchObject({
      userId: tenant.id('max'),
      kind: 'button',
      verb: 'answer',
      value: 'opaque-1',
    });
  });

  it('are refused without a token, for another bot, another tenant, another service address, another issuer, or when altered', async () => {
    const { settings, press } = await pressed();
    const verify = createBotVerifier(settings);
    const refused = { code: 'SIGNATURE' };
    await expect(verify(undefined, press.body)).rejects.toMatchObject(refused);
    await expect(verify(`${press.authorization}x`, press.body)).rejects.toMatchObject(refused);
    await expect(
      verify(press.authorization, { ...press.body, serviceUrl: 'https://evil.example.net/' }),
    ).rejects.toMatchObject(refused);
    await expect(verify(press.authorization, { ...press.body, channelId: 'slack' })).rejects.toMatchObject(refused);
    await expect(
      createBotVerifier({ ...settings, botAppId: 'another' })(press.authorization, press.body),
    ).rejects.toMatchObject(refused);
    await expect(
      createBotVerifier({ ...settings, tenantId: 'another' })(press.authorization, press.body),
    ).rejects.toMatchObject(refused);
    const foreign = await tenant.simulator.bot.sign({
      audience: settings.botAppId,
      serviceUrl: String(press.body['serviceUrl']),
      issuer: 'https://sts.example.net',
    });
    await expect(verify(`Bearer ${foreign}`, press.body)).rejects.toMatchObject(refused);
    vi.useFakeTimers({ now: Date.now() + 2 * 3_600_000, toFake: ['Date'] });
    await expect(createBotVerifier(settings)(press.authorization, press.body)).rejects.toMatchObject(refused);
  });

  it('are refused when their key is not endorsed for Teams', async () => {
    const { settings, press } = await pressed();
    const endorsed = async (endorsements: unknown) => {
      const published: typeof fetch = async (url, init) => {
        const answer = (await (await fetch(url, init)).json()) as { readonly keys?: readonly object[] };
        return Response.json({
          ...answer,
          ...(answer.keys && { keys: answer.keys.map((k) => ({ ...k, endorsements })) }),
        });
      };
      return await createBotVerifier({ ...settings, fetch: published })(press.authorization, press.body);
    };
    expect(await endorsed(['webchat', 'msteams'])).toMatchObject({ kind: 'button' });
    for (const endorsements of [['webchat'], [], undefined, 'msteams'])
      await expect(endorsed(endorsements)).rejects.toMatchObject({ code: 'SIGNATURE' });
  });
});
