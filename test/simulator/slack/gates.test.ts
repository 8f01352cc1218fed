import { afterEach, describe, expect, it } from 'vitest';
import { startTenant, type Tenant } from '../../platforms/slack/fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

type Body = Readonly<Record<string, unknown>>;
async function web(method: string, token: string, args: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${tenant.url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(args),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}
async function get(path: string, token: string) {
  const response = await fetch(`${tenant.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Body };
}
const admin = (): string => tenant.own.tokens.containmentAdmin;
const dana = (): Readonly<Record<string, string>> => ({
  user_id: tenant.id('dana'),
  team_id: tenant.own.teamIds[0] ?? '',
});
const scim = (): Promise<{ status: number; body: Body }> => get(`/scim/v2/Users/${tenant.id('dana')}`, admin());
const sessionList = () => web('admin.users.session.list', admin(), dana());
const accessLogs = () =>
  web('team.accessLogs', tenant.own.tokens.evidenceLogs, { team_id: tenant.own.teamIds[0] ?? '' });
const audit = () => get('/audit/v1/logs', tenant.own.tokens.audit);

describe('what a plan has not', () => {
  it.each([
    ['free', ['paid_only', 'plus_teams_only', 'feature_not_enabled', 'feature_not_enabled']],
    ['pro', [undefined, 'plus_teams_only', 'feature_not_enabled', 'feature_not_enabled']],
    ['business', [undefined, undefined, 'feature_not_enabled', 'feature_not_enabled']],
    ['enterprise', [undefined, undefined, 'no_active_sessions', undefined]],
  ] as const)('%s', async (plan, expected) => {
    tenant = await startTenant([], { plan });
    const answers = [
      (await accessLogs()).body['error'],
      (await scim()).body['detail'],
      (await sessionList()).body['error'],
      (await audit()).body['error'],
    ];
    expect(answers).toEqual(expected);
  });
});

describe('a token', () => {
  const token = (value: string) => {
    const found = tenant.simulator.tokens.get(value);
    if (!found) throw new Error('no such token');
    return found;
  };

  it.each(['token_revoked', 'token_expired', 'account_inactive'] as const)('that is ended: %s', async (code) => {
    tenant = await startTenant();
    token(admin()).ended = code;
    token(tenant.own.tokens.audit).ended = code;
    expect((await sessionList()).body).toEqual({ ok: false, error: code });
    expect((await scim()).body).toEqual({ Errors: { code: 401, description: 'invalid_authentication' } });
    expect(await audit()).toEqual({ status: 401, body: { ok: false, error: 'invalid_authentication' } });
  });

  it('of a workspace reaches nothing of the organisation', async () => {
    tenant = await startTenant();
    for (const value of [admin(), tenant.own.tokens.audit]) token(value).installed = 'workspace';
    expect((await sessionList()).body['error']).toBe('feature_not_enabled');
    const restricted = await web('admin.apps.restricted.list', admin(), { enterprise_id: tenant.own.enterpriseId });
    expect(restricted.body['error']).toBe('app_management_app_not_installed_on_org');
    expect((await scim()).body['detail']).toBe('non_org_teams_only');
    expect(await audit()).toEqual({ status: 403, body: { ok: false, error: 'team_not_authorized' } });
  });

  it('of an admin reads no audit log and changes no owner', async () => {
    tenant = await startTenant();
    for (const value of [admin(), tenant.own.tokens.audit]) token(value).owner = 'org_admin';
    expect((await audit()).body['error']).toBe('user_not_authorized');
    const change = (key: string) =>
      fetch(`${tenant.url}/scim/v1/Users/${tenant.id(key)}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${admin()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ schemas: ['urn:scim:schemas:core:1.0'], active: false }),
      });
    expect(await (await change('olga')).json()).toMatchObject({ Errors: { description: 'cannot_modify_owner' } });
    expect((await change('dana')).status).toBe(200);
    expect(tenant.world.journal.map((j) => j.targetId)).toEqual([tenant.id('dana')]);
  });

  it('says with each answer what it may, and what the method asks for', async () => {
    tenant = await startTenant();
    const { headers } = await sessionList();
    expect(headers.get('x-oauth-scopes')?.split(',')).toContain('admin.users:read');
    expect(headers.get('x-accepted-oauth-scopes')).toBe('admin.users:read');
  });

  it('of a bot is not one of a person', async () => {
    tenant = await startTenant();
    const { body } = await web('admin.users.session.list', tenant.own.tokens.bot, dana());
    expect(body).toEqual({ ok: false, error: 'not_allowed_token_type' });
  });
});

describe('one session', () => {
  it('is ended by its number, once; the log names it', async () => {
    tenant = await startTenant([
      { type: 'session', at: '-PT1H', user: '@dana', ip: 'ip:office', session: 17 },
      { type: 'session', at: '-PT1H', user: '@dana', ip: 'ip:attacker', session: 18 },
    ]);
    const end = (session_id: string, who = dana()) =>
      web('admin.users.session.invalidate', admin(), { ...who, session_id });
    expect((await end('17.5')).body['error']).toBe('invalid_arguments');
    expect((await end('17', { user_id: tenant.id('dana') })).body['error']).toBe('invalid_arguments');
    expect((await end('17')).body).toEqual({ ok: true });
    expect((await end('17')).body['error']).toBe('session_not_found');
    const owner = { ...dana(), user_id: tenant.simulator.state.service.id };
    expect((await end('17', owner)).body['error']).toBe('cannot_invalidate_primary_owner');
    expect(tenant.simulator.state.liveSessions(tenant.id('dana')).map((s) => s.id)).toEqual([18]);
    expect(tenant.simulator.state.audit.at(-1)?.entry).toMatchObject({
      action: 'user_session_invalidated',
      details: { session_id: 17 },
    });
  });
});
