import { SignJWT, importPKCS8 } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { METHODS, scopesOf, type GoogleMethod } from '../../../platforms/google/methods.js';
import { privilegeOf } from '../../../platforms/google/privileges.js';
import { DRIVEN_ROWS, googleDrives } from '../../conformance/google-drives.js';
import { googleCredentials } from '../../../simulator/google/authority.js';
import { rsaKeyOf } from '../../../simulator/google/keys.js';
import { startTenant, type Tenant } from '../../platforms/google/fixture.js';

let tenant: Tenant;
afterEach(() => tenant?.close());

type Role = 'evidence' | 'containment' | 'people';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const ADMIN = 'quell-admin@example.com';
const scope = (name: keyof typeof METHODS): string => METHODS[name].scopes[0] ?? '';

interface Assertion {
  readonly role?: Role;
  readonly key?: string;
  readonly aud?: string;
  readonly sub?: string | undefined;
  readonly scope?: string;
}
async function token(asked: Assertion = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const account = googleCredentials(tenant.world)[asked.role ?? 'evidence'];
  const claims = {
    scope: asked.scope ?? scope('user'),
    ...('sub' in asked ? (asked.sub ? { sub: asked.sub } : {}) : { sub: ADMIN }),
  };
  const assertion = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(account.email)
    .setAudience(asked.aud ?? TOKEN_URL)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importPKCS8(asked.key ?? account.privateKey, 'RS256'));
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const response = await fetch(`${tenant.url}/token`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
async function call(
  path: string,
  asked: Assertion & { readonly method?: string; readonly body?: unknown } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const bearer = String((await token(asked)).body['access_token']);
  const response = await fetch(`${tenant.url}${path}`, {
    method: asked.method ?? 'GET',
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
}
const USERS = '/admin/directory/v1/users';
const LOGIN = '/admin/reports/v1/activity/users/all/applications/login';

describe('tokens', () => {
  it('are given for the right key, audience, subject and scopes only', async () => {
    tenant = await startTenant();
    expect(await token()).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3599 } });
    expect(await token({ key: googleCredentials(tenant.world).people.privateKey })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await token({ aud: tenant.url })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await token({ sub: 'nobody@example.com' })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await token({ scope: scope('signOut') })).toMatchObject({
      status: 401,
      body: { error: 'unauthorized_client' },
    });
  });

  it('are refused whole when one of several scopes is not granted, or was taken away', async () => {
    tenant = await startTenant();
    const both = `${scope('user')} ${scope('activities')}`;
    expect((await token({ scope: both })).status).toBe(200);
    tenant.simulator.authority.revoke('evidence', scope('activities'));
    expect((await token({ scope: both })).status).toBe(401);
    expect((await token()).status).toBe(200);
  });

  it('let nobody act as a suspended person', async () => {
    tenant = await startTenant();
    tenant.simulator.user('dana').suspended = true;
    expect((await token({ sub: 'dana@example.com', scope: scope('mails') })).status).toBe(400);
  });
});

