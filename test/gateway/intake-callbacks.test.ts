import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QuellError } from '../../domain/errors.js';
import { readInboxFormPress } from '../../gateway/intake/inbox-answer.js';
import { chatCallback } from '../../platforms/google/callback.js';
import { createChatVerifier } from '../../platforms/google/verify-chat.js';
import { teamsCallback } from '../../platforms/microsoft/callback.js';
import { createBotVerifier } from '../../platforms/microsoft/verify-bot.js';
import { slackCallback } from '../../platforms/slack/callback.js';
import { slackSignature } from '../../platforms/slack/verify-request.js';
import { answers, tokenOf, useEdges } from './support/answers.js';
import { NOW, SECRET, type Edge } from './support/edge.js';

const edge = useEdges();

describe('buttons in Slack', () => {
  const press = (e: Edge, value: string, { actionId = 'not_me', responseUrl = '', ...by }: Press = {}) =>
    interact(
      e,
      {
        type: 'block_actions',
        user: { id: 'U0DANA' },
        container: { message_ts: '1.2', channel_id: 'D1' },
        response_url: responseUrl,
        trigger_id: '1.2.trigger',
        actions: [{ action_id: actionId, value, action_ts: '1.3' }],
      },
      by,
    );
  interface Signing {
    readonly secret?: string;
    readonly at?: Date;
  }
  interface Press extends Signing {
    readonly actionId?: string;
    readonly responseUrl?: string;
  }
  const interact = (e: Edge, interaction: object, { secret = SECRET, at = NOW }: Signing = {}) => {
    const payload = new URLSearchParams({ payload: JSON.stringify(interaction) }).toString();
    const timestamp = String(at.getTime() / 1_000);
    return e.app.inject({
      method: 'POST',
      url: '/callbacks/slack',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': slackSignature(secret, timestamp, payload),
      },
      payload,
    });
  };
  it('are kept with who pressed, once signed', async () => {
    const e = await edge({ callbacks: [slackCallback(SECRET)] });
    const token = tokenOf(e);
    expect((await press(e, token)).statusCode).toBe(200);
    expect(await answers(e)).toEqual([
      { source: 'slack', token, answer: 'not_me', pressedBy: { platform: 'slack', nativeId: 'U0DANA' } },
    ]);
  });
  it('for an answer in their own words are kept with what opens a form: no token is here to open it', async () => {
    const said: string[] = [];
    const slackReply = (_: string, text: string) => Promise.resolve(void said.push(text));
    const e = await edge({ callbacks: [slackCallback(SECRET, slackReply)] });
    const token = tokenOf(e);
    const responseUrl = 'https://hooks.slack.com/actions/T1/2/x';
    const actionId = 'own_words';
    expect((await press(e, token, { actionId, responseUrl })).statusCode).toBe(200);
    expect((await press(e, 'no question', { actionId, responseUrl })).statusCode).toBe(200);
    expect((await e.kept()).map((i) => readInboxFormPress(i.body))).toEqual([
      {
        token,
        form: { trigger: '1.2.trigger', replyTo: responseUrl },
        pressedBy: { platform: 'slack', nativeId: 'U0DANA' },
      },
    ]);
    expect(said).toEqual(['This question is no longer open.']);
  });
  it('open a form, which is kept with its words, shows thanks, and takes the buttons away', async () => {
    const said: (readonly [string, string])[] = [];
    const slackReply = (url: string, text: string) => Promise.resolve(void said.push([url, text]));
    const e = await edge({ callbacks: [slackCallback(SECRET, slackReply)] });
    const token = tokenOf(e);
    const replyTo = 'https://hooks.slack.com/actions/T1/2/x';
    const send = (words: string | null, value = token, by: Signing = {}) => {
      const answer = { answer: { selected_option: { value: 'me' } } };
      const state = { values: { answer, words: { words: { value: words } } } };
      const view = { callback_id: 'quell_answer', private_metadata: JSON.stringify({ value, replyTo }), state };
      return interact(e, { type: 'view_submission', user: { id: 'U0DANA' }, view }, by);
    };
    const answer = await send(' I was on the train. ');
    expect(answer.json()).toMatchObject({ response_action: 'update', view: { type: 'modal' } });
    expect(answer.body).toContain('Thank you. The security team has your answer.');
    expect((await send('x', 'no question')).body).toContain('This question is no longer open.');
    expect((await send('x', token, { secret: 'another' })).statusCode).toBe(401);
    expect(await answers(e)).toEqual([
      {
        ...{ source: 'slack', token, answer: 'me', words: 'I was on the train.' },
        pressedBy: { platform: 'slack', nativeId: 'U0DANA' },
      },
    ]);
    expect(said).toEqual([
      [replyTo, 'Thank you. The security team has your answer.'],
      [replyTo, 'This question is no longer open.'],
    ]);
  });
  it('are answered at the address that came with them, and kept even when nobody takes that answer', async () => {
    const said: (readonly [string, string])[] = [];
    let up = true;
    const e = await edge({
      callbacks: [
        slackCallback(SECRET, async (url, text) => {
          said.push([url, text]);
          if (!up) throw new QuellError('VENDOR_DOWN', 'response_url');
          await Promise.resolve();
        }),
      ],
    });
    const responseUrl = 'https://hooks.slack.com/actions/T1/2/x';
    expect((await press(e, tokenOf(e), { responseUrl })).statusCode).toBe(200);
    up = false;
    expect((await press(e, tokenOf(e, { askId: 'ask-2' }), { responseUrl })).statusCode).toBe(200);
    expect((await press(e, 'not a token of ours', { responseUrl })).statusCode).toBe(200);
    await expect
      .poll(() => said)
      .toEqual([
        [responseUrl, 'Thank you. The security team has your answer.'],
        [responseUrl, 'Thank you. The security team has your answer.'],
        [responseUrl, 'This question is no longer open.'],
      ]);
    expect(await answers(e)).toHaveLength(2);
  });
  it('are refused unsigned, late, or where Slack is not configured; other presses are left alone', async () => {
    const e = await edge({ callbacks: [slackCallback(SECRET)] });
    expect((await press(e, tokenOf(e), { secret: 'somebody else’s secret' })).statusCode).toBe(401);
    expect((await press(e, tokenOf(e), { at: new Date(NOW.getTime() - 400_000) })).statusCode).toBe(401);
    expect((await press(e, 'not a token of ours')).statusCode).toBe(200);
    expect((await press(e, tokenOf(e), { actionId: 'approve' })).statusCode).toBe(200);
    expect(await e.kept()).toEqual([]);
    const closed = await edge();
    expect((await press(closed, tokenOf(closed))).statusCode).toBe(404);
  });
});

