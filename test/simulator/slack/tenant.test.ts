import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseScenario } from '../../../simulator/core/scenario.js';
import { serveVendor } from '../../../simulator/core/server.js';
import { World } from '../../../simulator/core/world.js';
import {
  createSlackTenant,
  slackCredentials,
  type SlackTenant,
  type SlackTenantOptions,
} from '../../../simulator/slack/index.js';

const ROWS = [
  { type: 'audit', at: '-PT3H', action: 'user_login', actor: '@dana' },
  { type: 'audit', at: '-PT2H', action: 'user_login', actor: '@dana', decisive: true },
  { type: 'session', at: '-PT2H', user: '@dana', ip: '203.0.113.5' },
];

function worldOf(rows: readonly object[], options: { readonly withoutDecisive?: boolean } = {}): World {
  const scenario = parseScenario(
    JSON.stringify({
      name: 'slack-tenant-test',
      shows: 'the simulator by itself',
      people: {
        dana: { name: 'Dana', email: 'dana@example.com', accounts: ['slack'], authority: 'slack', mail: 'google' },
        mia: { name: 'Mia', email: 'mia@example.com', accounts: ['google'], authority: 'google', mail: 'google' },
      },
      apps: { tool: { name: 'Tool', platform: 'slack', scopes: ['chat:write'] } },
      subject: 'dana',
      rows: rows.map((r) => ({ tenant: 'slack', ...r })),
      alerts: [],
      plays: { subject: { answer: 'silent' } },
      promise: { verdict: 'benign' },
    }),
  );
  return new World(scenario, options);
}

let world: World;
let simulator: SlackTenant;
let url: string;
let close: () => Promise<void>;

async function start(
  rows: readonly object[] = ROWS,
  options: SlackTenantOptions & { readonly withoutDecisive?: boolean } = {},
): Promise<void> {
  world = worldOf(rows, options);
  simulator = createSlackTenant(world, { scimDelayMs: 0, ...options });
  const served = await serveVendor(world, simulator);
  url = served.url;
  close = async () => {
    served.app.server.closeAllConnections();
    await served.app.close();
  };
}
beforeEach(() => start());
afterEach(() => close());

