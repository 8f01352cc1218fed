import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { QuellError } from '../../../domain/errors.js';
import { createGoogleClient, resourceName } from '../../../platforms/google/client.js';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { METHODS } from '../../../platforms/google/methods.js';
import { readUser } from '../../../platforms/google/people.js';
import { googleBases, type GoogleSettings } from '../../../platforms/google/settings.js';
import { createWire } from '../../../platforms/wire.js';
import { actOf } from './acting.js';
import { startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(async () => {
  vi.unstubAllEnvs();
  await tenant.close();
});

const sent: string[] = [];
type Answer = (init: RequestInit) => Response | Promise<Response>;
/** Settings under which Directory answers as is said here, and the rest as the tenant does. */
async function answering(answer?: Answer, token?: Answer, timeoutMs = 10_000): Promise<GoogleSettings> {
  tenant = await startTenant();
  sent.length = 0;
  const send: typeof fetch = async (url, init = {}) => {
    const { pathname } = new URL(url instanceof Request ? url.url : url);
    sent.push(pathname);
    const own = pathname === '/token' ? token : answer;
    return own ? own(init) : fetch(url, init);
  };
  const wire = createWire({ bases: googleBases(tenant.url), fetch: send });
  return tenant.settings('containment', { wire, timeoutMs });
}
const json = (body: unknown, init: ResponseInit = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    headers: { 'content-type': 'application/json' },
    ...init,
  });
const lookup = (settings: GoogleSettings, signal?: AbortSignal) =>
  readUser(createGoogleClient(settings), tenant.id('dana'), signal);
const failure = (work: Promise<unknown>): Promise<QuellError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (e: unknown) => e as QuellError,
  );
/** An answer that begins and never ends, until the request is ended. */
const endless: Answer = ({ signal }) =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"id":'));
        signal?.addEventListener('abort', () => {
          controller.error(signal.reason);
        });
      },
    }),
    { headers: { 'content-type': 'application/json' } },
  );

describe('an answer', () => {
  it('that never ends is given up in time, of a call as of a token', async () => {
    expect(await failure(lookup(await answering(endless, undefined, 500)))).toMatchObject({ code: 'VENDOR_DOWN' });
    await tenant.close();
    expect(await failure(lookup(await answering(undefined, endless, 500)))).toMatchObject({ code: 'VENDOR_DOWN' });
  });

  it.each([
    ['broken JSON', () => json('{"id":')],
    ['a page', () => new Response('<html>ok</html>', { headers: { 'content-type': 'text/html' } })],
    ['bytes', () => new Response('PK', { headers: { 'content-type': 'application/zip' } })],
    ['nothing', () => json('')],
    ['not changed', () => new Response(null, { status: 304 })],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } })],
  ])('with success and %s is no answer', async (_, answer) => {
    expect(await failure(lookup(await answering(answer)))).toMatchObject({ code: 'VENDOR_REPLY', retryable: true });
    expect(sent.filter((path) => path !== '/token')).toHaveLength(1);
  });

  it('to a write that is a page with success is not taken for done', async () => {
    const settings = await answering(() => new Response('<html>', { headers: { 'content-type': 'text/html' } }));
    const send = createGoogleClient(settings).send(METHODS.signOut, 'admin', (directory, o) =>
      directory.users.signOut({ userKey: 'x' }, o),
    );
    expect(await failure(send)).toMatchObject({ code: 'VENDOR_REPLY' });
  });

  it.each([
    [429, 'rateLimitExceeded', 'VENDOR_BUSY', undefined],
    [403, 'userRateLimitExceeded', 'VENDOR_BUSY', undefined],
    [403, 'quotaExceeded', 'VENDOR_BUSY', undefined],
    [403, 'sharingRateLimitExceeded', 'VENDOR_BUSY', undefined],
    [403, 'dailyLimitExceeded', 'VENDOR_BUSY', 3_600_000],
    [403, 'forbidden', 'VENDOR_SCOPE', undefined],
    [403, 'accessNotConfigured', 'VENDOR_SCOPE', undefined],
    [403, 'insufficientFilePermissions', 'VENDOR_REFUSED', undefined],
    [400, 'failedPrecondition', 'VENDOR_REFUSED', undefined],
    [404, 'notFound', 'VENDOR_NOT_FOUND', undefined],
    [412, 'conditionNotMet', 'VENDOR_NOT_FOUND', undefined],
    [412, 'failedPrecondition', 'VENDOR_REFUSED', undefined],
    [500, 'backendError', 'VENDOR_DOWN', undefined],
  ])('%i %s is %s', async (status, reason, code, retryAfterMs) => {
    const body = {
      error: { code: status, message: 'for dana@example.com', errors: [{ domain: 'd', reason, message: 'm' }] },
    };
    const error = await failure(lookup(await answering(() => json(body, { status }))));
    expect(error).toMatchObject({ code, retryAfterMs });
    expect(inspect(error, { depth: 9 })).not.toContain('dana@');
    expect(sent.filter((path) => path !== '/token')).toHaveLength(1); // nothing is tried again by itself
  });
});

