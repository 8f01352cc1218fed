import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createChatVerifier, type ChatCallerSettings } from '../../../platforms/google/verify-chat.js';

const ENDPOINT = 'https://quell.example.com/chat';
const CHAT = 'chat@system.gserviceaccount.com';
let google: CryptoKey;
let stranger: CryptoKey;
let published: JWK[];
let loads = 0;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256');
  google = pair.privateKey;
  published = [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' }];
  stranger = (await generateKeyPair('RS256')).privateKey;
});

afterEach(() => {
  vi.useRealTimers();
});

const fetchKeys = (async () => {
  loads += 1;
  return new Response(JSON.stringify({ keys: published }));
}) as typeof fetch;

const verifier = (more: Partial<ChatCallerSettings> = {}) =>
  createChatVerifier({ mode: 'url', audience: ENDPOINT, timeoutMs: 1000, fetch: fetchKeys, ...more });

async function token(claims: object = {}, more: { key?: CryptoKey; kid?: string; exp?: string | number } = {}) {
  const jwt = await new SignJWT({
    iss: 'https://accounts.google.com',
    aud: ENDPOINT,
    email: CHAT,
    email_verified: true,
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: more.kid ?? 'k1' })
    .setIssuedAt()
    .setExpirationTime(more.exp ?? '1h')
    .sign(more.key ?? google);
  return `Bearer ${jwt}`;
}

const CLICK = {
  type: 'CARD_CLICKED',
  user: { name: 'users/1123', type: 'HUMAN' },
  space: { name: 'spaces/AAA', type: 'DM' },
  message: { name: 'spaces/AAA/messages/client-1' },
  action: {
    actionMethodName: 'answer',
    parameters: [
      { key: 'verb', value: 'not_me' },
      { key: 'value', value: 'opaque' },
    ],
  },
  common: { invokedFunction: 'answer', parameters: { verb: 'not_me', value: 'opaque' } },
};
const CALL = {
  userId: '1123',
  spaceName: 'spaces/AAA',
  kind: 'button',
  verb: 'not_me',
  value: 'opaque',
  messageName: 'spaces/AAA/messages/client-1',
};

