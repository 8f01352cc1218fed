import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { hmacSignature } from '../../gateway/intake/verify-sender.js';
import { PER_MINUTE } from '../../gateway/per-minute.js';
import { slackCallback } from '../../platforms/slack/callback.js';
import { slackSignature } from '../../platforms/slack/verify-request.js';
import { quell } from './alerts/fixtures.js';
import { tokenOf, useEdges } from './support/answers.js';
import { NOW, SECRET, type Edge } from './support/edge.js';
import { PASSWORD, playConsole, type PlayedConsole } from './support/played-console.js';
import { form, signIn } from './support/signed-in.js';

const edge = useEdges();
const open: PlayedConsole[] = [];
const play = (...args: Parameters<typeof playConsole>): PlayedConsole => {
  const played = playConsole(...args);
  open.push(played);
  return played;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ app }) => app.close()));
});

const limits = (few: Partial<typeof PER_MINUTE>) => ({ ...PER_MINUTE, ...few });
const SOURCES = ['siem', 'other'].map((name) => ({ name, format: 'quell' as const, auth: 'hmac' as const }));

let n = 0;
/** Posts an alert that nobody has sent before; from an address, signed with a secret. */
async function send(
  e: Edge,
  source: string,
  secret = SECRET,
  more: { from?: string; headers?: Record<string, string> } = {},
) {
  n += 1;
  const payload = JSON.stringify({ ...quell, id: `limited-${n}` });
  const timestamp = String(Math.floor(NOW.getTime() / 1_000));
  return e.app.inject({
    ...{ method: 'POST', url: `/alerts/${source}`, payload, remoteAddress: more.from ?? '192.0.2.1' },
    headers: {
      'content-type': 'application/json',
      'x-quell-timestamp': timestamp,
      'x-quell-signature': hmacSignature(secret, timestamp, payload),
      ...more.headers,
    },
  });
}
const statuses = async (times: number, once: () => Promise<{ readonly statusCode: number }>): Promise<number[]> => {
  const found: number[] = [];
  for (let i = 0; i < times; i++) found.push((await once()).statusCode);
  return found;
};

