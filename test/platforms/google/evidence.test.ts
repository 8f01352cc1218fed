import { afterEach, describe, expect, it } from 'vitest';
import { evidenceOf, readAll, startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const CHAT_SCOPE = 'https://www.googleapis.com/auth/chat.messages.readonly';
const read = async (source: string, key = 'dana', extra = {}) =>
  (await readAll(evidenceOf(tenant), source, tenant.query(key, extra))).events;

describe('google.login', () => {
  it('reads sign-ins with where they came from, and failures', async () => {
    tenant = await startTenant([
      { type: 'login', at: '-PT3H', user: '@dana', ip: 'ip:office', country: 'DE', asn: 64500 },
      { type: 'login', at: '-PT2H', user: '@dana', ip: 'ip:attacker', country: 'BR', asn: 64666, suspicious: true },
      { type: 'login', at: '-PT1H', user: '@dana', event: 'login_failure', ip: 'ip:attacker' },
      { type: 'login', at: '-PT1H', user: '@max', ip: 'ip:office' },
      { type: 'login', at: '-PT1H', user: '@dana', event: 'logout' },
    ]);
    const events = await read('google.login');
    expect(events.map(({ kind, ip, outcome }) => ({ kind, ip, outcome }))).toEqual([
      { kind: 'sign_in_failed', ip: '203.0.113.66', outcome: 'failure' },
      { kind: 'sign_in', ip: '203.0.113.66', outcome: 'success' },
      { kind: 'sign_in', ip: '198.51.100.7', outcome: 'success' },
    ]);
    expect(events[1]).toMatchObject({
      platform: 'google',
      tenant: 'main',
      source: 'google.login',
      logSource: 'user_access',
      actor: tenant.id('dana'),
      operation: 'login_success',
      country: 'BR',
      asn: 64666,
      reasons: ['suspicious_login'],
    });
  });

  it('reads changed credentials of both logs and Google’s warnings, which name the person only in a parameter', async () => {
    tenant = await startTenant([
      { type: 'user_account', at: '-PT3H', user: '@dana', event: 'password_edit', ip: 'ip:attacker' },
      { type: 'user_account', at: '-PT3H', user: '@dana', event: '2sv_disable', ip: 'ip:attacker' },
      {
        ...{ type: 'user_account', at: '-PT3H', user: '@dana', event: 'email_forwarding_out_of_domain' },
        forwardTo: 'Drop@example.net',
      },
      { type: 'login', at: '-PT2H', user: '@dana', event: 'suspicious_login', ip: 'ip:attacker' },
      { type: 'login', at: '-PT2H', user: '@max', event: 'suspicious_login', ip: 'ip:attacker' },
      { type: 'login', at: '-PT1H', user: '@dana', event: 'user_signed_out_due_to_suspicious_session_cookie' },
    ]);
    const events = await read('google.login');
    expect(events.map((e) => `${e.kind} ${e.operation}`).sort()).toEqual([
      'credential_change 2sv_disable',
      'credential_change password_edit',
      'mail_rule email_forwarding_out_of_domain',
      'platform_alert suspicious_login',
      'platform_alert user_signed_out_due_to_suspicious_session_cookie',
    ]);
    expect(events.filter((e) => e.kind === 'platform_alert').map((e) => e.actor)).toEqual([
      tenant.id('dana'),
      tenant.id('dana'),
    ]);
    expect(events.find((e) => e.operation.startsWith('user_signed'))?.reasons).toContain('suspicious_session');
    expect(events.find((e) => e.kind === 'mail_rule')).toMatchObject({
      target: { type: 'setting', id: 'autoForwarding' },
      externalRecipients: ['drop@example.net'],
    });
  });

  it('walks pages from the cursor alone, each row once with the same id on a second walk', async () => {
    tenant = await startTenant(
      [{ type: 'login', at: '-PT10H', repeat: 25, every: 'PT1M', user: '@dana', ip: 'ip:office' }],
      { pageSize: 4 },
    );
    const first = await readAll(evidenceOf(tenant), 'google.login', tenant.query('dana'));
    const second = await readAll(evidenceOf(tenant), 'google.login', tenant.query('dana'));
    expect(first.pages).toBeGreaterThanOrEqual(7);
    expect(new Set(first.events.map((e) => e.id)).size).toBe(25);
    expect(second.events).toEqual(first.events);
  });

  it('does not show a row before it has arrived', async () => {
    let now = new Date();
    tenant = await startTenant(
      [{ type: 'login', at: '-PT1H', user: '@dana', ip: 'ip:attacker', visibleAfter: 'PT2H' }],
      { now: () => now },
    );
    expect(await read('google.login')).toEqual([]);
    now = new Date(now.getTime() + 3 * 3_600_000);
    expect(await read('google.login')).toHaveLength(1);
  });
});

describe('google.token', () => {
  it('reads grants with their scopes and what an app took with them', async () => {
    tenant = await startTenant([
      { type: 'grant', at: '-PT2H', user: '@dana', app: 'app:thief', scopes: [CHAT_SCOPE], ip: 'ip:attacker' },
      { type: 'token', at: '-PT1H', user: '@dana', app: 'app:thief', bytes: 5_000_000, ip: 'ip:attacker' },
      { type: 'token', at: '-PT1H', user: '@dana', event: 'revoke', app: 'app:notes' },
    ]);
    const id = tenant.world.appId('thief');
    expect(await read('google.token')).toMatchObject([
      {
        kind: 'api_activity',
        operation: 'chat.spaces.messages.list',
        bytes: 5_000_000,
        ip: '203.0.113.66',
        app: { id, name: 'Chat Backup Helper' },
      },
      {
        kind: 'app_grant',
        operation: 'authorize',
        app: { id, name: 'Chat Backup Helper', scopes: [CHAT_SCOPE] },
        target: { type: 'app', id },
      },
    ]);
  });
});

describe('google.admin', () => {
  it('reads what the person changed and what was done to the person', async () => {
    tenant = await startTenant([
      {
        type: 'admin',
        at: '-PT9H',
        user: '@ada',
        event: 'CHANGE_APPLICATION_SETTING',
        parameters: { SETTING_NAME: 'External chat' },
      },
      {
        type: 'admin',
        at: '-PT8H',
        user: '@ada',
        event: 'AUTHORIZE_API_CLIENT_ACCESS',
        eventType: 'DOMAIN_SETTINGS',
        parameters: { API_CLIENT_NAME: '42', API_SCOPES: `${CHAT_SCOPE}, openid` },
      },
      { type: 'admin', at: '-PT7H', user: '@ada', event: 'CUSTOMER_TAKEOUT_CREATED', eventType: 'CUSTOMER_TAKEOUT' },
      {
        type: 'admin',
        at: '-PT6H',
        user: '@ada',
        event: 'GRANT_ADMIN_PRIVILEGE',
        eventType: 'DELEGATED_ADMIN_SETTINGS',
        about: '@dana',
      },
      { type: 'admin', at: '-PT5H', user: '@ada', event: 'CHANGE_PASSWORD', eventType: 'USER_SETTINGS', about: '@max' },
    ]);
    expect((await read('google.admin', 'ada')).map((e) => [e.kind, e.target?.type, e.target?.id])).toEqual([
      ['credential_change', 'user', 'max@example.com'],
      ['role_change', 'user', 'dana@example.com'],
      ['export', 'export', 'CUSTOMER_TAKEOUT_CREATED'],
      ['config_change', 'app', '42'],
      ['config_change', 'setting', 'External chat'],
    ]);
    expect((await read('google.admin', 'ada')).find((e) => e.app)?.app?.scopes).toEqual([CHAT_SCOPE, 'openid']);
    expect(await read('google.admin')).toMatchObject([
      { kind: 'role_change', actor: tenant.id('ada'), target: { type: 'user', id: tenant.id('dana') } },
    ]);
  });
});

describe('google.alerts', () => {
  it('keeps the alerts about the person, whichever field names them', async () => {
    tenant = await startTenant([
      { type: 'alert', at: '-PT3H', user: '@dana', ip: 'ip:attacker' },
      {
        type: 'alert',
        at: '-PT2H',
        user: '@dana',
        kind: 'DlpRuleViolation',
        source: 'Data Loss Prevention',
        title: 'Data Loss Prevention',
        severity: 'LOW',
      },
      {
        type: 'alert',
        at: '-PT2H',
        user: '@dana',
        kind: 'DomainWideTakeoutInitiated',
        title: 'Customer takeout initiated',
      },
      { type: 'alert', at: '-PT1H', user: '@max' },
      { type: 'alert', at: '-P9D', user: '@dana' },
    ]);
    expect(await read('google.alerts')).toMatchObject([
      { kind: 'platform_alert', operation: 'DlpRuleViolation', reasons: ['data_loss_prevention'], labels: ['low'] },
      { kind: 'export', operation: 'DomainWideTakeoutInitiated' },
      { kind: 'platform_alert', operation: 'AccountWarning', ip: '203.0.113.66', reasons: ['suspicious_login'] },
    ]);
  });
});
