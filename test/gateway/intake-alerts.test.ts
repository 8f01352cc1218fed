import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { FORMAT_NAMES } from '../../gateway/alerts/index.js';
import { QuellError } from '../../domain/errors.js';
import { PLATFORMS } from '../../platforms/registry.js';
import { hmacSignature, SENDER_AUTHS } from '../../gateway/intake/verify-sender.js';
import { sendAlert } from '../../gateway/send-alert.js';
import { panther, quell } from './alerts/fixtures.js';
import { sampleOf } from './alerts/samples.js';
import { useEdges } from './support/answers.js';
import { NOW, SECRET, type Edge } from './support/edge.js';

const AUTHS = [...SENDER_AUTHS, ...PLATFORMS.senderProofs.keys()];
const edge = useEdges();

const BODY = JSON.stringify(quell);
const seconds = (at: Date): string => String(Math.floor(at.getTime() / 1_000));
const signed = (body: string, at = NOW, secret = SECRET): Record<string, string> => ({
  'content-type': 'application/json',
  'x-quell-timestamp': seconds(at),
  'x-quell-signature': hmacSignature(secret, seconds(at), body),
});
const post = (
  e: Edge,
  headers: Record<string, string | string[]>,
  payload: string | Buffer = BODY,
  url = '/alerts/siem',
) => e.app.inject({ method: 'POST', url, headers, payload });

describe('a signed alert', () => {
  it('is kept when it is accepted, whole and as it came', async () => {
    const e = await edge();
    const answer = await post(e, signed(BODY));
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ accepted: true, repeat: false });
    const [item] = await e.kept();
    expect(Buffer.from(item?.body ?? []).toString()).toBe(BODY);
    expect(item).toMatchObject({ kind: 'alert', source: 'siem', receivedAt: NOW.toISOString() });
  });
  it('sent once more gets the same receipt and is kept once', async () => {
    const e = await edge();
    const [first, second] = [await post(e, signed(BODY)), await post(e, signed(BODY))];
    expect(second.statusCode).toBe(202);
    expect(second.json()).toEqual({ ...first.json<object>(), repeat: true });
    expect(await e.kept()).toHaveLength(1);
  });
  it('tells what became of it, to whoever holds the receipt', async () => {
    const e = await edge();
    const { receipt } = (await post(e, signed(BODY))).json<{ receipt: string }>();
    const status = (r: string) => e.app.inject({ url: `/alerts/status/${r}` });
    expect((await status(receipt)).json()).toMatchObject({ status: 'waiting' });
    await e.reader.settle([{ seq: 1, status: 'delivered', caseIds: ['case-s-1'] }]);
    expect((await status(receipt)).json()).toMatchObject({ status: 'delivered', caseIds: ['case-s-1'] });
    await e.reader.prune(0);
    expect((await status(receipt)).json()).toMatchObject({ status: 'forgotten' });
    for (const guess of ['1', '1-', `1-${'A'.repeat(22)}`, `2-${receipt.slice(2)}`, '__proto__'])
      expect((await status(guess)).statusCode).toBe(404);
  });
  it.each([
    ['names nobody', { ...quell, subjects: [] }, 'ALERT_NO_SUBJECT'],
    ['is of another format', panther, 'it looks like panther'],
  ])('that %s is kept, and the answer says that it is a dead letter and why', async (_, body, why) => {
    const e = await edge();
    const text = JSON.stringify(body);
    const answer = await post(e, signed(text), text);
    expect(answer.statusCode).toBe(202);
    expect(answer.json<{ note: string }>().note).toContain('kept as a dead letter');
    expect(answer.json<{ note: string }>().note).toContain(why);
    expect(await e.kept()).toHaveLength(1);
  });
});