type Answer = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> };
async function ask(path: string, init: RequestInit & { readonly token?: string } = {}): Promise<Answer> {
  const { token, ...rest } = init;
  const response = await fetch(`${url}${path}`, {
    ...rest,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(rest.headers as Record<string, string> | undefined),
    },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
const own = () => slackCredentials(world);
const danaId = (): string => world.nativeId('slack', 'dana');
const json = { 'content-type': 'application/json' };

describe('a scenario with a mistake fails when the tenant is made', () => {
  it.each([
    ['an unknown type', { type: 'audits', at: 'PT0S' }, 'no row type audits'],
    [
      'an unknown action',
      { type: 'audit', at: 'PT0S', action: 'user_logon', actor: '@dana' },
      'not an action of the audit log',
    ],
    ['an unknown field', { type: 'session', at: 'PT0S', user: '@dana', ip: '203.0.113.5', agent: 'x' }, 'agent'],
    [
      'a person of another platform',
      { type: 'audit', at: 'PT0S', action: 'user_login', actor: 'U-nobody' },
      'nobody here',
    ],
    ['a message to nowhere', { type: 'message', at: 'PT0S', from: '@dana', text: 'x' }, 'either channel or to'],
  ])('%s', (_, row, message) => {
    expect(() => createSlackTenant(worldOf([row]))).toThrow(message);
  });
});

describe('Web API', () => {
  it('takes form, JSON and GET, the token in header or arguments, and names the scopes', async () => {
    const token = own().tokens.evidenceAdmin;
    const form = await ask('/api/users.info', { method: 'POST', token, body: new URLSearchParams({ user: danaId() }) });
    const posted = await ask('/api/users.info', {
      method: 'POST',
      token,
      headers: json,
      body: JSON.stringify({ user: danaId() }),
    });
    const got = await ask(`/api/users.info?user=${danaId()}&token=${token}`);
    expect(form.body).toMatchObject({ ok: true, user: { id: danaId() } });
    expect(posted.body).toEqual(form.body);
    expect(got.body).toEqual(form.body);
    expect(form.headers.get('x-oauth-scopes')).toContain('users:read');
  });

  it.each([
    ['not_authed', '/api/users.list', undefined],
    ['invalid_auth', '/api/users.list', 'xoxp-else'],
    ['unknown_method', '/api/users.admin.setInactive', 'admin'],
    ['not_allowed_token_type', '/api/admin.users.session.list', 'bot'],
    ['missing_scope', '/api/admin.users.session.reset', 'evidence'],
    ['missing_argument', '/api/users.list', 'evidence'],
    ['no_active_sessions', '/api/admin.users.session.list?user_id=NOBODY&team_id=T', 'admin'],
  ])('answers %s with status 200', async (error, path, who) => {
    const { tokens, teamIds } = own();
    const bot = world.nativeId('slack', 'dana');
    simulator.state.endSessions(bot);
    const token =
      who === 'admin'
        ? tokens.containmentAdmin
        : who === 'bot'
          ? tokens.bot
          : who === 'evidence'
            ? tokens.evidenceAdmin
            : who;
    const { status, body } = await ask(
      path.replace('NOBODY', bot).replace(/T$/, teamIds[0]),
      token === undefined ? {} : { token },
    );
    expect({ status, ok: body['ok'], error: body['error'] }).toEqual({ status: 200, ok: false, error });
  });

  it('keeps admin methods for Enterprise, and answers missing scopes with what is needed', async () => {
    await close();
    await start(ROWS, { plan: 'business', without: ['files:read'] });
    expect((await ask('/api/admin.users.session.list', { token: own().tokens.evidenceAdmin })).body['error']).toBe(
      'feature_not_enabled',
    );
    expect((await ask('/api/files.list', { token: own().tokens.evidenceAdmin })).body).toMatchObject({
      error: 'missing_scope',
      needed: 'files:read',
    });
    expect((await ask('/audit/v1/logs', { token: own().tokens.audit })).body).toEqual({
      ok: false,
      error: 'feature_not_enabled',
    });
  });

  it('pages access logs by number up to page 100', async () => {
    const answer = await ask(`/api/team.accessLogs?page=101&count=1&team_id=${own().teamIds[0]}`, {
      token: own().tokens.evidenceLogs,
    });
    expect(answer.body['error']).toBe('over_pagination_limit');
  });

  it('posts twice what is posted twice: there is no idempotency key', async () => {
    const token = own().tokens.bot;
    const opened = await ask('/api/conversations.open', {
      method: 'POST',
      token,
      headers: json,
      body: JSON.stringify({ users: danaId() }),
    });
    const { id } = opened.body['channel'] as { readonly id: string };
    for (let n = 0; n < 2; n++)
      await ask('/api/chat.postMessage', {
        method: 'POST',
        token,
        headers: json,
        body: JSON.stringify({ channel: id, text: 'hello' }),
      });
    expect(simulator.messagesTo?.('dana')).toHaveLength(2);
    expect(world.journal).toEqual([]); // talking is no containment
  });

  it('refuses to sign out the primary owner', async () => {
    const answer = await ask(`/api/admin.users.session.reset?user_id=${simulator.state.service.id}`, {
      token: own().tokens.containmentAdmin,
    });
    expect(answer.body['error']).toBe('cannot_reset_primary_owner');
  });
});

describe('Audit Logs API', () => {
  it('has no ok on success, newest first, and no cursor on the last page', async () => {
    const { status, body } = await ask('/audit/v1/logs', { token: own().tokens.audit });
    const entries = body['entries'] as readonly { readonly date_create: number }[];
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['entries']);
    expect(entries).toHaveLength(2);
    expect(entries[0]?.date_create).toBeGreaterThan(entries[1]?.date_create ?? 0);
  });

  it('walks on through all history when the window is left out of a following page', async () => {
    await close();
    await start([{ type: 'audit', at: '-PT9H', action: 'user_login', actor: '@dana', repeat: 6, every: 'PT1H' }], {
      pageSize: 2,
    });
    const token = own().tokens.audit;
    const oldest = Math.floor(world.startedAt.getTime() / 1000) - 7 * 3600;
    const first = await ask(`/audit/v1/logs?oldest=${String(oldest)}`, { token });
    const cursor = (first.body['response_metadata'] as { readonly next_cursor: string }).next_cursor;
    const without = await ask(`/audit/v1/logs?cursor=${encodeURIComponent(cursor)}`, { token });
    const second = await ask(`/audit/v1/logs?oldest=${String(oldest)}&cursor=${encodeURIComponent(cursor)}`, { token });
    expect(without.body).toHaveProperty('response_metadata');
    expect(second.body).not.toHaveProperty('response_metadata');
  });

  it('lists actions without a token, and refuses the others with a status', async () => {
    expect((await ask('/audit/v1/actions')).body).toHaveProperty('actions.user');
    expect((await ask('/audit/v1/logs')).status).toBe(401);
    expect((await ask('/audit/v1/logs?action=user_logon', { token: own().tokens.audit })).body).toEqual({
      ok: false,
      error: 'invalid_action',
    });
    expect((await ask('/audit/v1/logs', { token: own().tokens.evidenceAdmin })).status).toBe(403);
  });

  it('leaves decisive rows out on request', async () => {
    await close();
    await start(ROWS, { withoutDecisive: true });
    expect((await ask('/audit/v1/logs', { token: own().tokens.audit })).body['entries']).toHaveLength(1);
  });
});

describe('SCIM', () => {
  const path = (version: string): string => `/scim/${version}/Users/${danaId()}`;

  it('deletes three times with 204 and one effect', async () => {
    for (let n = 0; n < 3; n++)
      expect((await ask(path('v2'), { method: 'DELETE', token: own().tokens.containmentAdmin })).status).toBe(204);
    expect(world.journal.map((j) => j.effect)).toEqual(['active: true -> false']);
    expect(simulator.inspect('@dana')).toMatchObject({ active: false, sessions: 0 });
  });

  it('answers errors in two shapes', async () => {
    const v1 = await ask('/scim/v1/Users/U0', { token: own().tokens.containmentAdmin });
    const v2 = await ask('/scim/v2/Users/U0', { token: own().tokens.containmentAdmin });
    const bad = await ask('/scim/v2/Users/U0', { token: 'xoxp-else' });
    expect([v1.status, v1.body]).toEqual([404, { Errors: { description: 'no_such_user', code: 404 } }]);
    expect([v2.status, v2.body['detail']]).toEqual([404, 'no_such_user']);
    expect([bad.status, bad.body]).toEqual([401, { Errors: { description: 'invalid_authentication', code: 401 } }]);
  });

  it('lists by page of ten and finds by mail', async () => {
    const token = own().tokens.containmentAdmin;
    const all = await ask('/scim/v1/Users', { token });
    const one = await ask(`/scim/v1/Users?filter=${encodeURIComponent('email eq "dana@example.com"')}`, { token });
    expect(all.body).toMatchObject({
      startIndex: 1,
      totalResults: simulator.state.members.filter((m) => m.kind !== 'bot').length,
    });
    expect((one.body['Resources'] as readonly { readonly id: string }[]).map((r) => r.id)).toEqual([danaId()]);
  });

  it('takes only the patch of its own version', async () => {
    const wrong = await ask(path('v2'), {
      method: 'PATCH',
      token: own().tokens.containmentAdmin,
      headers: json,
      body: JSON.stringify({ schemas: ['urn:scim:schemas:core:1.0'], active: false }),
    });
    expect(wrong.status).toBe(403);
    expect(world.journal).toEqual([]);
  });
});

describe('inspect', () => {
  it('shows people, apps and files by the names of the scenario, and refuses others', () => {
    expect(simulator.inspect('@dana')).toEqual({
      active: true,
      sessions: 1,
      tokens: 0,
      channels: 0,
      publicFiles: 0,
      admin: false,
    });
    expect(simulator.inspect('app:tool')).toEqual({ installed: true, restricted: false, approved: false, tokens: 0 });
    expect(() => simulator.inspect('@mia')).toThrow('not in the Slack organisation');
  });
});
