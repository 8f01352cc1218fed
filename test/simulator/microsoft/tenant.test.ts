import { afterEach, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../platforms/microsoft/operations.js';
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

describe('what a caller must expect', () => {
  it('knows no other verb, no more rows than the page may have, and nothing that was not asked for', async () => {
    tenant = await startTenant([{ type: 'device', at: '-P1D', device: 'laptop', user: '@dana' }]);
    const id = tenant.id('dana');
    expect(await call(`/v1.0/users/${id}`, { method: 'DELETE' })).toMatchObject({ status: 405 });
    expect(await call('/v1.0/users?$top=1000')).toMatchObject({ status: 400 });
    const user = await call(`/v1.0/users/${id}?$select=mail`);
    expect(Object.keys(user.body).sort()).toEqual(['id', 'mail']);
    expect(JSON.parse(user.headers.get('x-ms-ags-diagnostic') ?? '{}')).toHaveProperty('ServerInfo');
    const missing = await call('/v1.0/users/nobody');
    expect(missing.body).toMatchObject({ error: { innerError: { 'client-request-id': 'my-id' } } });
    const devices = rows((await call('/v1.0/deviceManagement/managedDevices', { role: 'containment' })).body);
    expect(devices[0]).not.toHaveProperty('deviceActionResults');
  });

  it.each([
    ['entraP1', OPERATIONS.signIns, 403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'],
    ['entraP1', OPERATIONS.namedLocations, 403, 'Forbidden'],
    ['entraP2', OPERATIONS.riskDetections, 403, 'Forbidden'],
    ['defender', OPERATIONS.alerts, 403, 'Forbidden'],
    ['intune', OPERATIONS.managedDevices, 400, 'BadRequest'],
  ] as const)(
    'refuses, without the licence %s, even an app that has the permission',
    async (licence, operation, status, word) => {
      const [role, scope] = [operation.roles[0] ?? 'evidence', operation.scopes[0] ?? ''];
      const path = `/${operation.version}${operation.path}`;
      tenant = await startTenant([], { licences: { [licence]: false } });
      tenant.simulator.authority.grant(role, scope);
      const refused = await call(path, { role });
      expect([refused.status, code(refused.body)]).toEqual([status, word]);
      await tenant.close();
      tenant = await startTenant();
      expect((await call(path, { role })).status).toBe(200);
    },
  );

  it('shows sign-ins of other types only to those who ask for them', async () => {
    tenant = await startTenant([
      { type: 'sign_in', at: '-PT1H', user: '@dana', ip: 'ip:office' },
      { type: 'sign_in', at: '-PT1H', user: '@dana', ip: 'ip:office', interactive: false },
      { type: 'app_sign_in', at: '-PT1H', app: 'app:thief', ip: 'ip:office' },
    ]);
    expect(rows((await call('/beta/auditLogs/signIns')).body)).toHaveLength(1);
    const filter = encodeURIComponent("signInEventTypes/any(t: t eq 'servicePrincipal')");
    expect(rows((await call(`/beta/auditLogs/signIns?$filter=${filter}`)).body)).toMatchObject([
      { servicePrincipalName: 'Chat Backup Helper' },
    ]);
  });

  it('updates an indicator that is submitted again, and takes no network', async () => {
    tenant = await startTenant();
    const scope = 'https://api.securitycenter.microsoft.com/.default';
    tenant.simulator.authority.grant('containment', 'Ti.ReadWrite');
    const submit = (indicatorValue: string, action: string) =>
      call('/api/indicators', {
        method: 'POST',
        role: 'containment',
        scope,
        body: { indicatorValue, indicatorType: 'IpAddress', action, title: 't', description: 'd' },
      });
    await submit('203.0.113.66', 'Audit');
    await submit('203.0.113.66', 'Block');
    expect((await submit('203.0.113.0/24', 'Block')).status).toBe(400);
    const listed = await call('/api/indicators', { role: 'containment', scope });
    expect(rows(listed.body)).toMatchObject([{ indicatorValue: '203.0.113.66', action: 'Block' }]);
  });

  it('has no entry in the activity feed for an app that is not installed, nor for one of several', async () => {
    tenant = await startTenant();
    const notify = (extra: object = {}) =>
      call(`/v1.0/users/${tenant.id('max')}/teamwork/sendActivityNotification`, {
        method: 'POST',
        role: 'people',
        body: {
          topic: { source: 'entityUrl', value: 'https://graph.microsoft.com/v1.0/x' },
          activityType: 'a',
          ...extra,
        },
      });
    expect((await notify()).status).toBe(403);
    await talkOf(tenant)
      .talk.find((t) => t.channel === 'teams')
      ?.send(tenant.id('max'), { key: 'k', title: 't', text: 't' });
    expect((await notify()).status).toBe(409);
    expect((await notify({ teamsAppId: microsoftCredentials(tenant.world).teamsAppId })).status).toBe(204);
  });

  it('repeats the last row of a page in lists of Teams, and names system messages only to those who ask', async () => {
    tenant = await startTenant(
      [{ type: 'message', at: '-PT1H', chat: 'deal', from: '@dana', to: ['@max'], text: 'm {n}', repeat: 3 }],
      { pageSize: 2 },
    );
    const path = `/v1.0/users/${tenant.id('dana')}/chats/getAllMessages`;
    const first = await call(path);
    const next = new URL(String(first.body['@odata.nextLink']));
    expect(next.host).toBe('graph.microsoft.com');
    const second = await call(`${next.pathname}${next.search}`);
    expect(rows(second.body)[0]?.['id']).toBe(rows(first.body)[1]?.['id']);
    expect(rows(second.body).at(-1)?.['messageType']).toBe('unknownFutureValue');
  });

  it('asks callers of Identity Protection to slow down without saying for how long', async () => {
    tenant = await startTenant([], { rates: 1 });
    const bearer = String((await token('evidence')).body['access_token']);
    const path = '/v1.0/identityProtection/riskDetections';
    const answers = [await call(path, { token: bearer }), await call(path, { token: bearer })];
    expect(answers.map((r) => r.status)).toEqual([200, 429]);
    expect(answers[1]?.headers.get('retry-after')).toBeNull();
    const audits = await Promise.all(
      Array.from({ length: 6 }, () => call('/v1.0/auditLogs/directoryAudits', { token: bearer })),
    );
    expect(audits.filter((r) => r.status === 429).map((r) => r.headers.get('retry-after'))).toEqual([
      expect.stringMatching(/^\d+$/),
    ]);
  });
});