describe('a source of alerts', () => {
  it('at its limit is told when to come back; what was accepted is kept, and another source goes on', async () => {
    const e = await edge({ sources: SOURCES, limits: limits({ source: 3 }) });
    expect(await statuses(5, () => send(e, 'siem'))).toEqual([202, 202, 202, 429, 429]);
    const refused = await send(e, 'siem');
    expect(refused.json()).toMatchObject({ accepted: false, code: 'TOO_MANY' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(await statuses(3, () => send(e, 'other'))).toEqual([202, 202, 202]);
    expect(await e.kept()).toHaveLength(6);
  });

  it('is not used up by who sends in its name without its secret, from its own address too', async () => {
    const e = await edge({ sources: SOURCES, limits: limits({ source: 2, stranger: 3 }) });
    expect(await statuses(6, () => send(e, 'siem', 'guessed'))).toEqual([401, 401, 401, 429, 429, 429]);
    expect(await statuses(2, () => send(e, 'siem'))).toEqual([202, 202]);
    expect(await e.kept()).toHaveLength(2);
  });
});

describe('a stranger', () => {
  /** Everything that somebody without a secret can ask for. */
  const asks = (
    e: Edge,
    from: string,
    headers: Record<string, string> = {},
  ): (() => Promise<{ statusCode: number }>)[] =>
    [
      { url: '/nowhere' },
      { url: '/answers/guess' },
      { url: '/alerts/status/1-guess' },
      { method: 'POST', url: '/callbacks/slack', payload: 'x', headers: { 'content-type': 'application/json' } },
      { method: 'POST', url: '/alerts/nobody', payload: '{}', headers: { 'content-type': 'application/json' } },
      { method: 'POST', url: '/alerts/graph?validationToken=x', headers: { 'content-type': 'text/plain' } },
    ].map(
      (ask) => () => e.app.inject({ ...ask, remoteAddress: from, headers: { ...ask.headers, ...headers } } as never),
    );

  const strangers = () =>
    edge({
      sources: [{ name: 'graph', format: 'graph-alerts-v2', auth: 'graph-client-state' }],
      callbacks: [slackCallback(SECRET)],
      limits: limits({ stranger: 1 }),
    });

  it('is counted by the address, whatever is asked for', async () => {
    const e = await strangers();
    for (const [i, ask] of asks(e, '192.0.2.9').entries())
      expect((await ask()).statusCode === 429, String(i)).toBe(i > 0);
    for (const ask of asks(e, '192.0.2.9')) expect((await ask()).statusCode).toBe(429);
    expect((await e.app.inject({ url: '/nowhere', remoteAddress: '192.0.2.10' })).statusCode).toBe(404);
    expect((await e.app.inject({ url: '/health', remoteAddress: '192.0.2.9' })).statusCode).toBe(200);
  });

  it('is nobody else by a header, or by another address of the same network', async () => {
    const e = await strangers();
    const from = async (remoteAddress: string, forwarded = '') =>
      (await e.app.inject({ url: '/nowhere', remoteAddress, headers: { 'x-forwarded-for': forwarded } })).statusCode;
    expect([
      await from('192.0.2.9'),
      await from('192.0.2.9', '198.51.100.7'),
      await from('192.0.2.9', '127.0.0.1'),
    ]).toEqual([404, 429, 429]);
    expect([await from('2001:db8::1'), await from('2001:db8::2'), await from('2001:db8:1::1')]).toEqual([
      404, 429, 404,
    ]);
  });

  it('is who the proxy says, where the proxy is configured', async () => {
    const e = await edge({ limits: limits({ stranger: 1 }), proxies: ['192.0.2.0/28'] });
    const from = async (remoteAddress: string, forwarded: string) =>
      (await e.app.inject({ url: '/nowhere', remoteAddress, headers: { 'x-forwarded-for': forwarded } })).statusCode;
    expect([await from('192.0.2.1', '198.51.100.7'), await from('192.0.2.1', '198.51.100.8')]).toEqual([404, 404]);
    expect(await from('192.0.2.1', '203.0.113.1, 198.51.100.7')).toBe(429);
    expect([await from('198.51.100.9', '203.0.113.1'), await from('198.51.100.9', '203.0.113.2')]).toEqual([404, 429]);
  });
});

describe('answers', () => {
  it('of one question’s link are limited, those of another go on', async () => {
    const e = await edge({ limits: limits({ answer: 2 }) });
    const look = (token: string) => () => e.app.inject({ url: `/answers/${token}` });
    const [one, two] = [tokenOf(e), tokenOf(e, { askId: 'ask-2' })];
    expect(await statuses(3, look(one))).toEqual([200, 200, 429]);
    expect((await e.app.inject({ method: 'POST', url: `/answers/${one}` })).statusCode).toBe(429);
    expect(await statuses(2, look(two))).toEqual([200, 200]);
  });

  it('pressed in chat are limited for the person, another presses on', async () => {
    const e = await edge({ callbacks: [slackCallback(SECRET)], limits: limits({ answer: 2 }) });
    const press = (id: string) => () => {
      const action = { action_id: 'me', value: tokenOf(e), action_ts: '1.3' };
      const payload = new URLSearchParams({
        payload: JSON.stringify({ type: 'block_actions', user: { id }, trigger_id: 't', actions: [action] }),
      }).toString();
      const timestamp = String(Math.floor(NOW.getTime() / 1_000));
      return e.app.inject({
        ...{ method: 'POST', url: '/callbacks/slack', payload },
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': slackSignature(SECRET, timestamp, payload),
        },
      });
    };
    expect(await statuses(3, press('U1'))).toEqual([200, 200, 429]);
    expect(await statuses(1, press('U2'))).toEqual([200]);
  });
});

describe('the console', () => {
  it('limits a signed-in person, wherever from, and nobody else', async () => {
    const p = play({ limits: limits({ person: 6 }) });
    const [ann, ben] = [await signIn(p, 'ann'), await signIn(p, 'ben')];
    const found = await statuses(8, () => ann.get('/dead-letters'));
    expect(found).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    const refused = await ann.post('/stop', { verb: 'stop' }, { 'x-forwarded-for': '203.0.113.9' });
    expect([refused.statusCode, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
    expect(p.switch.stopped).toBeUndefined();
    expect((await ben.get('/')).statusCode).toBe(200);
    expect((await p.app.inject({ url: '/login' })).statusCode).toBe(200);
  });

  it('limits who is not signed in by the address', async () => {
    const p = play({ limits: limits({ stranger: 2 }) });
    const look = (remoteAddress: string, forwarded: string) =>
      p.app.inject({ url: '/login', remoteAddress, headers: { 'x-forwarded-for': forwarded } });
    expect(await statuses(3, () => look('192.0.2.9', String(Math.random())))).toEqual([200, 200, 429]);
    expect((await look('192.0.2.10', '')).statusCode).toBe(200);
  });

  const tryTo = (app: FastifyInstance, person: string, password: string, remoteAddress: string) =>
    app.inject({
      ...{ method: 'POST', url: '/login', payload: form({ person, password }), remoteAddress },
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': String(Math.random()) },
    });

  it('limits tries for one name from everywhere, and from one address for all names', async () => {
    const p = play({ limits: limits({ signIn: 2 }) });
    let host = 0;
    expect(await statuses(3, () => tryTo(p.app, 'ann', 'wrong', `192.0.2.${++host}`))).toEqual([401, 401, 429]);
    expect((await tryTo(p.app, 'ann', PASSWORD, '192.0.2.50')).statusCode).toBe(429);
    expect((await tryTo(p.app, 'ben', PASSWORD, '192.0.2.51')).statusCode).toBe(303);
    expect(await statuses(3, () => tryTo(p.app, `x${++host}`, 'wrong', '192.0.2.60'))).toEqual([401, 401, 429]);
  });
});