describe('what is not signed right is refused and leaves nothing', () => {
  const minutes = (n: number): Date => new Date(NOW.getTime() + n * 60_000);
  const cases: readonly (readonly [string, Record<string, string | string[]>])[] = [
    ['no signature', { 'content-type': 'application/json' }],
    ['another secret', signed(BODY, NOW, 'another secret of somebody')],
    ['another body', signed(`${BODY} `)],
    [
      'a truncated signature',
      { ...signed(BODY), 'x-quell-signature': signed(BODY)['x-quell-signature']?.slice(0, -1) ?? '' },
    ],
    [
      'upper case hex',
      { ...signed(BODY), 'x-quell-signature': signed(BODY)['x-quell-signature']?.toUpperCase() ?? '' },
    ],
    ['six minutes old', signed(BODY, minutes(-6))],
    ['six minutes ahead', signed(BODY, minutes(6))],
    ['a time stamp that is none', { ...signed(BODY), 'x-quell-timestamp': '1e9' }],
    [
      'the secret as a bearer, where a signature is wanted',
      { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` },
    ],
  ];
  it.each(cases)('%s', async (_, headers) => {
    const e = await edge();
    expect((await post(e, headers)).statusCode).toBe(401);
    expect(await e.kept()).toEqual([]);
  });
  it('two signatures, one of them right', async () => {
    const e = await edge();
    const address = await e.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = new URL(address);
    const headers = Object.entries(signed(BODY)).map(([k, v]) => `${k}: ${v}`);
    const lines = [
      'POST /alerts/siem HTTP/1.1',
      'host: x',
      'connection: close',
      `content-length: ${BODY.length}`,
      ...headers,
      'x-quell-signature: v1=00',
      '',
      BODY,
    ];
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(lines.join('\r\n')));
      let text = '';
      socket.on('data', (d) => (text += d.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 401/);
    expect(await e.kept()).toEqual([]);
  });
  it.each(AUTHS)('a source with auth %s and no secret is closed', async (auth) => {
    const e = await edge({ sources: [{ name: 'siem', format: 'quell', auth }], secret: () => '' });
    expect(
      (await post(e, { ...signed(BODY, NOW, ''), authorization: 'Bearer ' }, BODY, '/alerts/siem?token=')).statusCode,
    ).toBe(401);
  });
});

describe('each way to prove oneself', () => {
  it.each(AUTHS.filter((a) => a !== 'oidc'))(
    '%s: right, wrong, and with the secret before the change',
    async (auth) => {
      const secrets: Record<string, string | undefined> = { 'source-siem': SECRET };
      const e = await edge({
        sources: [{ name: 'siem', format: 'quell', auth }],
        secret: (name) => secrets[name],
        now: () => new Date(),
      });
      const url = await e.app.listen({ host: '127.0.0.1', port: 0 });
      const send = (secret: string, n: number) =>
        sendAlert(url, { name: 'siem', auth }, secret, JSON.stringify({ ...quell, id: `d-${n}` }));
      expect((await send(SECRET, 1)).repeat).toBe(false);
      await expect(send('a wrong secret of the same kind', 2)).rejects.toMatchObject({ code: 'SIGNATURE' });
      secrets['source-siem'] = 'the next secret of this source';
      await expect(send(SECRET, 3)).rejects.toMatchObject({ code: 'SIGNATURE' });
      secrets['source-siem-previous'] = SECRET;
      expect((await send(SECRET, 4)).repeat).toBe(false);
      expect(await e.kept()).toHaveLength(2);
    },
  );
  it('Graph’s handshake is echoed as text, and a subscription proves itself by its state', async () => {
    const e = await edge({ sources: [{ name: 'siem', format: 'graph-alerts-v2', auth: 'graph-client-state' }] });
    const echo = await e.app.inject({
      method: 'POST',
      url: '/alerts/siem?validationToken=%3Cscript%3Ex',
      headers: { 'content-type': 'text/plain' },
    });
    expect(echo).toMatchObject({ statusCode: 200, body: '<script>x' });
    expect(echo.headers).toMatchObject({
      'content-type': 'text/plain',
      'x-content-type-options': 'nosniff',
    });
    const notify = (...states: unknown[]) =>
      post(
        e,
        { 'content-type': 'application/json' },
        JSON.stringify({ value: states.map((clientState) => ({ subscriptionId: 's', resource: 'r', clientState })) }),
      );
    expect((await notify(SECRET, SECRET)).statusCode).toBe(202);
    expect((await notify(SECRET, 'forged')).statusCode).toBe(401);
    expect((await notify()).statusCode).toBe(401);
  });
});

describe('identity tokens', () => {
  const AUDIENCE = 'https://intake.example.com/alerts/siem';
  const CALLER = 'pubsub@example.iam.gserviceaccount.com';
  let keysUrl = '';
  let sign: (claims: Record<string, unknown>, issuer?: string, audience?: string) => Promise<string>;
  beforeAll(async () => {
    const pair = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' };
    const server = createServer((_, reply) =>
      reply.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })),
    );
    await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
    keysUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/certs`;
    sign = (claims, issuer = 'https://accounts.google.com', audience = AUDIENCE) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(NOW.getTime() / 1_000)
        .setExpirationTime(NOW.getTime() / 1_000 + 3_600)
        .sign(pair.privateKey);
    return () => server.close();
  });
  it('count from the right caller, for us, alone', async () => {
    const oidc = { issuer: 'https://accounts.google.com', keysUrl, audience: AUDIENCE, claims: { email: CALLER } };
    const e = await edge({ sources: [{ name: 'siem', format: 'quell', auth: 'oidc', oidc }] });
    const status = async (token: string) =>
      (await post(e, { 'content-type': 'application/json', authorization: `Bearer ${token}` })).statusCode;
    const right = { email: CALLER, email_verified: true };
    expect(await status(await sign(right))).toBe(202);
    expect(await status(await sign({ ...right, email: 'somebody@evil.iam.gserviceaccount.com' }))).toBe(401);
    expect(await status(await sign({ ...right, email_verified: false }))).toBe(401);
    expect(await status(await sign(right, 'https://evil.example.org'))).toBe(401);
    expect(await status(await sign(right, undefined, 'https://elsewhere.example.com'))).toBe(401);
    const [, payload] = (await sign(right)).split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expect(await status(none)).toBe(401);
    expect(await status('')).toBe(401);
  });
});

describe('bodies', () => {
  it('only raw bytes count: the same JSON written otherwise is refused', async () => {
    const e = await edge();
    expect((await post(e, signed(BODY), JSON.stringify(quell, null, 1))).statusCode).toBe(401);
  });
  it.each([
    ['no JSON', 'alert!'],
    ['a bare value', '"text"'],
    ['broken UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['nothing', ''],
  ])('%s is a 400 that says so', async (_, body) => {
    const e = await edge();
    const raw = Buffer.from(body);
    const headers = { ...signed(''), 'x-quell-signature': hmacSignature(SECRET, seconds(NOW), raw) };
    const answer = await post(e, headers, raw);
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ message: string }>().message).toContain('ALERT_FORMAT');
    expect(await e.kept()).toEqual([]);
  });
  it.each([
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
  ])('as %s is not looked at', async (type) => {
    const e = await edge();
    expect((await post(e, { ...signed(BODY), 'content-type': type })).statusCode).toBe(415);
    expect(await e.kept()).toEqual([]);
  });
  it('a compressed body is not unpacked', async () => {
    const e = await edge();
    expect((await post(e, { ...signed(BODY), 'content-encoding': 'gzip' })).statusCode).toBe(415);
  });
  it('larger than a megabyte is a 413', async () => {
    const e = await edge();
    const large = JSON.stringify({ ...quell, title: 'x'.repeat(1_100_000) });
    expect((await post(e, signed(large), large)).statusCode).toBe(413);
  });
});