describe('buttons in Teams and Google Chat', () => {
  const TENANT = '11111111-2222-4333-8444-555555555555';
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  async function vendor(endorsements?: readonly string[]) {
    const pair = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', ...(endorsements && { endorsements }) };
    const fetch = ((url: string) =>
      Promise.resolve(
        new Response(
          JSON.stringify(url.includes('openid') ? { jwks_uri: 'https://keys.example.com/' } : { keys: [jwk] }),
        ),
      )) as typeof globalThis.fetch;
    const sign = (issuer: string, audience: string, claims: JWTPayload) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(NOW.getTime() / 1_000)
        .setExpirationTime(NOW.getTime() / 1_000 + 600)
        .sign(pair.privateKey);
    return { fetch, sign };
  }
  const call = (e: Edge, channel: string, token: string, payload: object) =>
    e.app.inject({
      method: 'POST',
      url: `/callbacks/${channel}`,
      headers: { authorization: `Bearer ${token}` },
      payload,
    });

  it('Teams: a press counts with the Bot Framework’s token for our bot and tenant', async () => {
    const { fetch, sign } = await vendor(['msteams']);
    const teams = createBotVerifier({
      botAppId: 'bot-1',
      tenantId: TENANT,
      metadataUrl: 'https://login.example.com/openid',
      timeoutMs: 500,
      fetch,
    });
    const e = await edge({ callbacks: [teamsCallback(teams)] });
    const serviceUrl = 'https://smba.example.com/';
    const activity = (tenantId: string) => ({
      type: 'invoke',
      name: 'adaptiveCard/action',
      channelId: 'msteams',
      serviceUrl,
      from: { aadObjectId: 'aaaaaaaa-0000-4000-8000-000000000001' },
      conversation: { id: 'c', tenantId },
      value: { action: { verb: 'me', data: { value: tokenOf(e) } } },
    });
    const token = await sign('https://api.botframework.com', 'bot-1', { serviceurl: serviceUrl });
    const answer = await call(e, 'teams', token, activity(TENANT));
    expect(answer.json()).toMatchObject({ statusCode: 200, value: expect.stringContaining('Thank you') as string });
    const forged = [
      await call(e, 'teams', token, activity('99999999-2222-4333-8444-555555555555')),
      await call(
        e,
        'teams',
        await sign('https://api.botframework.com', 'another-bot', { serviceurl: serviceUrl }),
        activity(TENANT),
      ),
      await call(e, 'teams', 'x.y.z', activity(TENANT)),
    ];
    expect(forged.map((f) => f.statusCode)).toEqual([401, 401, 401]);
    expect(await answers(e)).toMatchObject([{ source: 'teams', answer: 'me', pressedBy: { platform: 'microsoft' } }]);
  });
  it('Google Chat: a press counts with Chat’s own token for our address', async () => {
    const { fetch, sign } = await vendor();
    const audience = 'https://intake.example.com/callbacks/google';
    const google = createChatVerifier({ mode: 'url', audience, timeoutMs: 500, fetch });
    const e = await edge({ callbacks: [chatCallback(google)] });
    const event = (value: string) => ({
      type: 'CARD_CLICKED',
      user: { name: 'users/104' },
      space: { name: 'spaces/S' },
      common: { parameters: { verb: 'unsure', value } },
    });
    const chat = { email: 'chat@system.gserviceaccount.com', email_verified: true };
    const token = await sign('https://accounts.google.com', audience, chat);
    expect((await call(e, 'google', token, event(tokenOf(e)))).json<{ text: string }>().text).toContain('Thank you');
    expect((await call(e, 'google', token, event('changed'))).json<{ text: string }>().text).toContain(
      'no longer open',
    );
    const stranger = await sign('https://accounts.google.com', audience, { ...chat, email: 'me@evil.example.org' });
    expect((await call(e, 'google', stranger, event(tokenOf(e)))).statusCode).toBe(401);
    expect(await answers(e)).toMatchObject([
      { source: 'google_chat', answer: 'unsure', pressedBy: { nativeId: '104' } },
    ]);
  });
});
