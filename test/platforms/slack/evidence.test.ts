import { afterEach, describe, expect, it } from 'vitest';
import { evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const byTime = (a: { readonly at: string }, b: { readonly at: string }): number => a.at.localeCompare(b.at);

describe('audit logs', () => {
  const ROWS: readonly RowInput[] = [
    { type: 'audit', at: '-PT3H', action: 'user_login', actor: '@dana', ip: 'ip:attacker', session: 's-thief' },
    {
      type: 'audit',
      at: '-PT2H',
      action: 'file_downloaded',
      actor: '@dana',
      entity: 'file:passwords.txt',
      ip: 'ip:attacker',
      session: 's-thief',
      repeat: 25,
      every: 'PT10S',
    },
    {
      type: 'audit',
      at: '-PT1H',
      action: 'app_scopes_expanded',
      actor: '@dana',
      entity: 'app:thief',
      details: { new_scopes: ['channels:history', 'files:read'], previous_scopes: ['files:read'] },
    },
    {
      type: 'audit',
      at: '-PT50M',
      action: 'pref.two_factor_auth_changed',
      actor: '@dana',
      details: { new_value: 'off', previous_value: 'on' },
    },
    { type: 'audit', at: '-PT45M', action: 'role_change_to_admin', actor: '@ada', entity: '@dana' },
    {
      type: 'audit',
      at: '-PT40M',
      action: 'anomaly',
      actor: '@dana',
      ip: 'ip:attacker',
      details: { reason: ['tor', 'excessive_downloads'], ip_address_details: ['in-ioc-list'] },
    },
    {
      type: 'audit',
      at: '-PT30M',
      action: 'file_shared',
      actor: '@dana',
      entity: 'file:inside.txt',
      details: { shared_with: [{ id: 'C1', is_shared: false }] },
    },
    {
      type: 'audit',
      at: '-PT29M',
      action: 'file_shared',
      actor: '@dana',
      entity: 'file:outside.txt',
      details: { shared_with: [{ id: 'C2', is_shared: true }] },
    },
    { type: 'audit', at: '-PT28M', action: 'manual_export_started', actor: '@dana' },
    { type: 'audit', at: '-PT20M', action: 'user_login', actor: '@eve', ip: 'ip:office' },
    { type: 'audit', at: '-P5D', action: 'user_login', actor: '@dana', ip: 'ip:office' },
  ];

  it('reads sign-ins with address, client and session, of the subject and the window alone', async () => {
    tenant = await startTenant(ROWS);
    const { events } = await readAll(tenant, 'slack.audit_logs.access', tenant.query('dana'));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      kind: 'sign_in',
      actor: tenant.id('dana'),
      ip: '203.0.113.66',
      sessionId: expect.stringMatching(/^\d+$/) as string,
      logSource: 'user_access',
      outcome: 'success',
    });
  });

  it('gives every row once over pages of any size, with the same ids on a second read', async () => {
    tenant = await startTenant(ROWS, { pageSize: 3 });
    const first = await readAll(tenant, 'slack.audit_logs.files', tenant.query('dana'));
    expect(first.pages).toBeGreaterThan(5);
    const downloads = first.events.filter((e) => e.kind === 'file_download');
    expect(downloads).toHaveLength(25);
    expect(new Set(first.events.map((e) => e.id)).size).toBe(first.events.length);
    const second = await readAll(tenant, 'slack.audit_logs.files', tenant.query('dana'));
    expect(second.events.map((e) => e.id)).toEqual(first.events.map((e) => e.id));
  });

  it('keeps entries of one second together when they fill more than a page', async () => {
    tenant = await startTenant(
      [
        {
          type: 'audit',
          at: '-PT2H',
          action: 'file_downloaded',
          actor: '@dana',
          entity: 'file:a.txt',
          repeat: 7,
          every: 'PT0S',
        },
      ],
      { pageSize: 2 },
    );
    expect((await readAll(tenant, 'slack.audit_logs.files', tenant.query('dana'))).events).toHaveLength(7);
  });

  it('does not walk back behind the window', async () => {
    tenant = await startTenant(
      [...ROWS, { type: 'audit', at: '-P9D', action: 'user_login', actor: '@dana', repeat: 50, every: 'PT1M' }],
      { pageSize: 5 },
    );
    const { pages, events } = await readAll(tenant, 'slack.audit_logs.access', tenant.query('dana'));
    expect(events).toHaveLength(1);
    expect(pages).toBeLessThan(5);
  });

  it('tells an external share from a file shared inside', async () => {
    tenant = await startTenant(ROWS);
    const { events } = await readAll(tenant, 'slack.audit_logs.files', tenant.query('dana'));
    expect(events.filter((e) => e.kind === 'share').map((e) => [e.target?.name, e.channel?.external])).toEqual([
      ['outside.txt', true],
    ]);
    expect(events.filter((e) => e.kind === 'export')).toHaveLength(1);
  });

  it('reads grants with the scopes that were added, settings, and roles that others gave', async () => {
    tenant = await startTenant(ROWS, { pageSize: 4 });
    const { events } = await readAll(tenant, 'slack.audit_logs.integration', tenant.query('dana'));
    const grant = events.find((e) => e.kind === 'app_grant');
    expect(grant?.app).toMatchObject({ id: tenant.world.appId('thief'), scopes: ['channels:history'] });
    expect(events.find((e) => e.kind === 'config_change')).toMatchObject({
      operation: 'pref.two_factor_auth_changed',
      target: { type: 'setting' },
    });
    expect(events.find((e) => e.kind === 'role_change')).toMatchObject({
      actor: tenant.id('ada'),
      target: { type: 'user', id: tenant.id('dana') },
    });
  });

  it('reads anomalies with their reasons, once, although they are about the subject too', async () => {
    tenant = await startTenant(ROWS);
    const { events } = await readAll(tenant, 'slack.audit_logs.alerts', tenant.query('dana'));
    expect(events.map((e) => e.reasons)).toEqual([['tor', 'excessive_downloads', 'in-ioc-list']]);
  });

  it('shows a late row only once it is there', async () => {
    let now = new Date();
    tenant = await startTenant(
      [{ type: 'audit', at: '-PT1H', visibleAfter: 'PT2H', action: 'user_login', actor: '@dana' }],
      { now: () => now },
    );
    expect((await readAll(tenant, 'slack.audit_logs.access', tenant.query('dana'))).events).toEqual([]);
    now = new Date(tenant.world.startedAt.getTime() + 2 * 3_600_000 + 1000);
    expect((await readAll(tenant, 'slack.audit_logs.access', tenant.query('dana'))).events).toHaveLength(1);
  });

  it('reads everything and picks out itself when Slack does not know a name of the list', async () => {
    tenant = await startTenant(ROWS, { pageSize: 4 });
    const actionTable = [
      {
        id: 'slack.audit_logs.access',
        logSource: 'user_access',
        actions: { sign_in: ['user_login', 'user_login_by_new_way'] },
      },
    ] as const;
    const { events } = await readAll(tenant, 'slack.audit_logs.access', tenant.query('dana'), { actionTable });
    expect(events.map((e) => e.operation)).toEqual(['user_login']);
  });

  it('reads what an app did and what was done with it', async () => {
    tenant = await startTenant(ROWS);
    const { events } = await readAll(tenant, 'slack.audit_logs.integration', {
      ...tenant.query('dana'),
      nativeId: tenant.world.appId('thief'),
    });
    expect(events.map((e) => e.operation)).toEqual(['app_scopes_expanded']);
  });

  it('waits for the budget of the whole organisation as long as Slack asks', async () => {
    tenant = await startTenant(ROWS, { auditPerMinute: 1 });
    await expect(readAll(tenant, 'slack.audit_logs.access', tenant.query('dana'))).rejects.toMatchObject({
      code: 'VENDOR_BUSY',
      retryAfterMs: 60_000,
    });
  });

  it('is a gap with its own code when the scope or the plan is missing', async () => {
    tenant = await startTenant(ROWS);
    tenant.take('auditlogs:read');
    await expect(readAll(tenant, 'slack.audit_logs.access', tenant.query('dana'))).rejects.toMatchObject({
      code: 'VENDOR_SCOPE',
    });
    await tenant.close();
    tenant = await startTenant(ROWS, { plan: 'business' });
    await expect(
      readAll(tenant, 'slack.audit_logs.access', tenant.query('dana'), { plan: 'enterprise' }),
    ).rejects.toMatchObject({ code: 'VENDOR_PLAN' });
    expect(evidenceOf(tenant).sources.map((s) => s.id)).toEqual([
      'slack.access_logs',
      'slack.integration_logs',
      'slack.messages',
      'slack.files',
    ]);
    expect(evidenceOf(tenant).limitations.map((l) => l.what)).toContain('slack.audit_logs');
  });
});