describe('the edge', () => {
  it('knows its sources alone', async () => {
    const e = await edge();
    const answer = await post(e, signed(BODY), BODY, '/alerts/nobody');
    expect(answer.statusCode).toBe(404);
    expect(answer.json<{ message: string }>().message).toContain('configuration');
  });
  it('says 503 and when to come back while the inbox is full, and loses nothing that it accepted', async () => {
    const e = await edge({ inboxLimits: { maxBytes: 6_000, lookEveryMs: 0 } });
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) {
      const body = JSON.stringify({ ...quell, id: `d-${n}` });
      const answer = await post(e, signed(body), body);
      statuses.push(answer.statusCode);
      if (answer.statusCode === 503) expect(answer.headers['retry-after']).toBe('30');
    }
    expect(new Set(statuses)).toEqual(new Set([202, 503]));
    expect(await e.kept()).toHaveLength(statuses.filter((s) => s === 202).length);
  });
  it('does not tell a stranger what broke inside', async () => {
    const lines: unknown[] = [];
    const e = await edge({
      inbox: { append: () => Promise.reject(new Error('disk /secret/path')) },
      log: (what, data) => lines.push({ what, ...data }),
    });
    const answer = await post(e, signed(BODY));
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
    expect(lines).toEqual([{ what: 'request failed', failure: 'Error' }]);
  });
  it.each(['DATABASE_UNAVAILABLE', 'DATABASE_REFUSED', 'DATABASE_SCHEMA'] as const)(
    'a database that does not take it (%s) is a 503, so that the sender tries again',
    async (code) => {
      const e = await edge({ inbox: { append: () => Promise.reject(new QuellError(code)) } });
      const answer = await post(e, signed(BODY));
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '30']);
    },
  );
  it.each(FORMAT_NAMES)('takes %s', async (format) => {
    const e = await edge({ sources: [{ name: 'siem', format, auth: 'hmac' }] });
    const text = JSON.stringify(sampleOf(format));
    const answer = await post(e, signed(text), text);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).not.toHaveProperty('note');
  });
});