describe('calls', () => {
  it('need a token with one of the method’s scopes and the right subject', async () => {
    tenant = await startTenant();
    expect((await fetch(`${tenant.url}${USERS}/dana@example.com`)).status).toBe(401);
    expect((await call(`${USERS}/dana@example.com`)).status).toBe(200);
    expect(await call(LOGIN)).toMatchObject({
      status: 403,
      body: { error: { errors: [{ reason: 'insufficientPermissions' }] } },
    });
    expect((await call(`${USERS}/dana@example.com`, { sub: 'dana@example.com' })).status).toBe(403);
    expect((await call(`${USERS}/dana@example.com`, { sub: undefined })).status).toBe(403);
    const mails = { scope: scope('mails'), sub: 'dana@example.com' };
    expect((await call('/gmail/v1/users/me/messages', mails)).status).toBe(200);
    expect((await call('/gmail/v1/users/max@example.com/messages', mails)).status).toBe(403);
    expect((await call('/v1/spaces', { scope: scope('spaces'), sub: undefined })).status).toBe(403);
    expect((await call(`${USERS}/dana@example.com/photos`)).status).toBe(404);
  });

  it('are answered as each family words it: no key for nothing, numbers as text, newest first', async () => {
    tenant = await startTenant([
      { type: 'token', at: '-PT2H', user: '@dana', app: 'app:thief', bytes: 42 },
      { type: 'token', at: '-PT1H', user: '@dana', app: 'app:thief', bytes: 43 },
    ]);
    const logs = { scope: scope('activities') };
    const empty = (await call(LOGIN, logs)).body;
    expect(empty).toMatchObject({ kind: 'admin#reports#activities' });
    expect(empty).not.toHaveProperty('items');
    expect((await call('/v1beta1/alerts', { scope: scope('alerts') })).body).toEqual({});
    const { items } = (await call(LOGIN.replace('login', 'token'), logs)).body as {
      items: { id: { uniqueQualifier: string }; events: { parameters: { name: string; intValue?: string }[] }[] }[];
    };
    expect(items.map((i) => i.events[0]?.parameters.find((p) => p.name === 'num_response_bytes')?.intValue)).toEqual([
      '43',
      '42',
    ]);
    expect(items[0]?.id.uniqueQualifier).toMatch(/^-?\d+$/);
  });

  it('refuse filters without an event name, unknown applications, and page tokens of nobody', async () => {
    tenant = await startTenant();
    const logs = { scope: scope('activities') };
    for (const path of [
      `${LOGIN}?filters=a==b`,
      LOGIN.replace('login', 'unknown'),
      `${LOGIN}?pageToken=x`,
      `${LOGIN}?startTime=soon`,
    ])
      expect((await call(path, logs)).status).toBe(400);
  });

  it('let no lower administrator act on a higher one', async () => {
    tenant = await startTenant();
    const suspend = { role: 'containment', scope: scope('suspend'), method: 'PUT', body: { suspended: true } } as const;
    expect((await call(`${USERS}/ada@example.com`, suspend)).status).toBe(403);
    expect((await call(`${USERS}/${ADMIN}`, suspend)).status).toBe(403);
    expect((await call(`${USERS}/dana@example.com`, suspend)).status).toBe(200);
    expect(tenant.world.journal).toHaveLength(1);
  });

  it('write the journal only when something changes', async () => {
    tenant = await startTenant();
    const suspend = { role: 'containment', scope: scope('suspend'), method: 'PUT', body: { suspended: true } } as const;
    await call(`${USERS}/dana@example.com`, suspend);
    await call(`${USERS}/dana@example.com`, suspend);
    expect(tenant.world.journal).toMatchObject([
      {
        platform: 'google',
        operation: METHODS.suspend.name,
        targetId: tenant.id('dana'),
        effect: 'suspended: false -> true',
      },
    ]);
  });
});

describe('a scenario', () => {
  it('is refused with the place of a row that is wrong', async () => {
    await expect(startTenant([{ type: 'login', at: '-PT1H', usr: '@dana' }])).rejects.toThrow(/row \d+-0 \(login\)/);
    await expect(startTenant([{ type: 'signin', at: '-PT1H' }])).rejects.toThrow(/no row type signin/);
  });
});

describe('keys of the service accounts', () => {
  it('are the same in every process, different for every role, and fit to sign', async () => {
    expect(rsaKeyOf('google:evidence')).toEqual(rsaKeyOf('google:evidence'));
    tenant = await startTenant();
    const { evidence, containment, people } = googleCredentials(tenant.world);
    expect(new Set([evidence, containment, people].map((a) => a.privateKey)).size).toBe(3);
    for (const role of ['evidence', 'containment', 'people'] as const)
      expect((await token({ role, scope: scopesOf(role)[0] ?? '' })).status).toBe(200);
  });
});

describe('the administrator’s role', () => {
  const TABLE = Object.entries(METHODS as Readonly<Record<string, GoogleMethod>>);
  it.each(TABLE.flatMap(([key, m]) => (privilegeOf(m) === undefined ? [] : [[key, privilegeOf(m) ?? ''] as const])))(
    '%s is refused without the privilege %s',
    async (key, privilege) => {
      tenant = await startTenant(DRIVEN_ROWS);
      tenant.simulator.takePrivilege(privilege);
      const error = await googleDrives[key as keyof typeof METHODS](tenant).catch((e: unknown) => e as Error);
      // What an act is aimed at is looked for first; what cannot be found for want of a right is protected.
      expect([error, (error as Error).cause]).toContainEqual(expect.objectContaining({ code: 'VENDOR_SCOPE' }));
    },
  );
});
