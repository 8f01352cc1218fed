import { afterEach, describe, expect, it } from 'vitest';
import { createSlackEvidence } from '../../../platforms/slack/evidence.js';
import { evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const byTime = (a: { readonly at: string }, b: { readonly at: string }): number => a.at.localeCompare(b.at);

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
    // What others said to all is kept for what it announces, and not as received.
    expect(events.filter((e) => e.kind === 'team_message')).toMatchObject([
      { channel: { name: 'general', private: false }, text: 'to everybody' },
    ]);
    expect(events.filter((e) => e.kind === 'message_received').map((e) => e.channel?.name)).toEqual(['board']);
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

describe('trusted networks', () => {
  const ROWS: readonly RowInput[] = [
    { type: 'trusted', at: '-P9D', cidr: '198.51.100.0/24' },
    { type: 'trusted', at: '-PT2H', cidr: '203.0.113.0/24' },
    { type: 'trusted', at: '-PT2H', asn: 64500 },
  ];

  it('are read as they stand at the end of the window, the same each time', async () => {
    tenant = await startTenant(ROWS);
    const query = tenant.query('dana');
    const { events } = await readAll(tenant, 'slack.trusted_networks', query);
    expect(events.map((e) => [e.kind, e.actor, e.at, e.target?.name])).toEqual(
      ['198.51.100.0/24', '203.0.113.0/24', 'AS64500'].map((name) => ['config_change', undefined, query.to, name]),
    );
    expect((await readAll(tenant, 'slack.trusted_networks', query)).events).toEqual(events);
  });

  it('are no source without the token that may read them, or below Enterprise; the case says so', async () => {
    tenant = await startTenant(ROWS);
    const { audit, evidenceAdmin, evidenceLogs } = tenant.own.tokens;
    const without = createSlackEvidence(tenant.settings({ audit, admin: evidenceAdmin }));
    expect(without.sources.map((s) => s.id)).not.toContain('slack.trusted_networks');
    expect(without.limitations.map((l) => l.what)).toContain('access and integration logs, trusted networks');
    const business = createSlackEvidence({
      ...tenant.settings({ admin: evidenceAdmin, logs: evidenceLogs }),
      plan: 'business',
    });
    expect(business.sources.map((s) => s.id)).not.toContain('slack.trusted_networks');
    expect(business.limitations.map((l) => l.what)).toContain('slack.trusted_networks');
  });
});
