import { afterEach, describe, expect, it } from 'vitest';
import { evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

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
    { type: 'audit', at: '-PT25M', action: 'user_channel_join', actor: '@dana', entity: 'channel:hr-cases' },
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

  it('takes the joining of a channel for reading it: all of it is open from then on', async () => {
    tenant = await startTenant(ROWS);
    const { events } = await readAll(tenant, 'slack.audit_logs.chat', tenant.query('dana'));
    expect(events).toMatchObject([
      { kind: 'conversation_read', operation: 'user_channel_join', actor: tenant.id('dana') },
    ]);
    expect(events[0]?.channel?.name ?? events[0]?.target?.name).toBe('hr-cases');
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

  it('loses nothing when entries arrive while it walks, and keeps them out of its window', async () => {
    let now = new Date();
    tenant = await startTenant(
      [
        { type: 'audit', at: '-PT3H', action: 'file_downloaded', actor: '@dana', entity: 'file:{n}.txt', repeat: 7 },
        ...[1, 2, 3].map((n) => ({
          type: 'audit',
          at: `PT${String(n)}M`,
          action: 'file_downloaded',
          actor: '@dana',
          entity: `file:later-${String(n)}.txt`,
        })),
      ],
      { pageSize: 2, now: () => now },
    );
    const query = { ...tenant.query('dana'), to: tenant.world.startedAt.toISOString() };
    const source = evidenceOf(tenant).sources.find((s) => s.id === 'slack.audit_logs.files');
    const seen = new Map<string, string | undefined>();
    let cursor: string | undefined;
    do {
      const page = await source?.read(query, cursor);
      for (const event of page?.events ?? []) seen.set(event.id, event.target?.name);
      cursor = page?.next;
      now = new Date(now.getTime() + 60_000); // a newer entry with each page
    } while (cursor !== undefined);
    expect([...seen.values()].sort()).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `${String(n)}.txt`));
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
    tenant = await startTenant(ROWS);
    tenant.fault('audit.logs', 'throttle', 1, { retryAfterSeconds: 60 });
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
