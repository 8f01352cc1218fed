import { afterEach, describe, expect, it } from 'vitest';
import { microsoftCredentials } from '../../../simulator/microsoft/auth.js';
import { startTenant, talkOf, type Tenant } from '../../platforms/microsoft/fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

async function token(
  role: 'evidence' | 'containment' | 'people',
  scope = 'https://graph.microsoft.com/.default',
  extra: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { tenantId, ...roles } = microsoftCredentials(tenant.world);
  const { clientId, clientSecret } = roles[role];
  const form = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: 'client_credentials',
    scope,
    ...extra,
  });
  const response = await fetch(`${tenant.url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: form });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
async function call(
  path: string,
  init: {
    method?: string;
    body?: unknown;
    role?: 'evidence' | 'containment' | 'people';
    scope?: string;
    token?: string;
  } = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const bearer = init.token ?? String((await token(init.role ?? 'evidence', init.scope)).body['access_token']);
  const response = await fetch(`${tenant.url}${path}`, {
    method: init.method ?? 'GET',
    headers: {
      authorization: `Bearer ${bearer}`,
      'client-request-id': 'my-id',
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
const code = (body: Record<string, unknown>): unknown =>
  (body['error'] as Record<string, unknown> | undefined)?.['code'];
const rows = (body: Record<string, unknown>): readonly Record<string, unknown>[] =>
  body['value'] as Record<string, unknown>[];

describe('tokens', () => {
  it('are given for the right secret, resource and grant only', async () => {
    tenant = await startTenant();
    expect(await token('evidence')).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3599 } });
    expect(await token('evidence', undefined, { client_secret: 'wrong' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await token('evidence', 'https://example.net/.default')).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
  });

  it('open one API and only what the role was given', async () => {
    tenant = await startTenant();
    expect((await call('/v1.0/users', { token: 'nonsense' })).status).toBe(401);
    expect(await call('/v1.0/users', { scope: 'https://manage.office.com/.default' })).toMatchObject({ status: 401 });
    const denied = await call(`/v1.0/users/${tenant.id('dana')}`, { method: 'PATCH', body: { accountEnabled: false } });
    expect(denied.status).toBe(403);
    expect(denied.body).toMatchObject({
      error: { code: 'Authorization_RequestDenied', innerError: { 'request-id': expect.any(String) as string } },
    });
    expect(denied.headers.get('client-request-id')).toBe('my-id');
    expect(tenant.simulator.inspect('@dana')['enabled']).toBe(true);
  });
});

describe('the vendor as it is', () => {
  it('hides what $select does not name', async () => {
    tenant = await startTenant();
    const plain = await call(`/v1.0/users/${tenant.id('dana')}`);
    expect(plain.body).not.toHaveProperty('accountEnabled');
    const asked = await call(`/v1.0/users/dana@example.com?$select=accountEnabled,signInSessionsValidFromDateTime`);
    expect(asked.body).toMatchObject({ id: tenant.id('dana'), accountEnabled: true });
    expect(asked.body['signInSessionsValidFromDateTime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('writes paging links of the real host and lets its tokens expire', async () => {
    let now = new Date();
    tenant = await startTenant([], { pageSize: 2, now: () => now });
    const first = await call('/v1.0/users?$top=2&$select=id');
    const link = String(first.body['@odata.nextLink']);
    expect(link).toMatch(/^https:\/\/graph\.microsoft\.com\/v1\.0\/users\?.*\$skiptoken=/);
    const path = link.slice('https://graph.microsoft.com'.length);
    const second = await call(path);
    expect(rows(second.body)[0]?.['id']).not.toBe(rows(first.body)[0]?.['id']);
    now = new Date(now.getTime() + 2 * 3_600_000);
    expect(await call(path)).toMatchObject({ status: 400, body: { error: { code: 'Request_BadRequest' } } });
  });

  it('refuses filters that the real endpoint does not take, and paths it does not have', async () => {
    tenant = await startTenant();
    expect(
      (await call(`/beta/auditLogs/signIns?$filter=${encodeURIComponent('createdDateTime gt 2026-01-01T00:00:00Z')}`))
        .status,
    ).toBe(400);
    expect((await call(`/beta/auditLogs/signIns?$filter=${encodeURIComponent("userAgent eq 'x'")}`)).status).toBe(400);
    expect((await call(`/beta/auditLogs/signIns?$filter=${encodeURIComponent("userId eq 'x' and")}`)).status).toBe(400);
    expect(code((await call('/v1.0/users/x/invalidateAllRefreshTokens', { method: 'POST', body: {} })).body)).toBe(
      'ResourceNotFound',
    );
  });

  it('replaces the whole list of a named location', async () => {
    tenant = await startTenant();
    const list = rows((await call('/v1.0/identity/conditionalAccess/namedLocations', { role: 'containment' })).body);
    const path = `/v1.0/identity/conditionalAccess/namedLocations/${String(list[0]?.['id'])}`;
    const put = (ipRanges: unknown) =>
      call(path, {
        method: 'PATCH',
        role: 'containment',
        body: { '@odata.type': '#microsoft.graph.ipNamedLocation', ipRanges },
      });
    expect(
      (await put([{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '203.0.113.66/32' }])).status,
    ).toBe(204);
    expect(tenant.simulator.inspect('ip:attacker')).toEqual({ blocked: true });
    expect(
      (await put([{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '203.0.113.1/32' }])).status,
    ).toBe(204);
    expect(tenant.simulator.inspect('ip:attacker')).toEqual({ blocked: false });
    expect((await put([])).status).toBe(400);
  });

  it('answers a guest well and does nothing', async () => {
    tenant = await startTenant();
    const answer = await call(`/v1.0/users/${tenant.id('gina')}/revokeSignInSessions`, {
      method: 'POST',
      role: 'containment',
      body: {},
    });
    expect(answer).toMatchObject({ status: 200, body: { value: true } });
    expect(tenant.world.journal).toEqual([]);
  });

  it('refuses a second isolation while one is under way, a deleted grant, and acts on administrators', async () => {
    tenant = await startTenant([
      { type: 'device', at: '-P1D', device: 'laptop' },
      { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['Chat.Read'] },
    ]);
    const defender = { role: 'containment', scope: 'https://api.securitycenter.microsoft.com/.default' } as const;
    const machine = String(rows((await call('/api/machines', defender)).body)[0]?.['id']);
    const isolate = () =>
      call(`/api/machines/${machine}/isolate`, {
        ...defender,
        method: 'POST',
        body: { Comment: 'x', IsolationType: 'Full' },
      });
    expect((await isolate()).status).toBe(201);
    expect(code((await isolate()).body)).toBe('ActiveRequestAlreadyExists');
    const grant = String(
      rows((await call(`/v1.0/users/${tenant.id('dana')}/oauth2PermissionGrants`, { role: 'containment' })).body)[0]?.[
        'id'
      ],
    );
    const remove = () => call(`/v1.0/oauth2PermissionGrants/${grant}`, { method: 'DELETE', role: 'containment' });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect(
      (
        await call(`/v1.0/users/${tenant.id('ada')}`, {
          method: 'PATCH',
          role: 'containment',
          body: { accountEnabled: false },
        })
      ).status,
    ).toBe(403);
    expect(tenant.world.journal).toHaveLength(2);
  });

  it('writes the journal only when something changes', async () => {
    tenant = await startTenant();
    const disable = () =>
      call(`/v1.0/users/${tenant.id('dana')}`, {
        method: 'PATCH',
        role: 'containment',
        body: { accountEnabled: false },
      });
    expect([(await disable()).status, (await disable()).status]).toEqual([204, 204]);
    expect(tenant.world.journal).toMatchObject([
      {
        operation: 'PATCH /users/{id} accountEnabled',
        targetId: tenant.id('dana'),
        effect: 'accountEnabled: true -> false',
      },
    ]);
  });

  it('words faults as the vendor does', async () => {
    tenant = await startTenant();
    tenant.fault('GET /users', 'throttle', 1, { retryAfterSeconds: 9 });
    const slow = await call('/v1.0/users');
    expect([slow.status, slow.headers.get('retry-after'), code(slow.body)]).toEqual([429, '9', 'TooManyRequests']);
    tenant.fault('GET /users', 'throttle_without_header');
    expect((await call('/v1.0/users')).headers.get('retry-after')).toBeNull();
  });
});

describe('scenario rows', () => {
  it('are refused with their place when they are wrong', async () => {
    await expect(startTenant([{ type: 'sign_in', at: '-PT1H', user: '@dana' }])).rejects.toThrow(/row 0-0 \(sign_in\)/);
    await expect(startTenant([{ type: 'sign_inn', at: '-PT1H' }])).rejects.toThrow(/no row type sign_inn/);
    tenant = await startTenant();
  });

  it('put consent on the person and the app', async () => {
    tenant = await startTenant([
      { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['Chat.Read'] },
    ]);
    expect(tenant.simulator.inspect('@dana')['grants']).toBe(1);
    expect(tenant.simulator.inspect('app:thief')).toEqual({ removed: false, grants: 1 });
  });

  it('lead to messages that people can read', async () => {
    tenant = await startTenant();
    const message = {
      key: 'k',
      title: 'Was this you?',
      text: 'A sign-in (new device).',
      link: { label: 'Answer', url: 'https://quell.example.com/a/1' },
    };
    for (const talk of talkOf(tenant).talk)
      await talk.send(talk.channel === 'mail' ? 'dana@example.com' : tenant.id('dana'), message);
    const got = tenant.simulator.messagesTo?.('dana') ?? [];
    expect(got.map((m) => m.channel).sort()).toEqual(['mail', 'teams']);
    for (const m of got) {
      expect(m.links).toEqual(['https://quell.example.com/a/1']);
      expect(m.text).toContain('A sign-in (new device).');
    }
    expect(tenant.simulator.messagesTo?.('max')).toEqual([]);
  });
});