describe('a call of Google Chat', () => {
  it('is told in both wire formats', async () => {
    expect(await verifier()(await token(), CLICK)).toEqual({ ...CALL, format: 'classic' });
    const addOn = {
      commonEventObject: { parameters: { verb: 'not_me', value: 'opaque' }, hostApp: 'CHAT' },
      chat: {
        user: { name: 'users/1123' },
        buttonClickedPayload: { space: { name: 'spaces/AAA' }, message: { name: 'spaces/AAA/messages/client-1' } },
      },
    };
    expect(await verifier()(await token(), addOn)).toEqual({ ...CALL, format: 'add_on' });
  });

  it('carries no verb unless a button was pressed', async () => {
    const call = await verifier()(await token(), { ...CLICK, type: 'MESSAGE' });
    expect(call).toMatchObject({ kind: 'message', userId: '1123' });
    expect(call).not.toHaveProperty('verb');
  });

  it('is taken with a token for the project number, signed by Chat itself', async () => {
    const check = verifier({ mode: 'project', audience: '1234567890' });
    expect(await check(await token({ iss: CHAT, aud: '1234567890' }), CLICK)).toMatchObject({ kind: 'button' });
    await expect(check(await token({ aud: '1234567890' }), CLICK)).rejects.toMatchObject({ code: 'SIGNATURE' });
  });

  it.each([
    ['another endpoint', { aud: `${ENDPOINT}/` }],
    ['another issuer', { iss: 'https://accounts.example.com' }],
    ['another Google account', { email: 'someone@example.iam.gserviceaccount.com' }],
    ['an address that is not verified', { email_verified: false }],
    ['no address', { email: undefined }],
  ])('is refused for %s', async (_, claims) => {
    await expect(verifier()(await token(claims), CLICK)).rejects.toMatchObject({ code: 'SIGNATURE' });
  });

  it('is refused when old, signed by others, unsigned, without a token or without the shape of an event', async () => {
    const refused = async (authorization: string | undefined, body: unknown = CLICK) =>
      expect(verifier()(authorization, body)).rejects.toMatchObject({ code: 'SIGNATURE' });
    await refused(await token({}, { exp: Math.floor(Date.now() / 1000) - 600 }));
    await refused(await token({}, { key: stranger }));
    await refused(await token({}, { kid: 'k9' }));
    await refused(`Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`);
    await refused('Bearer nonsense');
    await refused(undefined);
    await refused(await token(), { type: 'CARD_CLICKED' });
    await refused(await token(), { ...CLICK, user: { name: 'users/app' } });
  });

  it('looks new keys up, but not for every unknown one', async () => {
    const check = verifier();
    await check(await token(), CLICK);
    const before = loads;
    for (let n = 0; n < 5; n++)
      await expect(check(await token({}, { kid: 'k9' }), CLICK)).rejects.toMatchObject({ code: 'SIGNATURE' });
    expect(loads).toBe(before);
    vi.useFakeTimers({ toFake: ['Date'] });
    const later = verifier();
    await later(await token(), CLICK);
    vi.setSystemTime(Date.now() + 2 * 60_000);
    published = [...published, { ...published[0], kid: 'k2' }];
    expect(await later(await token({}, { kid: 'k2' }), CLICK)).toMatchObject({ kind: 'button' });
  });

  it('names its key: one that names none is refused also where there is but one', async () => {
    const bare = await new SignJWT({ email: CHAT, email_verified: true })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer('https://accounts.google.com')
      .setAudience(ENDPOINT)
      .setExpirationTime('1h')
      .sign(google);
    const check = verifier({ fetch: () => Promise.resolve(Response.json({ keys: published.slice(0, 1) })) });
    await expect(check(`Bearer ${bare}`, CLICK)).rejects.toMatchObject({ code: 'SIGNATURE' });
    expect(await check(await token(), CLICK)).toMatchObject({ kind: 'button' });
  });

  it('is checked with keys that are looked up anew when they are old, and only then', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const check = verifier();
    const before = loads;
    await check(await token(), CLICK);
    vi.setSystemTime(Date.now() + 5.9 * 3_600_000);
    await check(await token(), CLICK);
    expect(loads).toBe(before + 1);
    vi.setSystemTime(Date.now() + 0.2 * 3_600_000);
    await Promise.all([check(await token(), CLICK), check(await token(), CLICK)]);
    expect(loads).toBe(before + 2); // one look for both
  });

  it.each<[string, () => Promise<Response>]>([
    [
      'a redirect',
      () => Promise.resolve(new Response(null, { status: 302, headers: { location: 'https://evil.example/' } })),
    ],
    ['a page', () => Promise.resolve(new Response('<html>'))],
    ['no keys', () => Promise.resolve(Response.json({ keys: 'none' }))],
    ['an error', () => Promise.resolve(new Response('', { status: 503 }))],
    ['silence', () => new Promise(() => undefined)],
  ])('says so where %s stands for the keys', async (_, fetch) => {
    const asked: RequestInit[] = [];
    const down = verifier({
      timeoutMs: 100,
      fetch: (_url, init = {}) => {
        asked.push(init);
        return Promise.race([
          fetch(),
          new Promise<never>((_resolve, reject) => {
            init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
          }),
        ]);
      },
    });
    await expect(down(await token(), CLICK)).rejects.toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
    expect(asked).toMatchObject([{ redirect: 'manual' }]);
  });

  it('says that the keys cannot be had, rather than that the call is false', async () => {
    const down = verifier({ fetch: () => Promise.reject(new Error('down')) });
    await expect(down(await token(), CLICK)).rejects.toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
  });
});
