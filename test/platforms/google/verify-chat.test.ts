import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
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
    let now = Date.now();
    const later = verifier({ now: () => new Date(now) });
    await later(await token(), CLICK);
    now += 2 * 60_000;
    published = [...published, { ...published[0], kid: 'k2' }];
    expect(await later(await token({}, { kid: 'k2' }), CLICK)).toMatchObject({ kind: 'button' });
  });

  it('says that the keys cannot be had, rather than that the call is false', async () => {
    const down = verifier({ fetch: () => Promise.reject(new Error('down')) });
    await expect(down(await token(), CLICK)).rejects.toMatchObject({ code: 'VENDOR_DOWN', retryable: true });
  });
});
