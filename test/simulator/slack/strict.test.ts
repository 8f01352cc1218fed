import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SourcePage } from '../../../platforms/ports.js';
import { containmentOf, evidenceOf, startTenant, type RowInput, type Tenant } from '../../platforms/slack/fixture.js';
import { resolving } from '../../support/resolving.js';

/** Where Slack is strict, or stranger than it documents; with each, what a reader would lose that is not ready for it. */
let tenant: Tenant;
afterEach(() => tenant.close());

type Body = Readonly<Record<string, unknown>>;
async function web(method: string, token: string, args: Readonly<Record<string, string>>): Promise<Body> {
  const response = await fetch(`${tenant.url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(args),
  });
  return (await response.json()) as Body;
}
const team_id = (): string => tenant.own.teamIds[0];

async function pages(id: string): Promise<readonly SourcePage[]> {
  const source = evidenceOf(tenant).sources.find((s) => s.id === id);
  if (!source) throw new Error(`no source ${id}`);
  const read: SourcePage[] = [];
  let cursor: string | undefined;
  do {
    const page = await source.read(tenant.query('dana'), cursor);
    read.push(page);
    cursor = page.next;
    if (read.length > 50) throw new Error('paging does not end');
  } while (cursor !== undefined);
  return read;
}

const ROWS: readonly RowInput[] = [
  { type: 'access', at: '-PT3H', user: '@dana', ip: 'ip:attacker', isp: false, country: false, region: false },
  { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'added' },
  { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:attacker', session: 'stolen' },
  { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:office', session: 'own' },
  { type: 'audit', at: '-PT3H', action: 'user_login', actor: '@dana', ip: 'ip:attacker' },
  { type: 'channel', at: '-P2D', name: 'general', members: ['@dana'] },
  { type: 'message', at: '-PT2H', channel: 'general', from: '@dana', text: 'hello' },
  { type: 'file', at: '-PT2H', name: 'a.txt', owner: '@dana', channel: 'general' },
];

describe('arguments', () => {
  it.each([
    ['users.info', { user: 'U1', team: 'T1' }, 'no such argument: team'],
    ['users.info', {}, 'missing required field: user'],
    ['conversations.history', { channel: 'C1', since: '1' }, 'no such argument: since'],
    ['files.info', {}, 'missing required field: file'],
    ['admin.users.session.reset', {}, 'missing required field: user_id'],
    ['admin.users.session.invalidate', { session_id: '1', user_id: 'U1' }, 'missing required field: team_id'],
    ['admin.users.session.invalidate', { team_id: 'T1', user_id: 'U1' }, 'missing required field: session_id'],
  ])('%s %j: %s', async (method, args, said) => {
    tenant = await startTenant();
    const { evidenceAdmin, containmentAdmin } = tenant.own.tokens;
    const isRead = /^(users|conversations)\./.test(method);
    expect(await web(method, isRead ? evidenceAdmin : containmentAdmin, args)).toMatchObject({
      ok: false,
      error: 'invalid_arguments',
      response_metadata: { messages: [`[ERROR] ${said}`] },
    });
  });

  it('a session is ended by a whole number alone: without its arguments a stolen one would live on', async () => {
    tenant = await startTenant(ROWS);
    const [stolen] = tenant.simulator.state.liveSessions(tenant.id('dana'));
    const args = { user_id: tenant.id('dana'), team_id: team_id(), session_id: 'stolen' };
    expect(await web('admin.users.session.invalidate', tenant.own.tokens.containmentAdmin, args)).toMatchObject({
      error: 'invalid_arguments',
    });
    expect(tenant.simulator.state.liveSessions(tenant.id('dana'))).toHaveLength(2);
    const act = resolving(containmentOf(tenant), 'end_sessions');
    const target = { type: 'sessions', accountId: tenant.id('dana'), sessionIds: [String(stolen?.id)] } as const;
    await act.apply(target, { since: tenant.world.startedAt.toISOString(), idempotencyKey: 'strict' });
    expect(tenant.world.journal.map((j) => j.operation)).toContain('admin.users.session.invalidate');
    expect(tenant.simulator.state.liveSessions(tenant.id('dana'))).toEqual([]);
  });
});

describe('what Slack only tries to say', () => {
  it('is false now and then: a reader that asks for text loses the only trace of a stolen token', async () => {
    tenant = await startTenant(ROWS);
    const { logins } = await web('team.accessLogs', tenant.own.tokens.evidenceLogs, { team_id: team_id() });
    expect(logins).toMatchObject([{ isp: false, country: false, region: false }]);
    const strict = z.array(z.looseObject({ isp: z.string().nullish(), country: z.string().nullish() }));
    expect(strict.safeParse(logins).success).toBe(false);
    expect((await pages('slack.access_logs')).flatMap((p) => p.events)).toMatchObject([{ ip: '203.0.113.66' }]);
  });
});

describe('an odd row in every page', () => {
  it.each([
    ['team.accessLogs', 'slack.access_logs'],
    ['team.integrationLogs', 'slack.integration_logs'],
    ['admin.users.session.list', 'slack.sessions'],
    ['audit.logs', 'slack.audit_logs.access'],
    ['conversations.history', 'slack.messages'],
    ['files.list', 'slack.files'],
  ])('%s: a reader of whole pages loses them; here it costs itself, and is passed on', async (operation, source) => {
    tenant = await startTenant(ROWS);
    const sound = (await pages(source)).flatMap((p) => p.events);
    expect(sound).not.toEqual([]);
    tenant.simulator.strange.odd.set(operation, [{ nothing: 'known' }, null]);
    const read = await pages(source);
    const ids = (events: typeof sound) => [...new Set(events.map((e) => e.id))].sort();
    expect(ids(read.flatMap((p) => p.events))).toEqual(ids(sound));
    const odd = read.flatMap((p) => p.odd ?? []);
    expect(odd.length).toBeGreaterThanOrEqual(2);
    expect(odd).toContainEqual(expect.objectContaining({ row: { nothing: 'known' } }));
  });
});

describe('a list that leads to itself', () => {
  it.each([
    ['team.accessLogs', 'slack.access_logs'],
    ['admin.users.session.list', 'slack.sessions'],
    ['audit.logs', 'slack.audit_logs.access'],
    ['users.conversations', 'slack.messages'],
    ['conversations.history', 'slack.messages'],
  ])(
    '%s: a reader that goes on as long as there is a cursor never ends; here it is a gap',
    async (operation, source) => {
      tenant = await startTenant(ROWS);
      tenant.simulator.strange.loops.add(operation);
      const read = await pages(source);
      expect(read.flatMap((p) => p.events)).not.toEqual([]);
      expect(read.flatMap((p) => p.gap?.code ?? [])).toContain('VENDOR_REPLY');
    },
  );

  it('ends the walks through members and sessions too', async () => {
    tenant = await startTenant(ROWS);
    tenant.simulator.strange.loops.add('users.list').add('admin.users.session.list');
    const { directory } = evidenceOf(tenant);
    await expect(directory.lookup({ email: 'nobody@example.com' })).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
    const act = resolving(containmentOf(tenant), 'end_sessions');
    const target = { type: 'sessions', accountId: tenant.id('dana'), sessionIds: [] } as const;
    await expect(act.capture(target)).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });
});

describe('channels of others', () => {
  it.each([
    [{ external: true }, { is_ext_shared: true, is_shared: true }, true],
    [{ pending: true }, { is_ext_shared: false, is_pending_ext_shared: true }, true],
    [{ inOrganisation: true }, { is_org_shared: true, is_shared: true }, false],
    [{}, { is_shared: false }, false],
  ])('%j: a reader of `is_shared` alone takes the one for the other', async (fields, flags, external) => {
    tenant = await startTenant([
      { type: 'channel', at: '-P2D', name: 'partners', members: ['@dana'], ...fields },
      { type: 'file', at: '-PT2H', name: 'a.txt', owner: '@dana', channel: 'partners' },
    ]);
    const [channel] = tenant.simulator.state.channels;
    const answer = await web('conversations.info', tenant.own.tokens.evidenceAdmin, { channel: channel?.id ?? '' });
    expect(answer['channel']).toMatchObject(flags);
    const [file] = (await pages('slack.files')).flatMap((p) => p.events);
    expect(file?.channel).toMatchObject({ id: channel?.id, external });
  });

  it('a channel that may not be asked about leaves the file, and a gap', async () => {
    tenant = await startTenant(ROWS);
    tenant.fault('conversations.info', 'missing_scope', 1, { scope: 'channels:read' });
    const [page] = await pages('slack.files');
    expect(page).toMatchObject({ events: [{ kind: 'file_upload' }], gap: { code: 'VENDOR_SCOPE' } });
    expect(page?.events[0]?.channel).not.toHaveProperty('external');
  });
});

describe('accounts', () => {
  it('a deactivated one has no address for the look-up: a reader of it alone takes a leaver for nobody', async () => {
    tenant = await startTenant();
    for (const m of tenant.simulator.state.members) if (m.key === 'dana') m.active = false;
    const { evidenceAdmin } = tenant.own.tokens;
    const found = await web('users.lookupByEmail', evidenceAdmin, { email: 'dana@example.com' });
    expect(found['error']).toBe('users_not_found');
    expect(await evidenceOf(tenant).directory.lookup({ email: 'dana@example.com' })).toMatchObject({ active: false });
  });

  it('one of another organisation has no address here, and no admin of ours ends its sessions', async () => {
    tenant = await startTenant();
    const [first] = tenant.simulator.state.members;
    if (!first) throw new Error('nobody');
    tenant.simulator.state.members.push({ ...first, id: 'U0STRANGER1', key: 'visitor', homeTeam: 'T0ELSEWHERE' });
    const { evidenceAdmin, containmentAdmin } = tenant.own.tokens;
    const { user } = await web('users.info', evidenceAdmin, { user: 'U0STRANGER1' });
    expect(user).toMatchObject({ is_stranger: true, team_id: 'T0ELSEWHERE' });
    expect((user as { readonly profile: object }).profile).not.toHaveProperty('email');
    const reset = await web('admin.users.session.reset', containmentAdmin, { user_id: 'U0STRANGER1' });
    expect(reset['error']).toBe('user_not_found');
  });
});
