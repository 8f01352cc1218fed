import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { hmacSignature } from '../../gateway/intake/verify-sender.js';
import { chatCallback } from '../../platforms/google/callback.js';
import { teamsCallback } from '../../platforms/microsoft/callback.js';
import { slackCallback } from '../../platforms/slack/callback.js';
import { slackSignature } from '../../platforms/slack/verify-request.js';
import { quell } from './alerts/fixtures.js';
import { useEdges } from './support/answers.js';
import { NOW, SECRET } from './support/edge.js';
import { playConsole } from './support/played-console.js';

const edge = useEdges();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

type Header = readonly [string, string];

/** Sends headers as they are given, which a client library would fold. The status of the answer. */
async function send(
  app: FastifyInstance,
  method: string,
  url: string,
  headers: readonly Header[],
  body = '',
): Promise<number> {
  const bound =
    app.server.address() ?? (await app.listen({ host: '127.0.0.1', port: 0 }).then(() => app.server.address()));
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  const lines = [
    `${method} ${url} HTTP/1.1`,
    ...[['host', 'x'], ['connection', 'close'], ['content-length', String(body.length)], ...headers].map(
      ([k, v]) => `${k}: ${v}`,
    ),
    '',
    body,
  ];
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(lines.join('\r\n')));
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
  return Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]);
}

/** The header twice, in another case: the wrong one last, first, and the right one twice. */
const twice = ([name, right]: Header, wrong = 'wrong'): readonly (readonly Header[])[] => [
  [
    [name, right],
    [name.toUpperCase(), wrong],
  ],
  [
    [name, wrong],
    [name.toUpperCase(), right],
  ],
  [
    [name, right],
    [name, right],
  ],
];

const BODY = JSON.stringify(quell);
const AT = String(Math.floor(NOW.getTime() / 1_000));
const JSON_TYPE: Header = ['content-type', 'application/json'];

describe('a proof that is there twice counts for nothing', () => {
  it.each([
    ['hmac', [['x-quell-timestamp', AT]], ['x-quell-signature', hmacSignature(SECRET, AT, BODY)]],
    ['hmac', [['x-quell-signature', hmacSignature(SECRET, AT, BODY)]], ['x-quell-timestamp', AT]],
    ['slack', [['x-slack-request-timestamp', AT]], ['x-slack-signature', slackSignature(SECRET, AT, BODY)]],
    ['bearer', [], ['authorization', `Bearer ${SECRET}`]],
    ['basic', [], ['authorization', `Basic ${Buffer.from(`quell:${SECRET}`).toString('base64')}`]],
    ['graph-client-state', [], ['authorization', `Bearer ${SECRET}`]],
  ] as const)('of a source with auth %s', async (auth, rest, proof) => {
    const e = await edge({ sources: [{ name: 'siem', format: 'quell', auth }] });
    for (const headers of twice(proof))
      expect(await send(e.app, 'POST', '/alerts/siem', [JSON_TYPE, ...rest, ...headers], BODY)).toBe(401);
    expect(await e.kept()).toEqual([]);
    expect(await send(e.app, 'POST', '/alerts/siem', [JSON_TYPE, ...rest, proof], BODY)).toBe(202);
  });

  it.each([
    ['google', chatCallback],
    ['teams', teamsCallback],
  ] as const)('of a call from %s', async (vendor, callback) => {
    const seen: (string | undefined)[] = [];
    const verify = (authorization: string | undefined) => {
      seen.push(authorization);
      return Promise.resolve({ kind: 'other' } as never);
    };
    const e = await edge({ callbacks: [callback(verify)] });
    for (const headers of twice(['authorization', 'Bearer right']))
      await send(e.app, 'POST', `/callbacks/${vendor}`, [JSON_TYPE, ...headers], '{}');
    expect(seen).toEqual([undefined, undefined, undefined]);
    await send(e.app, 'POST', `/callbacks/${vendor}`, [JSON_TYPE, ['authorization', 'Bearer right']], '{}');
    expect(seen.at(-1)).toBe('Bearer right');
  });

  it('of a call from Slack', async () => {
    const e = await edge({ callbacks: [slackCallback(SECRET)] });
    const body = `payload=${encodeURIComponent('{"type":"other"}')}`;
    const [type, at]: readonly Header[] = [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['x-slack-request-timestamp', AT],
    ];
    const proof: Header = ['x-slack-signature', slackSignature(SECRET, AT, body)];
    for (const headers of twice(proof))
      expect(await send(e.app, 'POST', '/callbacks/slack', [type!, at!, ...headers], body)).toBe(401);
    expect(await send(e.app, 'POST', '/callbacks/slack', [type!, at!, proof], body)).toBe(200);
  });

  it('of the proxy in front of the console, and of whom it names', async () => {
    // `from` is one of those of which Node takes the first.
    const p = playConsole({
      auth: { type: 'proxy', header: 'from', secretHeader: 'authorization', secret: 'the proof' },
    });
    ends.push(() => p.app.close());
    const [name, proof]: readonly Header[] = [
      ['from', 'ann'],
      ['authorization', 'the proof'],
    ];
    for (const headers of twice(proof!)) expect(await send(p.app, 'GET', '/login', [name!, ...headers])).toBe(403);
    for (const headers of twice(name!, 'ben'))
      expect(await send(p.app, 'GET', '/login', [proof!, ...headers])).toBe(403);
    expect(await send(p.app, 'GET', '/login', [name!, proof!])).toBe(303);
  });
});