describe('access, integration and session logs', () => {
  const ROWS: readonly RowInput[] = [
    {
      type: 'access',
      at: '-PT3H',
      user: '@dana',
      ip: 'ip:attacker',
      ua: 'python-requests/2.32',
      isp: 'Example Hosting',
      country: 'NL',
      count: 40,
    },
    {
      type: 'access',
      at: '-PT1H',
      user: '@dana',
      ip: 'ip:attacker',
      ua: 'python-requests/2.32',
      isp: 'Example Hosting',
      country: 'NL',
      count: 2,
    },
    { type: 'access', at: '-PT2H', user: '@dana', ip: 'ip:office', count: 5 },
    { type: 'access', at: '-PT1H', user: '@eve', ip: 'ip:office' },
    { type: 'access', at: '-P9D', user: '@dana', ip: '192.0.2.1' },
    { type: 'access', at: '-P8D', user: '@eve', ip: '192.0.2.2', repeat: 9, every: 'PT1H' },
    {
      type: 'integration',
      at: '-PT2H',
      user: '@dana',
      app: 'app:thief',
      change: 'added',
      scopes: ['channels:history', 'files:read'],
    },
    { type: 'integration', at: '-PT1H', user: '@dana', app: 'app:thief', change: 'updated' },
    { type: 'integration', at: '-P9D', user: '@dana', app: 'app:thief', change: 'enabled' },
    { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:attacker', session: 's-thief' },
    { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:office' },
    { type: 'session', at: '-PT3H', user: '@eve', ip: 'ip:office' },
  ];

  it('reads API use by address and client with its count', async () => {
    tenant = await startTenant(ROWS, { pageSize: 1 });
    const { events, pages } = await readAll(tenant, 'slack.access_logs', tenant.query('dana'));
    expect(
      [...events].sort(byTime).map(({ kind, ip, asName, country, count }) => ({ kind, ip, asName, country, count })),
    ).toEqual([
      { kind: 'api_activity', ip: '198.51.100.7', asName: undefined, country: undefined, count: 5 },
      { kind: 'api_activity', ip: '203.0.113.66', asName: 'Example Hosting', country: 'NL', count: 42 },
    ]);
    expect(pages).toBeLessThan(6);
  });

  it('reads which apps the subject added, over pages', async () => {
    tenant = await startTenant(ROWS, { pageSize: 1 });
    const { events } = await readAll(tenant, 'slack.integration_logs', tenant.query('dana'));
    expect([...events].sort(byTime).map((e) => [e.kind, e.operation])).toEqual([
      ['app_grant', 'integration.added'],
      ['config_change', 'integration.updated'],
    ]);
    expect(events.find((e) => e.kind === 'app_grant')?.app).toEqual({
      id: tenant.world.appId('thief'),
      name: 'Chat Backup',
      scopes: ['channels:history', 'files:read'],
    });
  });

  it('lists live sessions with the ids that the audit log uses, and none as an empty list', async () => {
    tenant = await startTenant(
      [...ROWS, { type: 'audit', at: '-PT3H', action: 'user_login', actor: '@dana', session: 's-thief' }],
      { pageSize: 1 },
    );
    const { events } = await readAll(tenant, 'slack.sessions', tenant.query('dana'));
    const login = (await readAll(tenant, 'slack.audit_logs.access', tenant.query('dana'))).events[0];
    expect(events.map((e) => e.ip).sort()).toEqual(['198.51.100.7', '203.0.113.66']);
    expect(events.find((e) => e.ip === '203.0.113.66')?.sessionId).toBe(login?.sessionId);
    expect((await readAll(tenant, 'slack.sessions', tenant.query('gus'))).events).toEqual([]);
  });

  it.each([
    ['admin', 'slack.access_logs'],
    ['admin', 'slack.integration_logs'],
    ['admin.users:read', 'slack.sessions'],
    ['im:read', 'slack.messages'],
    ['files:read', 'slack.files'],
  ])('without %s %s is a gap', async (scope, source) => {
    tenant = await startTenant(ROWS);
    tenant.take(scope);
    await expect(readAll(tenant, source, tenant.query('dana'))).rejects.toMatchObject({
      code: 'VENDOR_SCOPE',
      retryable: false,
    });
  });
});

describe('messages and files', () => {
  const ROWS: readonly RowInput[] = [
    { type: 'channel', at: '-P9D', name: 'general', members: ['@dana', '@eve', '@ada'] },
    { type: 'channel', at: '-P9D', name: 'board', private: true, members: ['@dana', '@eve'] },
    { type: 'channel', at: '-P9D', name: 'hidden', private: true, readable: false, members: ['@dana', '@eve'] },
    {
      type: 'message',
      at: '-PT5H',
      channel: 'general',
      from: '@dana',
      text: 'see https://files.example.org/x?a=1&b=2 now',
      repeat: 7,
      every: 'PT1M',
    },
    { type: 'message', at: '-PT4H', channel: 'general', from: '@eve', text: 'to everybody' },
    { type: 'message', at: '-PT4H', channel: 'board', from: '@eve', text: 'plans', thread: 'plans' },
    {
      type: 'message',
      at: '-PT3H',
      channel: 'board',
      from: '@dana',
      text: 'the password is hunter2 <tag>',
      thread: 'plans',
      files: ['secret.zip'],
    },
    { type: 'message', at: '-PT2H', channel: 'hidden', from: '@dana', text: 'unseen' },
    { type: 'message', at: '-PT2H', from: '@dana', to: '@eve', text: 'direct' },
    { type: 'message', at: '-P9D', channel: 'general', from: '@dana', text: 'old' },
    { type: 'file', at: '-PT3H', name: 'secret.zip', owner: '@dana', bytes: 9000, public: true, channel: 'board' },
    { type: 'file', at: '-PT2H', name: 'notes.txt', owner: '@dana' },
    { type: 'file', at: '-PT2H', name: 'other.txt', owner: '@eve' },
    { type: 'file', at: '-P9D', name: 'old.txt', owner: '@dana' },
  ];

  it('reads what the subject wrote anywhere and received in private, with answers in threads, over pages', async () => {
    tenant = await startTenant(ROWS, { pageSize: 2 });
    const { events } = await readAll(tenant, 'slack.messages', tenant.query('dana'));
    expect(events.filter((e) => e.kind === 'message')).toHaveLength(8);
    expect(events.filter((e) => e.kind === 'message_received').map((e) => e.channel?.name)).toEqual(['board']);
    expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
    expect(events.every((e) => e.text === undefined)).toBe(true);
    expect(events.find((e) => e.channel?.name === 'general')?.urls).toEqual(['https://files.example.org/x?a=1&b=2']);
    expect(events.find((e) => e.labels?.includes('attachment'))).toMatchObject({
      count: 1,
      bytes: 9000,
      target: { type: 'file', name: 'secret.zip' },
      channel: { private: true },
    });
  });

  it('gives text only when it may be read, as a person reads it', async () => {
    tenant = await startTenant(ROWS);
    const { events } = await readAll(tenant, 'slack.messages', tenant.query('dana', { readContent: true }));
    expect(events.map((e) => e.text)).toContain('the password is hunter2 <tag>');
    expect(events.map((e) => e.text)).toContain('see https://files.example.org/x?a=1&b=2 now');
    expect(events.map((e) => e.text)).not.toContain('unseen');
    expect(evidenceOf(tenant).limitations.map((l) => l.what)).toContain('private conversations');
  });

  it('lists uploads of the window and which have a public link', async () => {
    tenant = await startTenant(ROWS, { pageSize: 1 });
    const { events } = await readAll(tenant, 'slack.files', tenant.query('dana'));
    expect(events.map((e) => [e.kind, e.target?.name])).toEqual([
      ['file_upload', 'notes.txt'],
      ['file_upload', 'secret.zip'],
      ['share', 'secret.zip'],
    ]);
    expect(events.find((e) => e.kind === 'share')?.urls).toHaveLength(1);
  });
});

describe('directory', () => {
  it('finds people by id and mail, and nobody as nobody', async () => {
    tenant = await startTenant();
    const { directory } = evidenceOf(tenant);
    const dana = await directory.lookup({ email: 'Dana@example.com' });
    expect(dana).toEqual(await directory.lookup({ nativeId: tenant.id('dana') }));
    expect(dana).toMatchObject({
      nativeId: tenant.id('dana'),
      kind: 'person',
      emails: ['dana@example.com'],
      active: true,
      admin: false,
      lastAdmin: false,
      timeZone: 'Europe/Berlin',
    });
    expect(await directory.lookup({ email: 'nobody@example.com' })).toBeUndefined();
    expect(await directory.lookup({ nativeId: 'U0000000000' })).toBeUndefined();
    expect(await directory.lookup({ nativeId: tenant.id('gus') })).toMatchObject({ kind: 'guest' });
  });

  it('says where an account is mastered: not here when it signs in by SSO', async () => {
    tenant = await startTenant();
    const { directory } = evidenceOf(tenant, { identityProvider: 'microsoft' });
    expect((await directory.lookup({ nativeId: tenant.id('eve') }))?.masteredBy).toBe('microsoft');
    expect((await directory.lookup({ nativeId: tenant.id('dana') }))?.masteredBy).toBeUndefined();
  });

  it('knows the last owner only when no other is left', async () => {
    tenant = await startTenant();
    const { directory } = evidenceOf(tenant);
    expect(await directory.lookup({ nativeId: tenant.id('ada') })).toMatchObject({ admin: true, lastAdmin: false });
    for (const m of tenant.simulator.state.members) if (m.admin && m.key !== 'ada') m.active = false;
    expect(await directory.lookup({ nativeId: tenant.id('ada') })).toMatchObject({ admin: true, lastAdmin: true });
  });

  it('finds an app by its id, with who answers for it', async () => {
    tenant = await startTenant([
      { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'added' },
    ]);
    const { directory } = evidenceOf(tenant);
    expect(await directory.lookup({ nativeId: tenant.world.appId('thief') })).toMatchObject({
      kind: 'app',
      displayName: 'Chat Backup',
      active: true,
      sponsorId: tenant.id('dana'),
    });
    expect(await directory.lookup({ nativeId: 'A0000000000' })).toBeUndefined();
  });

  it('lists everybody once over pages', async () => {
    tenant = await startTenant([], { pageSize: 3 });
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await evidenceOf(tenant).directory.list(cursor);
      ids.push(...page.entries.map((e) => e.nativeId));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(ids).toEqual(tenant.simulator.state.members.map((m) => m.id));
  });
});