describe('a token', () => {
  it.each([
    [400, { error: 'invalid_grant', error_description: 'Invalid email or User ID: x' }, 'VENDOR_AUTH', 2],
    [401, { error: 'unauthorized_client' }, 'VENDOR_SCOPE', 1],
    [429, { error: 'rate_limit_exceeded' }, 'VENDOR_BUSY', 1],
    [500, { error: 'internal_failure' }, 'VENDOR_DOWN', 1],
    [502, '<html>', 'VENDOR_DOWN', 1],
    [200, '{"access', 'VENDOR_REPLY', 1],
    [200, { access_token: 'ya29.x' }, 'VENDOR_REPLY', 1],
  ])('answered with %i %j is %s', async (status, body, code, times) => {
    const error = await failure(lookup(await answering(undefined, () => json(body, { status }))));
    expect(error).toMatchObject({ code });
    expect(sent).toEqual(Array.from({ length: times }, () => '/token'));
    expect(error.message).not.toContain('ya29');
  });

  it('that does not say how long it lasts is not kept', async () => {
    let answers = [() => json({ access_token: 'ya29.x' }), () => json({ error: 'internal_failure' }, { status: 500 })];
    const settings = await answering(undefined, () => answers.shift()!());
    const client = createGoogleClient(settings);
    expect(await failure(readUser(client, tenant.id('dana')))).toMatchObject({ code: 'VENDOR_REPLY' });
    expect(await failure(readUser(client, tenant.id('dana')))).toMatchObject({ code: 'VENDOR_DOWN' });
    answers = [
      () => json({ access_token: 'ya29.x', expires_in: 3599 }),
      () => json({ error: 'invalid_grant' }, { status: 400 }),
    ];
    expect(await failure(readUser(client, tenant.id('dana')))).toMatchObject({ code: 'VENDOR_AUTH' });
    expect(sent.filter((path) => path === '/token')).toHaveLength(4);
  });

  it('is asked for once by many, and one who no longer waits takes it from nobody', async () => {
    let give = (_: Response): void => undefined;
    const settings = await answering(undefined, () => new Promise<Response>((resolve) => (give = resolve)));
    const client = createGoogleClient({ ...settings, timeoutMs: 5000 });
    const leave = new AbortController();
    const [first, second] = [readUser(client, 'dana@example.com', leave.signal), readUser(client, 'max@example.com')];
    const gone = new Error('cancelled');
    await vi.waitFor(() => {
      expect(sent).toEqual(['/token']);
    });
    leave.abort(gone);
    await expect(first).rejects.toBe(gone);
    give(json({ access_token: 'refused', expires_in: 3599, token_type: 'Bearer' }));
    // That token is none of this tenant's: it is refused, and another is asked for, which is given.
    await vi.waitFor(() => {
      expect(sent.filter((path) => path === '/token')).toHaveLength(2);
    });
    give(await fetch(`${tenant.url}/nothing`));
    await expect(second).rejects.toMatchObject({ code: 'VENDOR_NOT_FOUND' });
  });
});

describe('the SDK', () => {
  it('goes by no proxy of its own', async () => {
    vi.stubEnv('HTTPS_PROXY', 'no address at all');
    vi.stubEnv('https_proxy', 'no address at all');
    expect((await lookup(await answering())).id).toBe(tenant.id('dana'));
  });

  it('sends nothing for who has cancelled before, and keeps to Google’s own hosts in another universe', async () => {
    const settings = await answering();
    const gone = new Error('cancelled');
    await expect(lookup(settings, AbortSignal.abort(gone))).rejects.toBe(gone);
    expect(sent).toEqual([]);
    vi.stubEnv('GOOGLE_CLOUD_UNIVERSE_DOMAIN', 'evil.example');
    await expect(lookup(settings)).rejects.toMatchObject({ code: 'CONFIG' });
    expect(sent).toEqual(['/token']);
  });

  it('puts no name into a path that leads elsewhere', async () => {
    await answering();
    expect(resourceName('devices/a-1/deviceUsers/b_2')).toBe('devices/a-1/deviceUsers/b_2');
    for (const name of [
      'devices/../users',
      'devices/a:wipe',
      'devices/a/deviceUsers/b?x=1',
      'devices/a/deviceUsers/b/../c',
    ])
      expect(() => resourceName(name)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
  });

  it.each(['error', 'reset', 'html', 'missing_scope'] as const)(
    'tells no password when a reset ends with %s',
    async (kind) => {
      const settings = await answering();
      let password = '';
      const wire: GoogleSettings['wire'] = {
        send: (call, url, init) => {
          if (call.operation === METHODS.setPassword.name)
            password = z.object({ password: z.string() }).parse(JSON.parse(init.body as string)).password;
          return settings.wire.send(call, url, init);
        },
      };
      tenant.fault(METHODS.setPassword.name, kind);
      const reset = actOf(createGoogleContainment({ ...settings, wire }), 'reset_credentials');
      const error = await failure(
        reset.apply(
          { type: 'account', accountId: tenant.id('dana') },
          { since: new Date().toISOString(), idempotencyKey: 'k' },
        ),
      );
      expect(password).toMatch(/^[0-9a-f]{40}$/);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(password);
    },
  );
});
